"""Every run leaves its page: traded, previewed or offline; losing it loses nothing else."""

import asyncio
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from attrs import frozen
from returns.result import Failure, Result

from rebalancer_adapters.gateway import Fill, Reject, hidden_position, on_orders
from rebalancer_adapters.reports.csv_reports import CsvReports
from rebalancer_adapters.saved.snapshot_json import load_snapshot
from rebalancer_adapters.settings.settings import Flags
from rebalancer_cli.exits import Exit
from rebalancer_cli.inputs import load_inputs
from rebalancer_cli.run_command import run_with
from rebalancer_cli.run_request import RunRequest
from rebalancer_cli.terminal.people import TerminalPeople
from rebalancer_cli.terminal.terminal import Terminal
from rebalancer_core.reporting.run_facts import RunFacts
from rebalancer_core.reporting.summary import AccountReport
from rebalancer_core.values.faults import ReportFault
from tests.cli.conftest import Serve
from tests.support import UNTIL_RELEASED, Workspace, account, market, workspace

TARGETS = {"SPY": "50", "IEF": "30", "GLD": "20"}


@frozen(kw_only=True)
class NoRoomForAPage(CsvReports):
    """A disk that has room for every report but the page."""

    def write_page(
        self, facts: RunFacts, reports: tuple[AccountReport, ...]
    ) -> Result[str, ReportFault]:
        return Failure(ReportFault(path="page.html", detail="No space left on device"))


class Stream(io.StringIO):
    """A screen that can be read afterwards."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name


def test_a_traded_run_leaves_a_page_with_the_fills_and_the_reason_of_every_row(
    tmp_path: Path, serve: Serve
) -> None:
    gateway = serve(
        market(account("DU111111", usd="50000", BIL=10), account("DU222222", usd="50000")),
        on_orders(Reject(code=201, text="Order rejected - reason: <b>no</b>"), symbol="IEF"),
    )
    space = workspace(tmp_path, gateway, TARGETS, accounts=("DU111111", "DU222222", "DU999999"))
    assert space.run("--yes").code == 6
    page, summary = space.page(), space.summary()
    assert {row["Account"]: row["Status"] for row in page.summary()} == {
        name: row["status"] for name, row in summary.items()
    }
    assert summary["DU999999"]["error"] in page.account("DU999999").words
    for name in ("DU111111", "DU222222"):
        section = page.account(name)
        decisions = section.table("What was planned")
        for row in space.pre(name):
            assert decisions[row["symbol"]]["Reason / notes"] == (row["note"] or "-")
        orders = section.table("Orders and fills")
        ordered = {row["symbol"]: row for row in space.post(name) if row["order_ref"]}
        assert {symbol: row["Status"] for symbol, row in orders.items()} == {
            symbol: row["status"] for symbol, row in ordered.items()
        }
        assert "<b>no</b>" in orders["IEF"]["Error, notes"]
        weights = section.table("Weights and drift")
        assert weights["SPY"]["After %"] == ordered["SPY"]["new_wt_pct"]
    assert "kept, not in portfolios.csv" in page.account("DU111111").words


@pytest.mark.parametrize("flags", [("--dry-run",), ("--read-only", "--yes")])
def test_a_run_that_cannot_trade_leaves_a_page_that_says_so(
    tmp_path: Path, serve: Serve, flags: tuple[str, ...]
) -> None:
    gateway = serve(market(account("DU111111", usd="50000")))
    space = workspace(tmp_path, gateway, TARGETS)
    assert space.run(*flags).code == 0
    page = space.page()
    assert "PAPER | preview only, nothing could be sent" in page.words
    assert "No order was sent" in page.account("DU111111").words
    assert gateway.placed == ()


def test_a_run_from_a_saved_snapshot_leaves_a_page(tmp_path: Path, serve: Serve) -> None:
    gateway = serve(market(account("DU111111", usd="50000")))
    space = workspace(tmp_path, gateway, TARGETS)
    file = tmp_path / "saved.json"
    file.write_text(space.command("snapshot", "--json").stdout, encoding="utf-8")
    assert space.run("--snapshot", file).code == 0
    assert "preview only" in space.page().words


def test_a_preview_from_a_saved_snapshot_whose_page_is_lost_does_not_end_well(
    tmp_path: Path, serve: Serve
) -> None:
    gateway = serve(market(account("DU111111", usd="50000")))
    space = workspace(tmp_path, gateway, TARGETS)
    file = tmp_path / "saved.json"
    file.write_text(space.command("snapshot", "--json").stdout, encoding="utf-8")
    saved = load_snapshot(file).unwrap()
    err = Stream("err")
    request = RunRequest(snapshot=saved)
    assert pageless(space, request, Stream("out"), err) == Exit.REFUSED
    assert "cannot write page.html" in err.getvalue()
    assert space.summary()["DU111111"]["status"] == "previewed"


def test_a_rule_that_would_refuse_the_plan_is_on_the_page_of_the_preview(
    tmp_path: Path, serve: Serve
) -> None:
    gateway = serve(market(account("DU111111", usd="50000")))
    space = workspace(tmp_path, gateway, TARGETS, max_orders="2")
    assert space.run("--dry-run").code == 0
    assert "blocked: 3 orders exceed max_orders = 2" in space.page().words


def test_a_rule_about_one_order_that_would_refuse_the_plan_is_on_the_page_of_the_preview(
    tmp_path: Path, serve: Serve
) -> None:
    gateway = serve(market(account("DU111111", usd="50000")))
    gateway.leave_open("DU111111", "BUY", 5, "SPY")
    space = workspace(tmp_path, gateway, TARGETS)
    assert space.run("--dry-run").code == 0
    assert "REFUSED: SPY: an open order (BUY 5) at the broker" in space.page().words


def test_a_position_that_the_broker_does_not_show_afterwards_is_on_the_page(
    tmp_path: Path, serve: Serve
) -> None:
    gateway = serve(market(account("DU111111", usd="50000")), hidden_position("GLD"))
    space = workspace(tmp_path, gateway, TARGETS)
    assert space.run("--yes").code == 0
    orders = space.page().account("DU111111").table("Orders and fills")
    notes = {row["symbol"]: row["notes"] for row in space.post("DU111111")}
    assert notes["GLD"] == "the broker's position shows 0"
    assert orders["GLD"]["Error, notes"] == notes["GLD"]


def test_a_gateway_that_is_not_there_is_the_reason_on_the_page(tmp_path: Path) -> None:
    space = workspace(tmp_path, 1, TARGETS, accounts=("DU111111", "DU222222"))
    assert space.run("--yes").code == 4
    reasons = [row["Error"] for row in space.page().summary()]
    assert reasons == [row["error"] for row in space.summary().values()]
    assert all("127.0.0.1:1" in reason for reason in reasons)


@pytest.mark.parametrize(("may_trade", "code"), [(True, Exit.UNREPORTED), (False, Exit.REFUSED)])
def test_a_page_that_cannot_be_written_is_told_and_takes_nothing_with_it(
    tmp_path: Path, serve: Serve, *, may_trade: bool, code: Exit
) -> None:
    gateway = serve(market(account("DU111111", usd="50000")))
    space = workspace(tmp_path, gateway, TARGETS)
    out, err = Stream("out"), Stream("err")
    request = RunRequest(dry_run=not may_trade, without_prompt=True)
    assert pageless(space, request, out, err) == code
    assert "cannot write page.html: No space left on device" in err.getvalue()
    assert json.loads(out.getvalue())["accounts"][0]["account_id"] == "DU111111"
    assert space.summary()["DU111111"]["status"] == ("done" if may_trade else "previewed")
    assert len(space.pre("DU111111")) == 4
    assert len(gateway.placed) == (3 if may_trade else 0)
    if may_trade:
        assert {row["status"] for row in space.post("DU111111") if row["order_ref"]} == {"Filled"}


def test_the_page_of_a_run_is_made_anew_from_the_journal(tmp_path: Path, serve: Serve) -> None:
    gateway = serve(
        market(account("DU111111", usd="50000")),
        on_orders(Fill(after_seconds=UNTIL_RELEASED), symbol="IEF"),
    )
    space = workspace(tmp_path, gateway, TARGETS)
    with space.start("--yes") as running:
        gateway.wait_until(lambda g: len(g.orders) == 3)
        space.report_dir.rename(tmp_path / "moved")
        space.report_dir.write_text("a file, no folder", encoding="utf-8")
        gateway.release()
        done = running.finish()
    assert done.code == 8, done.text
    assert "rebalance_2" in done.stderr
    assert ".html" in done.stderr
    space.report_dir.unlink()
    rebuilt = space.command("report", _run_id(gateway.orders[0].order_ref))
    assert rebuilt.code == 0, rebuilt.text
    page = space.page()
    assert "Rebuilt from the journal" in page.words
    orders = page.account("DU111111").table("Orders and fills")
    assert {symbol: row["Status"] for symbol, row in orders.items()} == dict.fromkeys(
        TARGETS, "Filled"
    )


def pageless(space: Workspace, request: RunRequest, out: Stream, err: Stream) -> Exit:
    """A run of this folder whose page cannot be written."""
    inputs = load_inputs(space.settings, {}, Flags()).unwrap()
    started_at = datetime.now(UTC)
    terminal = Terminal(out=out, err=err, json_output=True)
    return asyncio.run(
        run_with(
            inputs,
            request,
            TerminalPeople(terminal=terminal),
            NoRoomForAPage(directory=space.report_dir, started_at=started_at),
            started_at,
            run_id="1a2b3c4d",
        )
    ).code


def _run_id(order_ref: str) -> str:
    return order_ref.split("-")[1]
