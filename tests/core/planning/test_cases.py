"""Worked cases, each a file of its own: a bug report becomes a file, not a test function."""

from __future__ import annotations

from decimal import Decimal

import pytest
from returns.result import Failure

from rebalancer_core.messages import explain
from rebalancer_core.planning.plan import plan_account
from rebalancer_core.values.money import plain
from rebalancer_core.values.plan import Action, Plan, PlanRow
from tests.core.planning.case_files import (
    CASES,
    NOON,
    Case,
    ExpectedRow,
    flow_of,
    load_case,
    policy_of,
    quotes_of,
    rules_of,
    snapshot_of,
    targets_of,
)


@pytest.mark.parametrize("name", sorted(path.parent.name for path in CASES.glob("*/case.toml")))
def test_the_plan_is_what_was_worked_out_by_hand(name: str) -> None:
    case = load_case(name)
    result = plan_account(
        snapshot=snapshot_of(case),
        quotes=quotes_of(case),
        targets=targets_of(case),
        policy=policy_of(case),
        commissions=case.commission,
        symbol_rules=rules_of(case),
        flow=flow_of(case),
    )
    if case.fault:
        assert isinstance(result, Failure)
        assert explain(result.failure()) == case.fault
    else:
        _check(case, result.unwrap())


def _check(case: Case, plan: Plan) -> None:
    assert (plan.account_id, plan.as_of) == ("DU111111", NOON)
    told = [f"{o.side.value} {plain(o.quantity)} {o.symbol}" for o in plan.orders]
    assert told == case.orders, case.about
    trading = {(r.symbol, r.con_id, r.action.value, r.price) for r in plan.rows if r.quantity}
    assert {(o.symbol, o.con_id, o.side.value, o.price) for o in plan.orders} == trading
    assert all((row.action is Action.NONE) is not bool(row.quantity) for row in plan.rows)
    weighed = {row.managed for row in plan.rows if row.target_weight is not None}
    assert weighed == {plan.managed_net_liquidation}
    for expected in case.rows:
        _check_row(expected, plan.rows)
    if case.row_order:
        assert [row.symbol for row in plan.rows] == case.row_order
    figures: dict[str, Decimal] = {name: getattr(plan, name) for name in case.figures}
    assert figures == case.figures
    assert list(plan.warnings) == case.warnings


def _check_row(expected: ExpectedRow, rows: tuple[PlanRow, ...]) -> None:
    named = [row for row in rows if row.symbol == expected.symbol]
    wanted = [r for r in named if expected.held is None or r.held == expected.held]
    assert len(wanted) == 1, f"{expected.symbol}: {named}"
    reason = wanted[0].reason.value if wanted[0].reason else None
    assert reason == expected.reason, wanted[0]
    assert wanted[0].note == expected.note
    cells: dict[str, Decimal] = {name: getattr(wanted[0], name) for name in expected.cells}
    assert cells == expected.cells
