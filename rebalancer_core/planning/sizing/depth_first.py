"""Depth first over the steps of the buys: a count of nodes (never a clock), a bound, a tolerance.

A node is one greedy dive. What an order costs first is paid with its first lots; what is still
possible is bounded by the weights of the knapsack, which never cost more than the lots do.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import TypeAlias

from attrs import define, field

from rebalancer_core.planning.sizing.greedy_fill import Buy
from rebalancer_core.planning.sizing.knapsack import Knapsack

NODES = 1_000

# How often it may be taken, what that costs each time and once beside, the same two by the weights
# of the bounds, what it removes, and which item its buy takes before it.
_Step: TypeAlias = tuple[int, int, int, int, int, int, int | None]


@define(kw_only=True)
class Search:
    """The best choice of steps for `room`: `best` is what it removes, at first what it must pass.

    `exhausted` = no choice removes more than `best` and the `tolerance` together. `left` is what
    the steps `taken` have not spent of the room, `slack` the same by the weights of the bounds.
    """

    knapsack: Knapsack
    buys: Sequence[Buy]
    room: int
    best: int
    tolerance: int
    exhausted: bool = False
    best_taken: tuple[int, ...] = ()
    taken: list[int] = field(factory=list)
    left: int = 0
    slack: int = 0
    removed: int = 0
    steps: tuple[_Step, ...] = field(init=False)
    lightest: tuple[int, ...] = field(init=False)

    @steps.default
    def _steps(self) -> tuple[_Step, ...]:
        items, buys = self.knapsack.items, self.buys
        return tuple(
            [
                (
                    item.count,
                    item.lots * buys[item.buy].lot_cost,
                    0 if item.stage else buys[item.buy].first_cost,
                    item.weight,
                    item.first_cost,
                    item.value,
                    before,
                )
                for item, before in zip(items, self.knapsack.before, strict=True)
            ]
        )

    @lightest.default
    def _lightest(self) -> tuple[int, ...]:
        """The least that one step costs of each item and those after it."""
        return tuple(accumulate([step[1] for step in reversed(self.steps)], min))[::-1]

    def run(self, *, enough: int, nodes: int = NODES) -> None:
        """Dives greedily, then takes one step less of the last item, while it can pay.

        Leaves the best choice found in `best` and `best_taken`; stops where that is `enough`.
        """
        self._take_nothing()
        start: int | None = 0
        for _ in range(nodes):
            if start is None:
                break
            self._dive(start)
            self._keep(self.removed, self.taken)
            if self.best >= enough:
                return
            start = self._step_back()
        self.exhausted = start is None

    def dive_within(self, least: Sequence[int], most: Sequence[int]) -> None:
        """One greedy dive that takes each item so often at least, if that fits, and at most."""
        left, removed, taken = self.room, 0, list(least)
        for times, (_, cost, first, _, _, value, _) in zip(least, self.steps, strict=True):
            if times:
                left -= times * cost + first
                removed += times * value
        for i, (_, cost, first, _, _, value, before) in enumerate(self.steps):
            if left < 0:
                return
            first_now = 0 if taken[i] else first
            more = min(most[i] - taken[i], (left - first_now) // cost)
            if more > 0 and (before is None or taken[before] == self.steps[before][0]):
                taken[i] += more
                left -= more * cost + first_now
                removed += more * value
        self._keep(removed, taken)

    def lots_taken(self) -> tuple[int, ...]:
        """Lots of each buy in the best choice."""
        lots = [0] * len(self.buys)
        for item, count in zip(self.knapsack.items, self.best_taken, strict=True):
            lots[item.buy] += count * item.lots
        return tuple(lots)

    def _keep(self, removed: int, taken: Sequence[int]) -> None:
        if removed > self.best:
            self.best, self.best_taken = removed, tuple(taken)

    def _take_nothing(self) -> None:
        self.taken = [0] * len(self.steps)
        self.left = self.slack = self.room
        self.removed = 0

    def _dive(self, start: int) -> None:
        taken, left, slack, removed = self.taken, self.left, self.slack, self.removed
        steps, lightest = self.steps, self.lightest
        for i in range(start, len(steps)):
            if left < lightest[i]:
                break
            count, cost, first, weight, first_weight, value, before = steps[i]
            if cost + first > left:
                continue
            if before is not None and taken[before] < steps[before][0]:
                continue
            if count * cost + first > left:
                count = (left - first) // cost
            taken[i] = count
            left -= count * cost + first
            slack -= count * weight + first_weight
            removed += count * value
        self.left, self.slack, self.removed = left, slack, removed

    def _step_back(self) -> int | None:
        """Takes one step less of the last item where that may still pay; the item to go on from."""
        taken, left, slack, removed = self.taken, self.left, self.slack, self.removed
        enough = self.best + self.tolerance
        for i in range(len(taken) - 1, -1, -1):
            count = taken[i]
            if not count:
                continue
            _, cost, first, weight, first_weight, value, _ = self.steps[i]
            last, last_weight = (first, first_weight) if count == 1 else (0, 0)
            possible = slack + weight + last_weight
            if self.knapsack.can_remove_more(i + 1, possible, enough - removed + value):
                taken[i] = count - 1
                self.left, self.slack = left + cost + last, possible
                self.removed = removed - value
                return i + 1
            # Every further step less can remove only less still: the items after are worth less.
            taken[i] = 0
            left += count * cost + first
            slack += count * weight + first_weight
            removed -= count * value
        return None
