"""The buys as a bounded knapsack: what each step costs, what drift it removes, what is the most.

Whole lots below the target remove about as much drift as they cost; a lot that crosses it, or a
block that only reaches the minimum order by crossing, removes less. Filling the room in that order,
the last step in part, removes at least as much as any whole lots can: the bound of the certificate.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

from attrs import evolve, frozen

from rebalancer_core.planning.sizing.greedy_fill import Buy

SMALLEST_ORDER, FULL_LOTS, CROSSING_LOT = range(3)


@frozen(kw_only=True)
class Item:
    """Up to `count` equal steps of `lots` lots of one buy; `weight` and `value` are of one step.

    A buy's items are taken in the order of their `stage` (the smallest order, full lots, the lot
    that crosses), each completely before the next. `first_cost` is paid once beside the weight;
    bounds leave it out, so they stay bounds.
    """

    buy: int
    stage: int
    lots: int
    count: int
    weight: int
    value: int
    first_cost: int = 0


@frozen(kw_only=True)
class Knapsack:
    """Items by order of worth, and the running sums of all steps."""

    items: tuple[Item, ...]
    weights: tuple[int, ...]
    values: tuple[int, ...]

    @property
    def before(self) -> tuple[int | None, ...]:
        """Of each item, where the one is that its buy takes before it."""
        last: dict[int, int] = {}
        found: list[int | None] = []
        for i, item in enumerate(self.items):
            found.append(last.get(item.buy))
            last[item.buy] = i
        return tuple(found)

    def same_buy(self, i: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Where the other items of that one's buy are: those taken before it, and those after."""
        mine = self.items[i]
        others = [(j, item.stage) for j, item in enumerate(self.items) if item.buy == mine.buy]
        return (
            tuple([j for j, stage in others if stage < mine.stage]),
            tuple([j for j, stage in others if stage > mine.stage]),
        )

    def can_remove_more(self, first: int, room: int, than: int) -> bool:
        """Whether items from `first` on, the last one in part, remove strictly more than that."""
        weights, values = self.weights, self.values
        reach = weights[first] + room
        whole = bisect_right(weights, reach, lo=first) - 1
        missing = than - (values[whole] - values[first])
        if whole == len(self.items):
            return missing < 0
        item = self.items[whole]
        return (reach - weights[whole]) * item.value > missing * item.weight

    def most(self, room: int) -> int:
        """The most that can be removed for `room`, rounded down to a whole unit."""
        whole = bisect_right(self.weights, room) - 1
        if whole == len(self.items):
            return self.values[whole]
        item = self.items[whole]
        return self.values[whole] + (room - self.weights[whole]) * item.value // item.weight


def knapsack(buys: Sequence[Buy], base: Sequence[int]) -> Knapsack:
    """Every step of every buy above its `base` lots."""
    return _knapsack(
        [
            item
            for i, (buy, lots) in enumerate(zip(buys, base, strict=True))
            for item in _steps(i, buy, lots)
        ]
    )


def relaxed_knapsack(buys: Sequence[Buy]) -> Knapsack:
    """Every step of every buy from nothing held, at costs that are never more than the real ones.

    What an order costs first is spread over all its lots: no number of them costs more than it
    really does, so that a bound by these weights counts first costs and stays a bound.
    """
    return knapsack(tuple(map(_spread, buys)), (0,) * len(buys))


def most_removable(buys: Sequence[Buy], room: int) -> int:
    """What no choice of lots for `room` can remove more of: the upper bound.

    >>> most_removable((Buy(gap=1000, lot_value=400, nearest=2, min_lots=1),), 600)
    600
    """
    return relaxed_knapsack(buys).most(room)


def _spread(buy: Buy) -> Buy:
    if not buy.first_cost:
        return buy
    return evolve(buy, lot_cost=buy.lot_cost + buy.first_cost // buy.nearest, first_cost=0)


def _knapsack(every: list[Item]) -> Knapsack:
    items = _ordered(every)
    return Knapsack(
        items=items,
        weights=tuple(accumulate([i.count * i.weight for i in items], initial=0)),
        values=tuple(accumulate([i.count * i.value for i in items], initial=0)),
    )


def _ordered(every: list[Item]) -> tuple[Item, ...]:
    """Most drift removed a dollar first, then the larger step, then priority.

    Two different fractions with denominators up to m are at least 1 / m^2 apart, so their whole
    multiples of that order them exactly.
    """
    fineness = max([item.weight for item in every], default=0) ** 2

    def order(item: Item) -> tuple[int, int, int, int]:
        worth = item.value * fineness // item.weight if item.value < item.weight else fineness
        return -worth, -item.weight, item.buy, item.stage

    return tuple(sorted(every, key=order))


def _steps(i: int, buy: Buy, base: int) -> Iterator[Item]:
    full, lot, cost = buy.full, buy.lot_value, buy.lot_cost
    if full < buy.min_lots:
        if not base:
            yield Item(
                buy=i,
                stage=SMALLEST_ORDER,
                lots=buy.nearest,
                count=1,
                weight=buy.nearest * cost,
                value=buy.gap - abs(buy.gap - buy.nearest * lot),
                first_cost=buy.first_cost,
            )
        return
    if not base:
        least = buy.min_lots
        yield Item(
            buy=i,
            stage=SMALLEST_ORDER,
            lots=least,
            count=1,
            weight=least * cost,
            value=least * lot,
            first_cost=buy.first_cost,
        )
    start = max(base, buy.min_lots)
    if start < full:
        yield Item(buy=i, stage=FULL_LOTS, lots=1, count=full - start, weight=cost, value=lot)
    if max(base, full) < buy.nearest:
        yield Item(
            buy=i,
            stage=CROSSING_LOT,
            lots=1,
            count=buy.nearest - max(base, full),
            weight=cost,
            value=buy.removed_by_crossing,
        )
