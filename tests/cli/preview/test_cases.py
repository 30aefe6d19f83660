"""Worked cases on the screen: the plan table and the question, as a person wrote them down."""

from __future__ import annotations

import pytest

from rebalancer_cli.screen.plan_table import render_table
from rebalancer_cli.screen.questions import render_prompt
from rebalancer_core.planning.plan import plan_account
from tests.core.planning.case_files import (
    CASES,
    flow_of,
    load_case,
    policy_of,
    quotes_of,
    rules_of,
    snapshot_of,
    targets_of,
)

_WIDTH = 120
_SHOWN = tuple(
    path.parent.name
    for path in sorted(CASES.glob("*/case.toml"))
    if "\ntable = " in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", _SHOWN)
def test_the_table_and_the_question_are_those_that_were_worked_out_by_hand(name: str) -> None:
    case = load_case(name)
    plan = plan_account(
        snapshot=snapshot_of(case),
        quotes=quotes_of(case),
        targets=targets_of(case),
        policy=policy_of(case),
        commissions=case.commission,
        symbol_rules=rules_of(case),
        flow=flow_of(case),
    ).unwrap()
    assert _lines(render_table(plan, _WIDTH)) == _lines(case.table)
    assert _lines(render_prompt(plan)) == _lines(case.prompt)


def test_there_are_cases_that_show_their_table() -> None:
    assert len(_SHOWN) >= 2


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip("\n").splitlines()]
