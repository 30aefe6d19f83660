"""Best first over bounds: how much can be removed at most, also where no search tries everything.

Of a node it is known how often each item is taken at least and at most; its bound fills the room by
worth, the last item in part. The node with the largest bound is split at that item, so the largest
bound of all that are left is always one that no choice of lots passes.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappop, heappush

from attrs import define, field, frozen

from rebalancer_core.planning.sizing.knapsack import Knapsack

# Hard accounts are decided within a few dozen splits; more do not lower a bound by a tenth of a
# basis point.
SPLITS = 100


@frozen(kw_only=True)
class Node:
    """How often each item is taken at `least` and at `most`, and what that removes at most.

    The item `in_part` is what the room ends at, after `full` times; None where it ends at none.
    """

    bound: int
    least: tuple[int, ...]
    most: tuple[int, ...]
    in_part: int | None
    full: int


@define(kw_only=True)
class BestFirst:
    """The nodes that are left, and how much no choice of lots for `room` removes more of.

    Nodes that remove no more than `enough` are dropped; it may grow between two splits.

    >>> from rebalancer_core.planning.sizing.greedy_fill import Buy
    >>> from rebalancer_core.planning.sizing.knapsack import relaxed_knapsack
    >>> steps = relaxed_knapsack((Buy(gap=2500, lot_value=700, nearest=4, min_lots=1),))
    >>> nodes = BestFirst(knapsack=steps, room=1900, enough=1390)
    >>> nodes.bound, [node.bound for node in nodes.split()], nodes.bound
    (1900, [1400], 1400)
    """

    knapsack: Knapsack
    room: int
    enough: int
    nodes: list[tuple[int, int, Node]] = field(init=False)
    added: int = 0

    @nodes.default
    def _nodes(self) -> list[tuple[int, int, Node]]:
        counts = tuple([item.count for item in self.knapsack.items])
        first = _node(self.knapsack, self.room, (0,) * len(counts), counts)
        return [] if first is None else [(-first.bound, 0, first)]

    @property
    def bound(self) -> int:
        """The largest bound of the nodes that are left; `enough` where that is all there is."""
        return max(self.enough, -self.nodes[0][0]) if self.nodes else self.enough

    def split(self) -> tuple[Node, ...]:
        """Splits the node of the largest bound; its parts, none where nothing is left to split."""
        if self.bound <= self.enough or self.nodes[0][2].in_part is None:
            return ()
        _, _, largest = heappop(self.nodes)
        parts = tuple(_parts(self.knapsack, self.room, largest))
        for node in parts:
            # Of equal bounds the older node comes first.
            self.added += 1
            heappush(self.nodes, (-node.bound, self.added, node))
        return parts


def _parts(knapsack: Knapsack, room: int, node: Node) -> Iterator[Node]:
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
) -> Node | None:
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
            return Node(bound=removed, least=least, most=most, in_part=i, full=least[i] + full)
        left -= more * item.weight
        removed += more * item.value
    return Node(bound=removed, least=least, most=most, in_part=None, full=0)
