"""The exchange gives a little back, never more than it may, and only where it pays."""

from __future__ import annotations

from rebalancer_core.planning.sizing.greedy_fill import Buy, priority_fill
from rebalancer_core.planning.sizing.knapsack import most_removable
from rebalancer_core.planning.sizing.swap_search import exchanged


def test_one_lot_is_given_back_where_the_freed_cash_fits_better() -> None:
    assert _exchanged((_buy(2500, 700), _buy(1800, 600)), 1900) == ((2, 0), (1, 2))


def test_what_would_not_fit_closer_is_not_given_back() -> None:
    assert _exchanged((_buy(2400, 400), _buy(2100, 700)), 2100) == ((5, 0), (5, 0))


def test_a_gain_of_the_tolerance_is_too_small() -> None:
    buys = (_buy(2500, 700), _buy(1800, 600))
    assert _exchanged(buys, 1900, tolerance=499)[1] == (1, 2)
    assert _exchanged(buys, 1900, tolerance=500)[1] == (2, 0)


def test_a_gain_of_the_tolerance_is_too_small_also_where_it_is_found_at_once() -> None:
    buys = (_buy(3000, 500), _buy(1400, 700))
    assert _exchanged(buys, 1750, tolerance=199)[1] == (2, 1)
    assert _exchanged(buys, 1750, tolerance=200)[1] == (3, 0)


def test_lots_that_would_pass_the_limit_stay() -> None:
    # Five lots of 300 given back would fit closer still, and are more than two lots of 600.
    assert _exchanged((_buy(2100, 300), _buy(1800, 600)), 2400) == ((7, 0), (4, 2))


def test_a_block_of_the_minimum_order_is_given_back_whole_or_not_at_all() -> None:
    buys = (_buy(600, 200, min_lots=3), _buy(550, 250), _buy(540, 250))
    assert _exchanged(buys, 800, min_order=599) == ((3, 0, 0), (3, 0, 0))
    assert _exchanged(buys, 800, min_order=600) == ((3, 0, 0), (0, 2, 1))


def test_what_an_exchange_leaves_over_is_spent_by_priority() -> None:
    buys = (_buy(2500, 700), _buy(1800, 600), _buy(50, 10))
    assert _exchanged(buys, 1955)[1] == (1, 2, 5)


def test_a_plan_that_needs_no_cash_is_not_searched() -> None:
    assert _exchanged((_buy(1400, 700),), 10_000) == ((2,), (2,))


def _buy(gap: int, lot_value: int, min_lots: int = 1) -> Buy:
    lots, rest = divmod(gap, lot_value)
    nearest = lots + (2 * rest > lot_value)
    return Buy(gap=gap, lot_value=lot_value, nearest=nearest, min_lots=min_lots)


def _exchanged(
    buys: tuple[Buy, ...], room: int, *, min_order: int = 0, tolerance: int = 1
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    filled = priority_fill(buys, room, (0,) * len(buys))
    most = most_removable(buys, room)
    return filled, exchanged(
        buys, filled, room, most=most, may_give_back=min_order, tolerance=tolerance
    )
