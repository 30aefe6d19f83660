"""The bounded exchange: buys give a little back where the freed cash fits the whole plan better.

Strict priority can leave cash that fits no lot. Each buy may give back at most the value of two
lots of the dearest candidate, or of one minimum order where that is larger; an investment, which
sells nothing and has only this cash to fit, may give back all. What is freed is spent again as a
bounded knapsack, depth first by drift removed a dollar, with a fractional upper bound, a count of
nodes (never a clock) and a tolerance: gains below it never disturb strict priority. Where the nodes
are used up, dives at the splits of the bound find what a dear lot hides.
"""

from __future__ import annotations

from collections.abc import Sequence

from rebalancer_core.planning.sizing.best_first import SPLITS, BestFirst
from rebalancer_core.planning.sizing.depth_first import Search
from rebalancer_core.planning.sizing.greedy_fill import Buy, drift_removed, priority_fill, spent
from rebalancer_core.planning.sizing.knapsack import knapsack
from rebalancer_core.planning.sizing.proof import FINER

# With one lot a tenth of the plans whose cash binds stay further from the best than they need to
# (docs/decisions.md has the figures); with three the plans are no closer.
DEAREST_LOTS = 2


def exchanged(
    buys: Sequence[Buy],
    filled: tuple[int, ...],
    room: int,
    *,
    most: int,
    may_give_back: int,
    tolerance: int,
) -> tuple[int, ...]:
    """Lots of each buy after the exchange; `filled` itself where that gains no more than tolerance.

    `filled` is the priority fill of `room`, `most` the drift that no choice of lots can remove more
    of; amounts in units, `tolerance` one basis point of managed net liquidation. Each buy may give
    back `may_give_back`, or two lots of the dearest.

    >>> dear = Buy(gap=2500, lot_value=700, nearest=4, min_lots=1)
    >>> cheap = Buy(gap=1800, lot_value=600, nearest=3, min_lots=1)
    >>> exchanged((dear, cheap), (2, 0), 1900, most=1900, may_give_back=0, tolerance=1)
    (1, 2)
    """
    by_priority = drift_removed(buys, filled)
    if most - by_priority <= tolerance:
        return filled
    give_back = max(may_give_back, DEAREST_LOTS * max([buy.lot_value for buy in buys]))
    base = tuple(
        [_kept_for_sure(buy, lots, give_back) for buy, lots in zip(buys, filled, strict=True)]
    )
    freed = room - spent(buys, base)
    already = by_priority - drift_removed(buys, base)
    steps = knapsack(buys, base)
    reachable = steps.most(freed)
    if reachable <= already + tolerance:
        return filled
    finer = tolerance // FINER
    search = Search(knapsack=steps, buys=buys, room=freed, best=already, tolerance=finer)
    search.run(enough=reachable - finer)
    if search.best < reachable - finer and not search.exhausted:
        _dive_at_splits(search)
    if search.best <= already + tolerance:
        return filled
    lots = tuple(kept + more for kept, more in zip(base, search.lots_taken(), strict=True))
    return priority_fill(buys, room - spent(buys, lots), lots)


def _dive_at_splits(search: Search) -> None:
    """One greedy dive within each node that is split next: where the room ends at a dear lot, one
    dive with that lot and one without it.
    """
    nodes = BestFirst(
        knapsack=search.knapsack, room=search.room, enough=search.best + search.tolerance
    )
    for _ in range(SPLITS):
        parts = nodes.split()
        for node in parts:
            search.dive_within(node.least, node.most)
        nodes.enough = search.best + search.tolerance
        if not parts:
            return


def _kept_for_sure(buy: Buy, filled: int, give_back: int) -> int:
    """All or nothing below the minimum order; nothing only where all of it may be given back."""
    if filled * buy.lot_value <= give_back:
        return 0
    return max(filled - give_back // buy.lot_value, min(filled, buy.min_lots))
