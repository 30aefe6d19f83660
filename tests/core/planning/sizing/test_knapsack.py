"""The knapsack: steps in the order of their worth, and a bound that no choice of lots passes."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import floor

from rebalancer_core.planning.sizing.greedy_fill import Buy
from rebalancer_core.planning.sizing.knapsack import Item, knapsack, most_removable
from tests.core.planning.buys import choices, purchases, removed


def test_no_choice_of_lots_removes_more_than_the_bound() -> None:
    for purchase in purchases(500):
        best = max(removed(purchase.buys, lots) for lots in choices(purchase))
        assert best <= most_removable(purchase.buys, purchase.room), purchase


def test_the_bound_fills_the_room_by_worth_and_takes_the_last_step_in_part() -> None:
    for purchase in purchases(500):
        items = knapsack(purchase.buys, (0,) * len(purchase.buys)).items
        bound = floor(_most(items, purchase.room))
        assert most_removable(purchase.buys, purchase.room) == bound, purchase


def test_what_is_left_can_remove_more_only_where_its_fractions_do() -> None:
    for purchase in purchases(500):
        filled = knapsack(purchase.buys, (0,) * len(purchase.buys))
        for first in range(len(filled.items) + 1):
            most = _most(filled.items[first:], purchase.room)
            for than in (floor(most) - 1, floor(most), floor(most) + 1):
                told = filled.can_remove_more(first, purchase.room, than)
                assert told is (most > than), (purchase, first, than)


def test_steps_go_by_worth_then_by_size_then_by_priority() -> None:
    for purchase in purchases(500):
        items = knapsack(purchase.buys, (0,) * len(purchase.buys)).items
        assert list(items) == sorted(items, key=_rank)


def test_a_buy_is_its_least_order_its_full_lots_and_the_lot_that_crosses() -> None:
    buy = Buy(gap=570, lot_value=100, nearest=6, min_lots=2)
    block = Item(buy=0, stage=0, lots=2, count=1, weight=200, value=200)
    full = Item(buy=0, stage=1, lots=1, count=3, weight=100, value=100)
    crossing = Item(buy=0, stage=2, lots=1, count=1, weight=100, value=40)
    assert knapsack((buy,), (0,)).items == (block, full, crossing)
    assert knapsack((buy,), (2,)).items == (full, crossing)
    fewer = Item(buy=0, stage=1, lots=1, count=1, weight=100, value=100)
    assert knapsack((buy,), (4,)).items == (fewer, crossing)
    assert knapsack((buy,), (5,)).items == (crossing,)
    assert knapsack((buy,), (6,)).items == ()


def test_a_buy_of_full_lots_alone_has_none_that_crosses() -> None:
    buy = Buy(gap=540, lot_value=100, nearest=5, min_lots=5)
    assert knapsack((buy,), (0,)).items == (
        Item(buy=0, stage=0, lots=5, count=1, weight=500, value=500),
    )


def test_a_block_that_only_crossing_completes_is_one_step() -> None:
    buy = Buy(gap=290, lot_value=100, nearest=3, min_lots=3)
    assert knapsack((buy,), (0,)).items == (
        Item(buy=0, stage=0, lots=3, count=1, weight=300, value=280),
    )
    assert knapsack((buy,), (3,)).items == ()


def test_no_buys_remove_nothing() -> None:
    assert most_removable((), 100) == 0


def _most(items: Iterable[Item], room: int) -> Fraction:
    most, left = Fraction(), Fraction(room)
    for item in items:
        steps = min(Fraction(item.count), left / item.weight)
        most += steps * item.value
        left -= steps * item.weight
    return most


def _rank(item: Item) -> tuple[Fraction, int, int, int]:
    return Fraction(-item.value, item.weight), -item.weight, item.buy, item.stage


def test_worths_that_only_exact_numbers_tell_apart_are_told_apart() -> None:
    # 1 - 6 / (6e12 - 6) is less than 1 - 2 / 2e12, by 1e-24: as floats both are the same.
    heavier, worth_more = 6 * 10**12 - 6, 2 * 10**12
    buys = (
        Buy(gap=heavier - 3, lot_value=heavier, nearest=1, min_lots=1),
        Buy(gap=worth_more - 1, lot_value=worth_more, nearest=1, min_lots=1),
    )
    assert [item.buy for item in knapsack(buys, (0, 0)).items] == [1, 0]
