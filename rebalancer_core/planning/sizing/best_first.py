"""Best first over bounds: how much can be removed at most, also where no search tries everything.

Of a node it is known how often each item is taken at least and at most; its bound fills the room by
worth, the last item in part. The node with the largest bound is split at that item, so the largest
bound of all that are left is always one that no choice of lots passes.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappop, heappush

from attrs import frozen

from rebalancer_core.planning.sizing.knapsack import Knapsack

# Hard accounts are decided within a few dozen splits; more do not lower a bound by a tenth of a
# basis point.
SPLITS = 100


@frozen(kw_only=True)
class _Node:
    """How often each item is taken at `least` and at `most`, and what that removes at most.

    The item `in_part` is what the room ends at, after `full` times; None where it ends at none.
    """

    bound: int
    least: tuple[int, ...]
    most: tuple[int, ...]
    in_part: int | None
    full: int


def most_bounded(knapsack: Knapsack, room: int, *, enough: int) -> int:
    """What no choice of lots for `room` removes more of: `enough`, where that can be shown.

    >>> from rebalancer_core.planning.sizing.greedy_fill import Buy
    >>> from rebalancer_core.planning.sizing.knapsack import relaxed_knapsack
    >>> steps = relaxed_knapsack((Buy(gap=2500, lot_value=700, nearest=4, min_lots=1),))
    >>> steps.most(1900), most_bounded(steps, 1900, enough=1390)
    (1900, 1400)
    """
    counts = tuple([item.count for item in knapsack.items])
    first = _node(knapsack, room, (0,) * len(counts), counts)
    # Of equal bounds the older node comes first.
    open_nodes = [(-first.bound, 0, first)] if first and first.bound > enough else []
    number = 0
    for _ in range(SPLITS):
        if not open_nodes or open_nodes[0][2].in_part is None:
            break
        _, _, largest = heappop(open_nodes)
        for node in _split(knapsack, room, largest):
            if node.bound > enough:
                number += 1
                heappush(open_nodes, (-node.bound, number, node))
    return open_nodes[0][2].bound if open_nodes else enough


def _split(knapsack: Knapsack, room: int, node: _Node) -> Iterator[_Node]:
    """The item in part taken no more than in full, and once more; with what follows from either."""
    i = node.in_part
    if i is None:
        return
    least, most = list(node.least), list(node.most)
    most[i] = node.full
    least[i] = node.full + 1
    before, after = knapsack.same_buy(i)
    for j in before:
        least[j] = knapsack.items[j].count
    for j in after:
        most[j] = 0
    for found in (
        _node(knapsack, room, node.least, tuple(most)),
        _node(knapsack, room, tuple(least), node.most),
    ):
        if found is not None:
            yield found


def _node(
    knapsack: Knapsack, room: int, least: tuple[int, ...], most: tuple[int, ...]
) -> _Node | None:
    """Fills what the least of each leaves of the room, by worth; None where they do not fit."""
    left, removed = room, 0
    for item, count in zip(knapsack.items, least, strict=True):
        left -= count * item.weight
        removed += count * item.value
    if left < 0 or any(low > high for low, high in zip(least, most, strict=True)):
        return None
    for i, item in enumerate(knapsack.items):
        more = most[i] - least[i]
        if more * item.weight > left:
            full, rest = divmod(left, item.weight)
            removed += full * item.value + rest * item.value // item.weight
            return _Node(bound=removed, least=least, most=most, in_part=i, full=least[i] + full)
        left -= more * item.weight
        removed += more * item.value
    return _Node(bound=removed, least=least, most=most, in_part=None, full=0)
