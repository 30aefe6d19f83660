"""A purchase: the buys among some candidates, and the room that cash and their sells leave them."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from rebalancer_core.planning.candidate import Candidate
from rebalancer_core.planning.sizing.greedy_fill import Buy, drift_removed, priority_fill
from rebalancer_core.planning.sizing.knapsack import most_removable
from rebalancer_core.planning.sizing.proof import most_provable
from rebalancer_core.planning.sizing.swap_search import exchanged
from rebalancer_core.planning.valuation import Valuation
from rebalancer_core.values.money import BPS
from rebalancer_core.values.policy import Sizing


@frozen(kw_only=True)
class Purchase:
    """Buys by priority, and what they may spend, in units; lots are one number a buy.

    `tolerance` is one basis point of managed net liquidation: smaller gains are none.
    `may_give_back` is how much each buy may give back for a closer fit of all, or two lots of the
    dearest where these are more.
    """

    buys: tuple[Buy, ...]
    room: int
    may_give_back: int
    tolerance: int

    def by_priority(self) -> tuple[int, ...]:
        """Largest drift first, as far as the room goes."""
        return priority_fill(self.buys, self.room, (0,) * len(self.buys))

    def chosen(self, filled: tuple[int, ...], sizing: Sizing) -> tuple[int, ...]:
        """The lots by that rule, where `filled` are those by priority."""
        match sizing:
            case Sizing.PRIORITY:
                return filled
            case Sizing.BEST:
                return self.exchanged(filled, self.most())

    def exchanged(self, filled: tuple[int, ...], most: int) -> tuple[int, ...]:
        """What `sizing = best` makes of the lots by priority."""
        return exchanged(
            self.buys,
            filled,
            self.room,
            most=most,
            may_give_back=self.may_give_back,
            tolerance=self.tolerance,
        )

    def removed(self, lots: Sequence[int]) -> int:
        """By how much so many lots reduce the sum of |gap|."""
        return drift_removed(self.buys, lots)

    def most(self) -> int:
        """What no choice of lots removes more of, at a glance."""
        return most_removable(self.buys, self.room)

    def proven(self, *, found: int, most: int) -> int:
        """The same by a search, where one choice is known to remove `found`."""
        return most_provable(self.buys, self.room, found=found, most=most, tolerance=self.tolerance)


def tolerance_of(valuation: Valuation) -> int:
    """One basis point of managed net liquidation: smaller gains are none."""
    return valuation.managed // int(BPS)


def trade(candidate: Candidate) -> Buy:
    """What fill knows of a trade; the sums are the same for a sell."""
    holding = candidate.holding
    return Buy(
        gap=abs(holding.gap),
        lot_value=holding.lot_value,
        nearest=candidate.nearest,
        min_lots=candidate.min_lots,
        lot_cost=holding.costs.to_buy,
        first_cost=candidate.first_cost,
    )
