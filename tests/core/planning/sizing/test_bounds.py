"""Bounds: no choice of lots passes them, with what orders cost first, and proofs are exact."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from random import Random

from attrs import evolve, frozen

from rebalancer_core.planning.sizing.best_first import BestFirst
from rebalancer_core.planning.sizing.depth_first import Search
from rebalancer_core.planning.sizing.greedy_fill import Buy, drift_removed, spent
from rebalancer_core.planning.sizing.knapsack import relaxed_knapsack
from rebalancer_core.planning.sizing.proof import may_remove, most_provable
from tests.core.planning.buys import purchases


@frozen(kw_only=True)
class Case:
    """Buys whose orders cost something, what may be spent, and the most that can be removed."""

    buys: tuple[Buy, ...]
    room: int
    best: int


def cases(count: int) -> Iterator[Case]:
    """Half of them cost nothing to trade."""
    chance = Random(13)
    for purchase in purchases(count):
        buys = tuple(
            evolve(
                buy,
                lot_cost=buy.lot_value + chance.choice((0, 0, 1, 3)),
                first_cost=chance.choice((0, 0, 2, 9)),
            )
            for buy in purchase.buys
        )
        yield Case(buys=buys, room=purchase.room, best=_best(buys, purchase.room))


def test_every_split_leaves_a_bound_that_no_choice_of_lots_passes() -> None:
    for case in cases(400):
        nodes = BestFirst(knapsack=relaxed_knapsack(case.buys), room=case.room, enough=0)
        bounds = [nodes.bound]
        while nodes.split():
            bounds.append(nodes.bound)
        assert bounds == sorted(bounds, reverse=True), case
        assert bounds[-1] >= case.best, case


def test_splits_end_at_the_best_choice_where_orders_cost_nothing_first() -> None:
    for case in cases(400):
        buys = tuple(evolve(buy, first_cost=0) for buy in case.buys)
        best = _best(buys, case.room)
        for enough in (0, best - 1, best, best + 5):
            nodes = BestFirst(knapsack=relaxed_knapsack(buys), room=case.room, enough=enough)
            while nodes.split():
                pass
            assert nodes.bound == max(best, enough), (case, enough)


def test_a_search_from_nothing_held_finds_the_best_choice_and_proves_it() -> None:
    for case in cases(600):
        search = _search(case)
        search.run(enough=case.best + 1)
        assert search.exhausted, case
        assert search.best == case.best, case
        lots = search.lots_taken()
        assert drift_removed(case.buys, lots) == case.best, case
        assert spent(case.buys, lots) <= case.room, case


def test_a_search_that_ran_out_of_nodes_proves_nothing() -> None:
    unfinished = 0
    for case in cases(100):
        search = _search(case)
        search.run(enough=case.best + 1, nodes=1)
        unfinished += not search.exhausted
        assert search.best == case.best or not search.exhausted, case
    assert unfinished > 20


def test_a_search_ends_where_it_has_enough() -> None:
    for case in cases(100):
        search = _search(case)
        search.run(enough=case.best)
        assert search.best == case.best, case


def test_a_dive_within_a_node_keeps_its_limits_and_the_room() -> None:
    for case in cases(200):
        steps = relaxed_knapsack(case.buys)
        nodes = BestFirst(knapsack=steps, room=case.room, enough=0)
        for node in (*nodes.split(), *nodes.split()):
            search = _search(case)
            search.dive_within(node.least, node.most)
            if search.best < 0:
                continue
            lots = search.lots_taken()
            assert spent(case.buys, lots) <= case.room, case
            assert drift_removed(case.buys, lots) == search.best, case
            limits = zip(node.least, search.best_taken, node.most, strict=True)
            assert all(low <= taken <= high for low, taken, high in limits), case


def test_what_is_proven_is_at_most_a_tenth_of_the_tolerance_above_the_best_choice() -> None:
    for case in cases(400):
        most = relaxed_knapsack(case.buys).most(case.room)
        for tolerance in (0, 10, 50):
            for found in (0, case.best // 2, case.best):
                proven = most_provable(
                    case.buys, case.room, found=found, most=most, tolerance=tolerance
                )
                assert case.best <= proven <= case.best + tolerance // 10, (case, tolerance)


def test_what_may_be_removed_is_said_exactly() -> None:
    for case in cases(400):
        said = [may_remove(case.buys, case.room, case.best + more) for more in (-1, 0, 1, 9)]
        assert said == [True, True, False, False], case


def _search(case: Case) -> Search:
    return Search(
        knapsack=relaxed_knapsack(case.buys), buys=case.buys, room=case.room, best=-1, tolerance=0
    )


def _best(buys: tuple[Buy, ...], room: int) -> int:
    every = product(*([0, *range(buy.min_lots, buy.nearest + 1)] for buy in buys))
    return max(drift_removed(buys, lots) for lots in every if spent(buys, lots) <= room)
