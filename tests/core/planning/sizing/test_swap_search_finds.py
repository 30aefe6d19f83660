"""The search of the exchange, against every choice of lots that the give-back allows."""

from __future__ import annotations

from rebalancer_core.planning.sizing.greedy_fill import priority_fill
from rebalancer_core.planning.sizing.knapsack import most_removable
from rebalancer_core.planning.sizing.swap_search import DEAREST_LOTS, exchanged
from tests.core.planning.buys import Purchase, choices, cost, purchases, removed


def test_without_a_tolerance_the_closest_plan_within_the_give_back_is_found() -> None:
    for purchase in purchases(1_000):
        filled, lots = _both(purchase, tolerance=0)
        best = max(removed(purchase.buys, each) for each in _allowed(purchase, filled))
        assert removed(purchase.buys, lots) == best, purchase
        assert lots in set(_allowed(purchase, filled)), purchase


def test_what_gains_no_more_than_the_tolerance_changes_nothing() -> None:
    for purchase in purchases(1_000):
        for tolerance in (1, 9, 10, 25):
            filled, lots = _both(purchase, tolerance=tolerance)
            gain = removed(purchase.buys, lots) - removed(purchase.buys, filled)
            assert lots == filled or gain > tolerance, (purchase, tolerance)


def test_an_exchange_misses_the_closest_plan_by_less_than_its_tolerance() -> None:
    for purchase in purchases(1_000):
        filled, lots = _both(purchase, tolerance=10)
        best = max(removed(purchase.buys, each) for each in _allowed(purchase, filled))
        missed = best - removed(purchase.buys, lots)
        assert missed <= (10 if lots == filled else 1), purchase


def test_nothing_more_fits_after_an_exchange() -> None:
    for purchase in purchases(1_000):
        _, lots = _both(purchase, tolerance=0)
        left = purchase.room - cost(purchase.buys, lots)
        assert priority_fill(purchase.buys, left, lots) == lots, purchase


def _both(purchase: Purchase, *, tolerance: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    filled = priority_fill(purchase.buys, purchase.room, (0,) * len(purchase.buys))
    return filled, exchanged(
        purchase.buys,
        filled,
        purchase.room,
        most=most_removable(purchase.buys, purchase.room),
        may_give_back=purchase.min_order,
        tolerance=tolerance,
    )


def _allowed(purchase: Purchase, filled: tuple[int, ...]) -> list[tuple[int, ...]]:
    """What is affordable and gives back at most two dearest lots, or one minimum order, a buy."""
    dearest = max((buy.lot_value for buy in purchase.buys), default=0)
    limit = max(purchase.min_order, DEAREST_LOTS * dearest)
    return [
        lots
        for lots in choices(purchase)
        if all(
            (before - after) * buy.lot_value <= limit
            for before, after, buy in zip(filled, lots, purchase.buys, strict=True)
        )
    ]
