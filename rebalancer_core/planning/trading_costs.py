"""What trading a lot costs beside the plan's price, in the exact units of one account."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from rebalancer_core.planning.sizing.exact_units import ExactUnit, part
from rebalancer_core.planning.sizing.lot_costs import LotCosts
from rebalancer_core.values.account import Quote, Unpriced
from rebalancer_core.values.commission import CommissionRate, Commissions

AnyCommissions = CommissionRate | Commissions


def amounts_of_costs(
    quotes: Iterable[Quote | Unpriced | None], commissions: AnyCommissions
) -> Iterator[Decimal]:
    """Every amount that the costs are made of, USD: units must make each of them whole."""
    rates: set[CommissionRate] = set()
    for quote in quotes:
        if isinstance(quote, Quote):
            rates.add(commissions.of(quote.con_id))
            yield quote.bought_at
            yield quote.sold_at
    for rate in rates:
        yield rate.per_share
        yield rate.minimum


def lot_costs(
    quote: Quote, lot: Decimal, units: ExactUnit, commissions: AnyCommissions
) -> LotCosts:
    """Those of one symbol; a lot is `lot` shares."""
    rate = commissions.of(quote.con_id)
    return LotCosts(
        bought=part(units.of(quote.bought_at), lot),
        sold=part(units.of(quote.sold_at), lot),
        fee=part(units.of(rate.per_share), lot),
        least_fee=units.of(rate.minimum),
    )
