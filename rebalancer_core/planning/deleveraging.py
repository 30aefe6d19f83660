"""An account above the leverage cap is brought down to it: sells, largest drift first.

A holding is first sold down to its target, bands aside; only where that is not enough, further.
"""

from __future__ import annotations

from bisect import bisect_left

from attrs import define, field, frozen

from rebalancer_core.planning.holding import Holding
from rebalancer_core.planning.leverage import CashFloor
from rebalancer_core.planning.sizing.exact_units import part
from rebalancer_core.planning.sizing.sizing import Sized
from rebalancer_core.planning.valuation import Valuation
from rebalancer_core.values.instruments import Symbol
from rebalancer_core.values.money import ONE
from rebalancer_core.values.policy import RebalancePolicy


@frozen(kw_only=True)
class CapSell:
    """One order that the cap asks for: `lots` in all, of which `wanted` are sold without it."""

    holding: Holding
    lots: int
    wanted: int


@frozen(kw_only=True)
class Deleveraging:
    """The sells that the cap asks for, and by how many units it is `missed` all the same."""

    sells: tuple[CapSell, ...] = ()
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
    more = _More(valuation=valuation, policy=policy)
    missing = floor.cap + floor.buffer - valuation.cash
    for candidate, lots in zip(sized.candidates, sized.lots, strict=True):
        if lots:
            more.lots[candidate.holding.symbol] = lots
            missing -= more.room_made(candidate.holding, lots)
    wanted = dict(more.lots)
    by_drift = sorted(
        (h for h in valuation.holdings if h.is_tradable and h.symbol not in not_sold),
        key=_most_over_first,
    )
    for past_target in (False, True):
        for holding in by_drift:
            if missing > 0:
                missing -= more.sell(holding, missing, past_target=past_target)
    return Deleveraging(
        sells=tuple(
            CapSell(
                holding=holding,
                lots=more.lots[holding.symbol],
                wanted=wanted.get(holding.symbol, 0),
            )
            for holding in by_drift
            if more.lots.get(holding.symbol, 0) > wanted.get(holding.symbol, 0)
        ),
        missed=max(0, missing - floor.buffer),
    )


def _most_over_first(holding: Holding) -> tuple[int, Symbol]:
    return holding.gap, holding.symbol


@define(kw_only=True)
class _More:
    """How many lots of each holding are sold so far."""

    valuation: Valuation
    policy: RebalancePolicy
    lots: dict[Symbol, int] = field(factory=dict)

    def room_made(self, holding: Holding, lots: int) -> int:
        """Cash that so many lots bring, less what their costs take from under the cap."""
        brought = holding.costs.from_sale(lots)
        costs = lots * holding.lot_value - brought
        return brought - part(costs, self.policy.max_leverage - ONE)

    def sell(self, holding: Holding, missing: int, *, past_target: bool) -> int:
        """Sells as many more as are missing, down to the target or past it; the room they made."""
        sold = self.lots.get(holding.symbol, 0)
        held = holding.whole_lots(self.valuation.lot)
        over = -holding.gap - sold * holding.lot_value
        most = held if past_target else min(held, sold - (-max(0, over) // holding.lot_value))
        if most <= sold:
            return 0
        made = self.room_made(holding, sold)

        def room(lots: int) -> int:
            return self.room_made(holding, lots) - made

        needed = sold + 1 + bisect_left(range(sold + 1, most), missing, key=room)
        lots = max(needed, self._least(holding))
        if lots > held or room(lots) <= 0:
            return 0
        self.lots[holding.symbol] = lots
        return room(lots)

    def _least(self, holding: Holding) -> int:
        minimum = self.valuation.units.of(self.policy.min_order_usd)
        return -(-minimum // holding.lot_value)
