"""Runs in memory: plans that want the account id typed, and what a y and `--yes` come to."""

from __future__ import annotations

from decimal import Decimal

from rebalancer_adapters.memory import MemoryOutside, ScriptedPerson, memory_inputs, memory_world
from rebalancer_core.reporting.summary import AccountStatus
from rebalancer_core.values.policy import SafetyPolicy
from tests.adapters.memory.holding import holding
from tests.adapters.memory.played import BLEND, MODEL, ONE, played, statuses_of


def test_a_question_says_why_the_account_id_had_to_be_typed() -> None:
    saved = holding("0", spy="100")
    outside = MemoryOutside(
        world=memory_world(saved), at=saved.as_of, person=ScriptedPerson(answers=(True,))
    )
    safety = SafetyPolicy(max_turnover_pct=Decimal(30))
    inputs = memory_inputs(ONE, portfolios=(MODEL,), blend=BLEND, safety=safety)
    assert statuses_of(played(outside, inputs)) == [AccountStatus.DONE]
    (asked,) = outside.person.questions
    assert "max_turnover_pct" in asked.why_typed
