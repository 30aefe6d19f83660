"""How findings are shown, and the code that they end with."""

import json

import pytest

from rebalancer_cli.exits import Exit
from rebalancer_cli.run_exits import exit_of_findings
from rebalancer_cli.screen.findings import findings_json, render_findings
from rebalancer_core.application.doctor.findings import (
    Check,
    Consequence,
    ok,
    problem,
    skipped,
    warning,
)
from rebalancer_core.messages.doctor.fact import Said

MIXED = (
    ok(Check.PROGRAM, Said(said="fine")),
    problem(
        Check.GATEWAY,
        Said(said="nobody listens at 127.0.0.1:4002", helps="start it"),
        Consequence.NO_DATA,
    ),
    warning(
        Check.CLOCK, Said(said="this computer's clock is 90 s behind the broker's", helps="set it")
    ),
    skipped(Check.LEDGER, Said(said="not asked")),
)


@pytest.mark.parametrize(
    ("consequences", "worst"),
    [
        ((), Exit.DONE),
        ((Consequence.NONE,), Exit.DONE),
        ((Consequence.REFUSED, Consequence.NO_DATA), Exit.NO_DATA),
        (
            (Consequence.NO_DATA, Consequence.INVALID_INPUT, Consequence.REFUSED),
            Exit.INVALID_INPUT,
        ),
        ((Consequence.INVALID_INPUT, Consequence.UNKNOWN_OUTCOME), Exit.UNKNOWN_OUTCOME),
    ],
)
def test_the_worst_problem_decides_the_code(
    consequences: tuple[Consequence, ...], worst: Exit
) -> None:
    found = tuple(
        problem(Check.GATEWAY, Said(said="words", helps="fix"), each) for each in consequences
    )
    assert exit_of_findings(found) is worst


def test_each_finding_is_a_line_with_its_fix_below_and_the_count_at_the_end() -> None:
    assert render_findings(MIXED, 80) == (
        "ok       program  fine\n"
        "problem  gateway  nobody listens at 127.0.0.1:4002\n"
        "                  -> start it\n"
        "warning  clock    this computer's clock is 90 s behind the broker's\n"
        "                  -> set it\n"
        "skipped  ledger   not asked\n"
        "\n"
        "1 problem, 1 warning, 1 skipped; exit code 4."
    )


@pytest.mark.parametrize("width", [30, 40, 60, 80])
def test_no_line_is_wider_than_the_window(width: int) -> None:
    long = problem(
        Check.GATEWAY, Said(said="many words " * 20, helps="more words " * 20), Consequence.NO_DATA
    )
    lines = render_findings((*MIXED, long), width).splitlines()
    assert [line for line in lines if len(line) > width] == []


def test_what_a_gateway_says_cannot_steer_the_terminal() -> None:
    nasty = problem(
        Check.GATEWAY, Said(said="\x1b[2Jgone\r\n\u03a9", helps="x\x07"), Consequence.NO_DATA
    )
    text = render_findings((nasty,), 80)
    assert "\x1b" not in text
    assert "gone ?" in text
    assert text.isascii()


def test_a_program_reads_level_fix_and_code_of_each_finding() -> None:
    document = json.loads(findings_json(MIXED))
    assert document["schema"] == 1
    assert document["exit_code"] == 4
    assert document["findings"][1] == {
        "check": "gateway",
        "level": "problem",
        "words": "nobody listens at 127.0.0.1:4002",
        "fix": "start it",
        "exit_code": 4,
    }
    assert document["findings"][0]["exit_code"] is None
