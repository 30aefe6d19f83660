"""Cautions that no worked case can give: what a case file cannot say twice."""

from __future__ import annotations

from decimal import Decimal

import pytest
from attrs import evolve

from rebalancer_core.planning.caution_facts import ExtendedHours
from rebalancer_core.planning.notes import explain_caution
from rebalancer_core.planning.plan import plan_account
from rebalancer_core.values.account import CashBalance
from rebalancer_core.values.policy import TradingHours
from tests.core.planning.case_files import (
    load_case,
    policy_of,
    quotes_of,
    snapshot_of,
    targets_of,
)


def test_two_ledger_rows_of_a_currency_are_one_amount() -> None:
    case = load_case("band_edge_is_inside")
    snapshot = snapshot_of(case)
    rows = tuple(CashBalance(currency="CAD", amount=Decimal(n)) for n in ("500", "250"))
    plan = plan_account(
        snapshot=evolve(snapshot, cash=(*snapshot.cash, *rows)),
        quotes=quotes_of(case),
        targets=targets_of(case),
        policy=policy_of(case),
    ).unwrap()
    assert plan.warnings == (
        "excluded from all figures, including leverage: gross 750 CAD (positions at cost)",
    )


@pytest.mark.parametrize(
    ("difference", "figures"),
    [
        ("40.50", "CashBalance is $1,040.50, TotalCashBalance $1,000.00"),
        ("-40.50", "CashBalance is $1,000.00, TotalCashBalance $1,040.50"),
    ],
)
def test_two_cash_rows_that_differ_are_both_named_with_the_sweep(
    difference: str, figures: str
) -> None:
    case = load_case("band_edge_is_inside")
    cash = (CashBalance(currency="USD", amount=Decimal(1000)),)
    snapshot = evolve(snapshot_of(case), cash=cash, sweep_difference_usd=Decimal(difference))
    plan = plan_account(
        snapshot=snapshot,
        quotes=quotes_of(case),
        targets=targets_of(case),
        policy=policy_of(case),
    ).unwrap()
    assert plan.warnings[0] == (
        f"{figures} (cash in the insured bank deposit sweep can be counted twice): "
        "sized on the smaller one"
    )


@pytest.mark.parametrize(
    ("case", "hours", "warnings"),
    [
        ("fractional_lots", TradingHours.ETH, 1),
        ("fractional_lots", TradingHours.RTH, 0),
        # Nothing trades, so there is nothing to warn of.
        ("band_edge_is_inside", TradingHours.ETH, 0),
    ],
)
def test_orders_for_extended_hours_are_warned_of(
    case: str, hours: TradingHours, warnings: int
) -> None:
    world = load_case(case)
    plan = plan_account(
        snapshot=snapshot_of(world),
        quotes=quotes_of(world),
        targets=targets_of(world),
        policy=evolve(policy_of(world), trading_hours=hours),
    ).unwrap()
    said = explain_caution(ExtendedHours())
    assert "does not execute plain market orders outside regular hours" in said
    assert plan.warnings.count(said) == warnings
