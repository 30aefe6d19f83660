"""The bounded exchange: buys give a little back where the freed cash fits the whole plan better.

Strict priority can leave cash that fits no lot. Each buy may give back at most the value of two
lots of the dearest candidate, or of one minimum order where that is larger; what is freed is spent
again as a bounded knapsack, depth first by drift removed a dollar, with a fractional upper bound, a
count of nodes (never a clock) and a tolerance: gains below it never disturb strict priority.
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import define, field

from rebalancer_core.planning.fill import Buy, drift_removed, priority_fill, spent
from rebalancer_core.planning.knapsack import Item, Knapsack, knapsack, most_removable

NODES = 1_000
# With one lot a tenth of the plans whose cash binds stay further from the best than they need to
# (docs/decisions.md has the figures); with three the plans are no closer.
DEAREST_LOTS = 2
# The search goes on until it is this part of the tolerance from its bound; what it finds is taken
# only when it gains more than the whole tolerance.
_FINER = 10


def exchanged(
    buys: Sequence[Buy], filled: tuple[int, ...], room: int, *, min_order: int, tolerance: int
) -> tuple[int, ...]:
    """Lots of each buy after the exchange; `filled` itself where that gains no more than tolerance.

    `filled` is the priority fill of `room`; amounts in grains, `tolerance` one basis point of
    managed net liquidation.

    >>> dear = Buy(gap=2500, lot_value=700, nearest=4, min_lots=1)
    >>> cheap = Buy(gap=1800, lot_value=600, nearest=3, min_lots=1)
    >>> exchanged((dear, cheap), (2, 0), 1900, min_order=0, tolerance=1)
    (1, 2)
    """
    if not buys or filled == tuple(buy.nearest for buy in buys):
        return filled
    if most_removable(buys, room) - drift_removed(buys, filled) <= tolerance:
        return filled
    give_back = max(min_order, DEAREST_LOTS * max(buy.lot_value for buy in buys))
    base = tuple(
        _kept_for_sure(buy, lots, give_back) for buy, lots in zip(buys, filled, strict=True)
    )
    freed = room - spent(buys, base)
    already = drift_removed(buys, filled) - drift_removed(buys, base)
    steps = knapsack(buys, base)
    if steps.most(freed) <= already + tolerance:
        return filled
    search = _Search(knapsack=steps, room=freed, best=already, tolerance=tolerance // _FINER)
    search.run()
    if search.best <= already + tolerance:
        return filled
    lots = tuple(kept + more for kept, more in zip(base, search.lots_taken(len(buys)), strict=True))
    return priority_fill(buys, room - spent(buys, lots), lots)


def _kept_for_sure(buy: Buy, filled: int, give_back: int) -> int:
    """All or nothing below the minimum order; nothing only where all of it may be given back."""
    if filled * buy.lot_value <= give_back:
        return 0
    return max(filled - give_back // buy.lot_value, min(filled, buy.min_lots))


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

    def run(self) -> None:
        """Leaves the best choice found in `best` and `best_taken`."""
        self.taken = [0] * len(self.knapsack.items)
        self.left = self.room
        start: int | None = 0
        for _ in range(NODES):
            if start is None:
                return
            self._dive(start)
            if self.removed > self.best:
                self.best, self.best_taken = self.removed, tuple(self.taken)
            start = self._step_back()

    def lots_taken(self, buys: int) -> tuple[int, ...]:
        """Lots of each buy in the best choice."""
        lots = [0] * buys
        for item, count in zip(self.knapsack.items, self.best_taken, strict=True):
            lots[item.buy] += count * item.lots
        return tuple(lots)

    def _dive(self, start: int) -> None:
        items = self.knapsack.items
        incomplete = {
            item.buy
            for item, count in zip(items[:start], self.taken, strict=False)
            if count < item.count
        }
        for i in range(start, len(items)):
            if self.left < self.knapsack.lightest:
                return
            item = items[i]
            count = 0 if item.buy in incomplete else min(item.count, self.left // item.weight)
            if count:
                self._take(i, item, count)
            if count < item.count:
                incomplete.add(item.buy)

    def _step_back(self) -> int | None:
        """Takes one step less of the last item where that may still pay; the item to go on from."""
        for i in range(len(self.taken) - 1, -1, -1):
            if not self.taken[i]:
                continue
            item = self.knapsack.items[i]
            self._take(i, item, -1)
            needed = self.best + self.tolerance - self.removed
            if self.knapsack.can_remove_more(i + 1, self.left, needed):
                return i + 1
            # Every further step less can remove only less still: the items after are worth less.
            self._take(i, item, -self.taken[i])
        return None

    def _take(self, i: int, item: Item, count: int) -> None:
        self.taken[i] += count
        self.left -= count * item.weight
        self.removed += count * item.value
