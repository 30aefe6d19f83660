"""What the doctor found, put in order."""

from rebalancer_core.application.doctor.findings import (
    Check,
    Consequence,
    in_order,
    ok,
    problem,
    skipped,
    warning,
)
from rebalancer_core.messages.doctor.fact import Said


def test_findings_come_in_the_order_in_which_a_run_needs_things() -> None:
    said = Said(said="words")
    in_need = (
        ok(Check.PROGRAM, said),
        problem(Check.GATEWAY, said, Consequence.NO_DATA),
        warning(Check.CLOCK, said),
        skipped(Check.LEDGER, said),
    )
    assert in_order(tuple(reversed(in_need))) == in_need
