"""The bounded exchange: buys give a little back where the freed cash fits the whole plan better.

Strict priority can leave cash that fits no lot. Each buy may give back at most the value of two
lots of the dearest candidate, or of one minimum order where that is larger; what is freed is spent
again as a bounded knapsack, depth first by drift removed a dollar, with a fractional upper bound, a
count of nodes (never a clock) and a tolerance: gains below it never disturb strict priority.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from attrs import define, field

from rebalancer_core.planning.sizing.greedy_fill import Buy, drift_removed, priority_fill, spent
from rebalancer_core.planning.sizing.knapsack import Knapsack, knapsack

NODES = 1_000
# With one lot a tenth of the plans whose cash binds stay further from the best than they need to
# (docs/decisions.md has the figures); with three the plans are no closer.
DEAREST_LOTS = 2
# The search goes on until it is this part of the tolerance from its bound; what it finds is taken
# only when it gains more than the whole tolerance.
_FINER = 10


def exchanged(
    buys: Sequence[Buy],
    filled: tuple[int, ...],
    room: int,
    *,
    most: int,
    min_order: int,
    tolerance: int,
) -> tuple[int, ...]:
    """Lots of each buy after the exchange; `filled` itself where that gains no more than tolerance.

    `filled` is the priority fill of `room`, `most` the drift that no choice of lots can remove more
    of; amounts in units, `tolerance` one basis point of managed net liquidation.

    >>> dear = Buy(gap=2500, lot_value=700, nearest=4, min_lots=1)
    >>> cheap = Buy(gap=1800, lot_value=600, nearest=3, min_lots=1)
    >>> exchanged((dear, cheap), (2, 0), 1900, most=1900, min_order=0, tolerance=1)
    (1, 2)
    """
    by_priority = drift_removed(buys, filled)
    if most - by_priority <= tolerance:
        return filled
    give_back = max(min_order, DEAREST_LOTS * max([buy.lot_value for buy in buys]))
    base = tuple(
        [_kept_for_sure(buy, lots, give_back) for buy, lots in zip(buys, filled, strict=True)]
    )
    freed = room - spent(buys, base)
    already = by_priority - drift_removed(buys, base)
    steps = knapsack(buys, base)
    reachable = steps.most(freed)
    if reachable <= already + tolerance:
        return filled
    finer = tolerance // _FINER
    search = _Search(knapsack=steps, room=freed, best=already, tolerance=finer)
    search.run(enough=reachable - finer)
    if search.best <= already + tolerance:
        return filled
    lots = tuple(kept + more for kept, more in zip(base, search.lots_taken(len(buys)), strict=True))
    return priority_fill(buys, room - spent(buys, lots), lots)


def _kept_for_sure(buy: Buy, filled: int, give_back: int) -> int:
    """All or nothing below the minimum order; nothing only where all of it may be given back."""
    if filled * buy.lot_value <= give_back:
        return 0
    return max(filled - give_back // buy.lot_value, min(filled, buy.min_lots))


# How often it may be taken, what it costs each time, what it removes, which item comes before it,
# and what is paid once beside.
_Step: TypeAlias = tuple[int, int, int, int | None, int]


@define(kw_only=True)
class _Search:
    """Depth first: dive greedily, then take one step less of the last item, while it can pay."""

    knapsack: Knapsack
    room: int
    best: int
    tolerance: int
    taken: list[int] = field(factory=list)
    best_taken: tuple[int, ...] = ()
    left: int = 0
    removed: int = 0

    def run(self, *, enough: int) -> None:
        """Leaves the best choice found in `best` and `best_taken`; stops where that is `enough`."""
        self.taken = [0] * len(self.knapsack.items)
        self.left = self.room
        steps = tuple(
            [
                (item.count, item.weight, item.value, before, item.first_cost)
                for item, before in zip(self.knapsack.items, self.knapsack.before, strict=True)
            ]
        )
        start: int | None = 0
        for _ in range(NODES):
            if start is None:
                return
            self._dive(start, steps)
            if self.removed > self.best:
                self.best, self.best_taken = self.removed, tuple(self.taken)
                if self.best >= enough:
                    return
            start = self._step_back()

    def lots_taken(self, buys: int) -> tuple[int, ...]:
        """Lots of each buy in the best choice."""
        lots = [0] * buys
        for item, count in zip(self.knapsack.items, self.best_taken, strict=True):
            lots[item.buy] += count * item.lots
        return tuple(lots)

    def _dive(self, start: int, steps: tuple[_Step, ...]) -> None:
        taken, left, removed, lightest = self.taken, self.left, self.removed, self.knapsack.lightest
        for i in range(start, len(steps)):
            if left < lightest[i]:
                break
            count, weight, value, before, first = steps[i]
            if weight + first > left or (before is not None and taken[before] < steps[before][0]):
                continue
            if count * weight + first > left:
                count = (left - first) // weight
            taken[i] = count
            left -= count * weight + first
            removed += count * value
        self.left, self.removed = left, removed

    def _step_back(self) -> int | None:
        """Takes one step less of the last item where that may still pay; the item to go on from."""
        taken, left, removed = self.taken, self.left, self.removed
        enough = self.best + self.tolerance
        for i in range(len(taken) - 1, -1, -1):
            count = taken[i]
            if not count:
                continue
            item = self.knapsack.items[i]
            weight, value = item.weight, item.value
            freed = weight + (item.first_cost if count == 1 else 0)
            if self.knapsack.can_remove_more(i + 1, left + freed, enough - removed + value):
                taken[i] = count - 1
                self.left, self.removed = left + freed, removed - value
                return i + 1
            # Every further step less can remove only less still: the items after are worth less.
            taken[i] = 0
            left += count * weight + item.first_cost
            removed -= count * value
        return None
