"""What sizing must be: hard instances are hard, and a row that is missed says so."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import pytest

from benchmarks.contenders import plan_of, shares_of
from benchmarks.hard_instances import dear_lot, dollar_lots, in_total_drift, short_of_cash
from benchmarks.instances import Instance
from benchmarks.must_be import bound_rows, render_rows, worst_gap_rows
from benchmarks.problem import faults, problem
from rebalancer_core.values.policy import TriggerMode

DRAWS = (dear_lot, dollar_lots, short_of_cash)


@pytest.mark.parametrize("draw", DRAWS)
def test_hard_instances_can_be_planned_and_many_lack_cash(
    draw: Callable[[int, int], Instance],
) -> None:
    lacking = 0
    for number in range(10):
        drawn = draw(7, number)
        stated = problem(drawn)
        lacking += sum(w.nearest * w.price for w in stated.buys) > stated.room
        assert faults(stated, shares_of(plan_of(drawn))) == ()
    assert lacking >= 4


def test_the_same_rules_in_total_drift() -> None:
    rules = in_total_drift(dear_lot(7, 1), Decimal(30))
    assert rules.trigger_mode is TriggerMode.TOTAL_DRIFT
    assert rules.portfolio_total_band_bps == 30


def test_bounds_that_fit_the_optimum_hold_and_others_are_missed() -> None:
    true, too_good = bound_rows(2, 21, _ours), bound_rows(2, 21, _a_tenth)
    assert [row.holds for row in true] == [True, True]
    assert not any(row.holds for row in too_good)


def test_a_gap_over_its_limit_is_missed() -> None:
    assert all(row.holds for row in worst_gap_rows(2, 2, _ours))
    missed = list(worst_gap_rows(2, 2, _a_tenth))
    assert not any(row.holds for row in missed)
    assert render_rows(missed).count("| NO ") == 2


def _ours(drawn: Instance) -> Fraction:
    return problem(drawn).residual(shares_of(plan_of(drawn)))


def _a_tenth(drawn: Instance) -> Fraction:
    """A residual that no plan reaches."""
    return _ours(drawn) / 10
