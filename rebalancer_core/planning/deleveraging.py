"""An account above the leverage cap is brought down to it: sells, largest drift first.

A holding is first sold down to its target, bands aside; only where that is not enough, further.
"""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from attrs import frozen

from rebalancer_core.planning.cash_sales import CashSales, CashSell
from rebalancer_core.planning.holding import Holding
from rebalancer_core.planning.leverage import CashFloor
from rebalancer_core.planning.sizing.exact_units import part
from rebalancer_core.planning.sizing.sizing import Sized
from rebalancer_core.planning.valuation import Valuation
from rebalancer_core.values.instruments import Symbol
from rebalancer_core.values.money import ONE
from rebalancer_core.values.policy import RebalancePolicy


@frozen(kw_only=True)
class Deleveraging:
    """The sells that the cap asks for, and by how many units it is `missed` all the same."""

    sells: tuple[CashSell, ...] = ()
    missed: int = 0


NOT_OVER = Deleveraging()


def deleveraging(
    valuation: Valuation,
    sized: Sized,
    floor: CashFloor,
    policy: RebalancePolicy,
    not_sold: tuple[Symbol, ...] = (),
) -> Deleveraging:
    """What to sell beside `sized` so that gross is the cap less the buffer once costs are paid.

    Never what is `not_sold`: then the cap may be missed. Nothing where gross is not above the cap,
    nor where the sells of the plan leave cash for buys.
    """
    if valuation.cash >= floor.cap or sized.has_buys:
        return NOT_OVER
    room = partial(_room_made, policy.max_leverage - ONE)
    sales = CashSales(worth=room, min_order=valuation.units.of(policy.min_order_usd))
    missing = floor.cap + floor.buffer - valuation.cash
    for candidate, lots in zip(sized.candidates, sized.lots, strict=True):
        if lots:
            missing -= sales.start(candidate.holding, lots)
    wanted = dict(sales.lots)
    by_drift = sorted(
        (h for h in valuation.holdings if h.is_tradable and h.symbol not in not_sold),
        key=_most_over_first,
    )
    for past_target in (False, True):
        for holding in by_drift:
            if missing > 0:
                held = holding.whole_lots(valuation.lot)
                most = held if past_target else min(held, _down_to_target(holding))
                missing -= sales.sell(holding, missing, most=most, at_most=held)
    return Deleveraging(
        sells=tuple(sorted(sales.sells(wanted), key=_sell_most_over_first)),
        missed=max(0, missing - floor.buffer),
    )


def _most_over_first(holding: Holding) -> tuple[int, Symbol]:
    return holding.gap, holding.symbol


def _sell_most_over_first(sell: CashSell) -> tuple[int, Symbol]:
    return _most_over_first(sell.holding)


def _down_to_target(holding: Holding) -> int:
    """The lots that are over the target, the last one in part."""
    return -(-max(0, -holding.gap) // holding.lot_value)


def _room_made(over_one: Decimal, holding: Holding, lots: int) -> int:
    """Cash that so many lots bring, less what their costs take from under the cap."""
    brought = holding.costs.from_sale(lots)
    costs = lots * holding.lot_value - brought
    return brought - part(costs, over_one)
