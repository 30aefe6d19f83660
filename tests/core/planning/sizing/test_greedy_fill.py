"""The priority fill: largest drift first, then largest remainder, and nothing left that fits."""

from __future__ import annotations

from fractions import Fraction

from rebalancer_core.planning.sizing.greedy_fill import Buy, drift_removed, priority_fill, spent
from tests.core.planning.buys import Purchase, cost, purchases, removed


def test_lots_go_by_priority_and_then_by_remainder() -> None:
    for purchase in purchases(2_000):
        filled = priority_fill(purchase.buys, purchase.room, (0,) * len(purchase.buys))
        assert filled == _as_described(purchase), purchase


def test_what_lots_cost_and_remove_is_counted_over_all_buys() -> None:
    for purchase in purchases(100):
        lots = priority_fill(purchase.buys, purchase.room, (0,) * len(purchase.buys))
        assert spent(purchase.buys, lots) == cost(purchase.buys, lots)
        assert drift_removed(purchase.buys, lots) == removed(purchase.buys, lots)


def test_lots_that_are_there_already_are_added_to() -> None:
    buys = (_buy(1000, 400), _buy(280, 100))
    assert priority_fill(buys, 400, (1, 0)) == (2, 0)
    assert priority_fill(buys, 500, (1, 1)) == (2, 2)
    assert priority_fill(buys, 100, (2, 2)) == (2, 3)


def test_a_lot_that_crosses_comes_only_after_the_full_ones() -> None:
    buys = (_buy(290, 100), _buy(50, 10))
    assert priority_fill(buys, 190, (0, 0)) == (1, 5)
    assert priority_fill(buys, 300, (0, 0)) == (2, 5)
    assert priority_fill(buys, 349, (0, 0)) == (2, 5)
    assert priority_fill(buys, 350, (0, 0)) == (3, 5)


def test_a_block_that_reaches_the_minimum_order_by_crossing_comes_whole_or_not_at_all() -> None:
    block = Buy(gap=290, lot_value=100, nearest=3, min_lots=3)
    assert priority_fill((block,), 299, (0,)) == (0,)
    assert priority_fill((block,), 300, (0,)) == (3,)
    assert priority_fill((block,), 100, (2,)) == (3,)


def test_full_lots_cross_nothing_and_the_rest_of_the_gap_is_the_remainder() -> None:
    crossing, near = _buy(290, 100), _buy(250, 100)
    assert (crossing.full, crossing.remainder, crossing.removed_by_crossing) == (2, 90, 80)
    assert (near.full, near.nearest, near.remainder) == (2, 2, 50)


def _as_described(purchase: Purchase) -> tuple[int, ...]:
    """The priority fill in fractions, step by step as it is described."""
    room, lots = purchase.room, [0] * len(purchase.buys)
    remainders: list[tuple[Fraction, int]] = []
    for i, buy in enumerate(purchase.buys):
        full = buy.gap // buy.lot_value
        affordable = min(full, room // buy.lot_value)
        if affordable >= buy.min_lots:
            lots[i] = affordable
            room -= affordable * buy.lot_value
        if lots[i] == full or full < buy.min_lots:
            remainders.append((full - Fraction(buy.gap, buy.lot_value), i))
    for _, i in sorted(remainders):
        step = (purchase.buys[i].nearest - lots[i]) * purchase.buys[i].lot_value
        if step <= room:
            lots[i] = purchase.buys[i].nearest
            room -= step
    return tuple(lots)


def _buy(gap: int, lot_value: int) -> Buy:
    nearest = -(-(2 * gap - lot_value) // (2 * lot_value))
    return Buy(gap=gap, lot_value=lot_value, nearest=nearest, min_lots=1)
