"""What trading a lot costs beside the plan's price, in the exact units of one account."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from rebalancer_core.planning.sizing.exact_units import ExactUnit, part
from rebalancer_core.planning.sizing.lot_costs import LotCosts
from rebalancer_core.values.account import Quote, Unpriced
from rebalancer_core.values.commission import CommissionRate, Commissions
from rebalancer_core.values.money import ONE

AnyCommissions = CommissionRate | Commissions
_NOTHING = LotCosts(bought=0, sold=0)


def amounts_of_costs(
    quotes: Iterable[Quote | Unpriced | None], commissions: AnyCommissions
) -> Iterator[Decimal]:
    """Every amount that the costs are made of beside the prices, USD: units make each whole."""
    last: CommissionRate | None = None
    for quote in quotes:
        if isinstance(quote, Quote):
            rate = commissions.of(quote.con_id)
            if rate is not last:
                last = rate
                yield rate.per_share
                yield rate.minimum
            if quote.ask is not None:
                yield quote.bought_at
            if quote.bid is not None:
                yield quote.sold_at


def lot_costs(
    quotes: Iterable[Quote | Unpriced | None],
    lot_values: Iterable[int],
    lot: Decimal,
    units: ExactUnit,
    commissions: AnyCommissions,
) -> list[LotCosts]:
    """Those of each quote, whose lot of `lot` shares is worth `lot_values`; 0 without a price."""

    def cash(dollars: Decimal) -> int:
        return units.of(dollars) if lot is ONE else part(units.of(dollars), lot)

    found: list[LotCosts] = []
    last: CommissionRate | None = None
    fee = least_fee = 0
    for quote, lot_value in zip(quotes, lot_values, strict=True):
        if not isinstance(quote, Quote):
            found.append(_NOTHING)
            continue
        rate = commissions.of(quote.con_id)
        if rate is not last:
            last, fee, least_fee = rate, cash(rate.per_share), units.of(rate.minimum)
        found.append(
            LotCosts(
                bought=lot_value if quote.ask is None else cash(quote.bought_at),
                sold=lot_value if quote.bid is None else cash(quote.sold_at),
                fee=fee,
                least_fee=least_fee,
            )
        )
    return found
