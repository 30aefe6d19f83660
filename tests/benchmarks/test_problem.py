"""The benchmark's judge: it works with its own figures and sees every broken rule."""

from fractions import Fraction

import pytest

from benchmarks.contenders import plan_of, shares_of
from benchmarks.instances import instances
from benchmarks.problem import Problem, Shares, Wish, faults, problem
from rebalancer_core.values.instruments import Symbol

OLD, NEW, TINY = Symbol("OLD"), Symbol("NEW"), Symbol("TINY")


@pytest.fixture
def stated() -> Problem:
    """$1,000 in cash, 5 OLD to sell for $100 each, and NEW to buy for $300 each: 3 at least."""
    return Problem(
        net_liquidation=Fraction(10_000),
        cash=Fraction(1_000),
        cash_floor=Fraction(100),
        gaps={OLD: Fraction(-500), NEW: Fraction(1_600), TINY: Fraction(20)},
        prices={OLD: Fraction(100), NEW: Fraction(300), TINY: Fraction(10)},
        held={OLD: 8},
        wishes=(
            Wish(symbol=NEW, gap=Fraction(1_600), price=Fraction(300), nearest=5, least=3),
            Wish(symbol=OLD, gap=Fraction(-500), price=Fraction(100), nearest=5, least=2),
        ),
    )


def test_a_plan_within_the_rules_has_no_fault(stated: Problem) -> None:
    assert stated.room == 1_400
    assert faults(stated, {OLD: -5, NEW: 4}) == ()
    assert stated.residual({OLD: -5, NEW: 4}) == 400 + 20


@pytest.mark.parametrize(
    ("shares", "fault"),
    [
        ({OLD: -5, NEW: 5}, "cash ends below its floor"),
        ({OLD: -5, NEW: 2}, "NEW trades 2, not 3 to 5"),
        ({OLD: -5, NEW: 6}, "NEW trades 6, not 3 to 5"),
        ({OLD: -1}, "OLD trades -1, not 2 to 5"),
        ({OLD: -9}, "OLD is oversold"),
        ({OLD: 5}, "OLD moves away from its target"),
        ({OLD: -5, TINY: 2}, "TINY is no candidate"),
    ],
)
def test_each_broken_rule_is_named(stated: Problem, shares: Shares, fault: str) -> None:
    assert fault in faults(stated, shares)


def test_the_judge_and_the_plan_agree_on_residual_drift_and_on_cash() -> None:
    for drawn in instances(11, 21):
        plan, own = plan_of(drawn), problem(drawn)
        assert own.residual(shares_of(plan)) == plan.residual_drift_usd
        assert own.cash_after(shares_of(plan)) == plan.cash_after
        assert own.cash_floor == plan.cash_floor
