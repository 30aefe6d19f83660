"""Purchases that strict priority and a search of single lots leave far from the best."""

from __future__ import annotations

from rebalancer_core.planning.sizing.greedy_fill import Buy, drift_removed, priority_fill
from rebalancer_core.planning.sizing.knapsack import most_removable
from rebalancer_core.planning.sizing.proof import most_provable
from rebalancer_core.planning.sizing.swap_search import exchanged

# 40 small lots fill the room and leave none for the dear one, which removes more than all of them.
SMALL = tuple(
    Buy(gap=3_000 + 7 * i, lot_value=1_000 + 7 * i, nearest=3, min_lots=1) for i in range(40)
)
DEAR = Buy(gap=180_000, lot_value=200_000, nearest=1, min_lots=1)


def test_a_lot_dearer_than_the_rest_together_is_bought_where_it_removes_more() -> None:
    buys, room = (DEAR, *SMALL), 201_500
    filled = priority_fill(buys, room, (0,) * len(buys))
    assert filled[0] == 0
    most = most_removable(buys, room)
    lots = exchanged(buys, filled, room, most=most, may_give_back=0, tolerance=30)
    assert lots[0] == 1
    assert drift_removed(buys, lots) > drift_removed(buys, filled) + 30


def test_a_bound_that_no_search_finishes_is_still_close() -> None:
    buys, room = (DEAR, *SMALL), 201_500
    best = 160_000 + 1_000
    proven = most_provable(buys, room, found=best, most=most_removable(buys, room), tolerance=100)
    assert best <= proven <= 161_500


def test_a_search_that_ran_out_of_nodes_is_no_proof_that_nothing_is_better() -> None:
    buys, room = (DEAR, *SMALL), 201_500
    filled = priority_fill(buys, room, (0,) * len(buys))
    found = drift_removed(buys, filled)
    assert found < 160_000
    most = most_removable(buys, room)
    assert most_provable(buys, room, found=found, most=most, tolerance=100) >= 161_000
