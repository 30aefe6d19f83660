"""The benchmark's accounts: drawn from a seed, lawful, and of every pattern."""

import doctest
from decimal import Decimal
from fractions import Fraction
from types import ModuleType

import pytest

from benchmarks import hard_instances, table
from benchmarks import instances as drawing
from benchmarks.instances import Pattern, instances
from benchmarks.problem import Problem, problem


def test_the_same_seed_draws_the_same_accounts_and_another_seed_others() -> None:
    assert tuple(instances(7, 14)) == tuple(instances(7, 14))
    assert tuple(instances(7, 14)) != tuple(instances(8, 14))


def test_an_account_does_not_depend_on_how_many_are_drawn() -> None:
    assert tuple(instances(7, 3)) == tuple(instances(7, 14))[:3]


def test_every_pattern_is_drawn_with_lawful_targets_prices_and_sizes() -> None:
    drawn = tuple(instances(3, 35))
    assert {each.pattern for each in drawn} == set(Pattern)
    for each in drawn:
        assert sum(w.fraction for w in each.targets.weights) + each.targets.cash == 1
        assert all(w.fraction >= 0 for w in each.targets.weights)
        assert 5 <= len(each.quotes) <= 60
        assert all(Decimal(8) <= q.price <= Decimal(700) for q in each.quotes)
        assert 5_000 <= problem(each).net_liquidation <= 5_000_000


def test_the_patterns_are_what_they_are_called() -> None:
    drawn = tuple(instances(3, 70))
    for each in drawn:
        stated = problem(each)
        if each.pattern is Pattern.MARKET_DRIFT:
            assert 0 < stated.cash <= stated.net_liquidation / 25 + min(stated.prices.values())
        if each.pattern is Pattern.INITIAL_PURCHASE:
            assert not each.snapshot.positions
        if each.pattern is Pattern.DEBIT_CASH:
            assert stated.cash < 0
        if each.pattern is Pattern.LEVERAGE_BOUND:
            # The cap of 1.25, and the buffer of 1 %.
            assert stated.cash_floor == stated.net_liquidation * Fraction(-24, 100)
    assert sum(_lacks_cash(problem(each)) for each in drawn) > 20


@pytest.mark.parametrize("module", [drawing, hard_instances, table])
def test_the_examples_in_the_benchmark_run(module: ModuleType) -> None:
    tried = doctest.testmod(module)
    assert tried.attempted
    assert not tried.failed


def _lacks_cash(stated: Problem) -> bool:
    return sum(w.nearest * w.price for w in stated.buys) > stated.room
