"""Proofs: what no choice of lots removes more of, by a search from nothing held."""

from __future__ import annotations

from collections.abc import Sequence

from rebalancer_core.planning.sizing.best_first import SPLITS, BestFirst
from rebalancer_core.planning.sizing.depth_first import Search
from rebalancer_core.planning.sizing.greedy_fill import Buy
from rebalancer_core.planning.sizing.knapsack import Knapsack, relaxed_knapsack

# Every search goes on until it is this part of the tolerance from its bound; what the exchange
# finds is taken only when it gains more than the whole tolerance.
FINER = 10
# A proof that takes more nodes is left to splits, which then are the shorter way.
NODES = 200


def most_provable(buys: Sequence[Buy], room: int, *, found: int, most: int, tolerance: int) -> int:
    """What no choice of lots for `room` removes more of: at least `found`, which one does.

    The search starts from nothing held. Where it ends within its nodes, it has proved that nothing
    removes a tenth of the tolerance more than the best it found; else the bound is as good as a
    few splits make it.

    >>> buys = (Buy(gap=2500, lot_value=700, nearest=4, min_lots=1),)
    >>> most_provable(buys, 1900, found=1400, most=1900, tolerance=10)
    1401
    """
    finer = tolerance // FINER
    if most - found <= finer:
        return most
    steps = relaxed_knapsack(buys)
    search = Search(knapsack=steps, buys=buys, room=room, best=found, tolerance=finer)
    search.run(enough=most - finer, nodes=NODES)
    proved = search.best + finer
    if search.exhausted or proved >= most:
        return min(most, proved)
    return _bounded(steps, room, enough=proved)


def may_remove(buys: Sequence[Buy], room: int, needed: int) -> bool:
    """Whether some lots for `room` may remove as much; False is a proof that none do.

    >>> buys = (Buy(gap=2500, lot_value=700, nearest=4, min_lots=1),)
    >>> may_remove(buys, 1900, 1400), may_remove(buys, 1900, 1401)
    (True, False)
    """
    steps = relaxed_knapsack(buys)
    if steps.most(room) < needed:
        return False
    search = Search(knapsack=steps, buys=buys, room=room, best=needed - 1, tolerance=0)
    search.run(enough=needed, nodes=NODES)
    if search.exhausted or search.best >= needed:
        return search.best >= needed
    return _bounded(steps, room, enough=needed - 1) >= needed


def _bounded(steps: Knapsack, room: int, *, enough: int) -> int:
    nodes = BestFirst(knapsack=steps, room=room, enough=enough)
    for _ in range(SPLITS):
        if not nodes.split():
            break
    return nodes.bound
