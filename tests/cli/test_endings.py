"""Every exit code but 0 ends with what happened and the one command that follows."""

from decimal import Decimal
from pathlib import Path

import click
import pytest
from attrs import evolve
from click.testing import CliRunner

from rebalancer_cli.exits import Exit
from rebalancer_cli.main import cli
from rebalancer_cli.screen.endings import RunEnd, render_end
from rebalancer_cli.screen.next_step import config_flag, what_next
from rebalancer_core.orders.record import ExecutionRecord, OrderOutcome, OrderStatus
from rebalancer_core.reporting.summary import AccountReport, AccountStatus
from rebalancer_core.values.instruments import AccountId
from tests.support.plan_factory import ACCOUNT, Line, plan_of, tickets_of

PLAN = plan_of(
    (
        Line("AAA", "20", "100", "1", "-10"),
        Line("BBB", "20", "100", "1", "-5"),
        Line("CCC", "20", "100", "1", "-5"),
    ),
    cash="5000",
)
CONFIG = Path("accounts/live.ini")
OTHER = AccountReport(account_id=AccountId("DU222222"), status=AccountStatus.FAILED, error="?")


@pytest.mark.parametrize(
    ("code", "statuses", "said"),
    [
        (
            Exit.UNKNOWN_OUTCOME,
            "Unknown Submitted Filled",
            "2 orders may be live at IBKR: rebalance recover --config accounts/live.ini",
        ),
        (
            Exit.PARTIAL,
            "Filled Rejected Cancelled",
            (
                "Not complete (DU111111: BBB, CCC; DU222222):"
                " rebalance report 1a2b3c4d --config accounts/live.ini"
            ),
        ),
        (
            Exit.UNREPORTED,
            "Filled Filled Filled",
            (
                "Traded, and not all of it is written (cannot write x.csv: disk full):"
                " rebalance report 1a2b3c4d --config accounts/live.ini"
            ),
        ),
        (
            Exit.INTERRUPTED,
            "Cancelled PartiallyFilled Filled",
            (
                "Interrupted, 2 orders cancelled, 1 filled: rebalance status"
                " --config accounts/live.ini"
            ),
        ),
        (
            Exit.BUG,
            "Filled Filled Filled",
            "Stopped by a bug in run 1a2b3c4d: rebalance status --config accounts/live.ini",
        ),
        (
            Exit.PARTIAL,
            "",
            "Not complete (DU111111; DU222222): rebalance doctor --config accounts/live.ini",
        ),
        (
            Exit.NO_DATA,
            "",
            (
                "No account could be read, nothing was traded:"
                " rebalance doctor --connect-only --config accounts/live.ini"
            ),
        ),
        (
            Exit.REFUSED,
            "",
            (
                "Refused, nothing was traded (DU111111; DU222222):"
                " rebalance doctor --config accounts/live.ini"
            ),
        ),
        (
            Exit.INVALID_INPUT,
            "",
            "Nothing was traded: rebalance validate-portfolios --config accounts/live.ini",
        ),
        (
            Exit.TRADES_WANTED,
            "",
            "Trades are wanted: rebalance run --config accounts/live.ini",
        ),
        (
            Exit.INTERRUPTED,
            "",
            "Interrupted, nothing was sent: rebalance status --config accounts/live.ini",
        ),
    ],
)
def test_a_run_ends_with_what_happened_and_the_command_that_follows(
    code: Exit, statuses: str, said: str
) -> None:
    end = _end(code, tuple(map(OrderStatus, statuses.split())))
    assert render_end(end, CONFIG) == ("Page of run 1a2b3c4d: reports/page.html", said)
    _is_a_command(said.rpartition(": ")[2])


def test_a_refusal_ends_with_its_own_fix_or_with_a_new_plan() -> None:
    turnover = "turnover is over max_turnover_pct -> run without --yes"
    blocked = evolve(OTHER, status=AccountStatus.BLOCKED, error=turnover)
    end = RunEnd(code=Exit.REFUSED, reports=(blocked,))
    refused = "Refused, nothing was traded (DU222222)"
    then = "run without --yes; then rebalance run --config accounts/live.ini"
    assert render_end(end, CONFIG) == (f"{refused}: {then}",)
    plan = "rebalance plan --config accounts/live.ini"
    assert render_end(evolve(end, of_saved_plan=True), CONFIG) == (f"{refused}: {plan}",)


def test_a_run_that_is_done_ends_with_its_page() -> None:
    done = _end(Exit.DONE, (OrderStatus.FILLED,))
    assert render_end(done, CONFIG) == ("Page of run 1a2b3c4d: reports/page.html",)
    assert render_end(evolve(done, page=""), CONFIG) == ()


def test_no_code_but_done_and_wrong_usage_is_without_an_ending() -> None:
    silent = {code for code in Exit if not render_end(RunEnd(code=code), CONFIG)}
    assert silent == {Exit.DONE, Exit.USAGE}


def test_the_usual_settings_need_no_flag(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert config_flag(tmp_path / "settings.ini") == ""
    assert config_flag(tmp_path / "a b.ini") == " --config 'a b.ini'"


@pytest.mark.parametrize(
    ("code", "command", "error", "said"),
    [
        (3, "run", "accounts/live.ini:3 ibkr.port", "rebalance validate-config accounts/live.ini"),
        (3, "run", "portfolios.csv:7 BADASS", "rebalance validate-portfolios"),
        (4, "snapshot", "connection refused", "rebalance doctor --connect-only"),
        (5, "status", "the journal cannot be used", "rebalance doctor"),
        (7, "recover", "", "rebalance status"),
    ],
)
def test_a_command_that_could_not_begin_names_what_helps(
    code: int, command: str, error: str, said: str
) -> None:
    line = what_next(code, command, CONFIG, error)
    assert said in line
    assert "accounts/live.ini" in line
    _is_a_command(line.rpartition(": ")[2])


def test_the_next_command_is_on_stderr_beside_one_json_object(tmp_path: Path) -> None:
    config = tmp_path / "live.ini"
    config.write_text("[ibkr]\nport = x\n", encoding="utf-8")
    done = CliRunner().invoke(cli, ["validate-portfolios", "--json", "--config", str(config)])
    assert done.exit_code == Exit.INVALID_INPUT
    assert done.stderr.endswith(f"Next: rebalance validate-config {config}\n")
    assert done.stdout.startswith("{")
    assert "Next:" not in done.stdout


def _end(code: Exit, statuses: tuple[OrderStatus, ...]) -> RunEnd:
    outcomes = tuple(
        OrderOutcome(ticket=ticket, status=status, filled=Decimal(0))
        for ticket, status in zip(tickets_of(PLAN), statuses, strict=False)
    )
    record = ExecutionRecord(account_id=ACCOUNT, plan=PLAN, outcomes=outcomes) if outcomes else None
    mine = AccountReport(account_id=ACCOUNT, status=AccountStatus.PARTIAL, record=record, plan=PLAN)
    return RunEnd(
        code=code,
        reports=(mine, OTHER),
        run_id="1a2b3c4d",
        page="reports/page.html",
        unwritten=("cannot write x.csv: disk full",),
    )


def _is_a_command(line: str) -> None:
    """It parses: every word of it is a command, a flag or an argument that exists."""
    program, name, *words = line.split()
    command = cli.get_command(click.Context(cli), name)
    assert program == "rebalance"
    assert command is not None
    command.make_context(name, words)
