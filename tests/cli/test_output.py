"""What comes out: one JSON object, plain text on any console, and a pipe that may close early."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from rebalancer_cli.terminal.terminal import process_terminal
from tests.cli.conftest import Serve
from tests.support import account, market, workspace
from tests.support.environment import environment
from tests.support.processes import PROGRAM

TARGETS = {"SPY": "60", "IEF": "40"}
_ACCOUNT_KEYS = {
    *("account_id", "status", "error", "net_liquidation", "cash", "cash_floor"),
    *("residual_drift_bps", "bound_bps", "pre_leverage", "post_leverage", "rows", "orders"),
    *("notes", "flow", "flow_usd", "set_aside_usd", "set_aside_short_usd"),
}


def test_json_is_one_object_on_stdout_with_the_columns_of_the_reports(
    tmp_path: Path, serve: Serve
) -> None:
    gateway = serve(market(account("DU111111", usd="50000")))
    space = workspace(tmp_path, gateway, TARGETS, accounts=("DU111111", "DU999999"))
    done = space.run("--yes", "--json")
    assert done.code == 6, done.text
    document = json.loads(done.stdout, parse_float=_no_float)
    assert document.keys() == {"schema", "command", "accounts"}
    assert document["schema"] == 1
    traded, unknown = document["accounts"]
    assert traded.keys() == unknown.keys() == _ACCOUNT_KEYS
    assert [row["symbol"] for row in traded["rows"]] == [r["symbol"] for r in space.pre("DU111111")]
    assert traded["rows"][0].keys() == space.pre("DU111111")[0].keys()
    assert {order["status"] for order in traded["orders"]} == {"Filled"}
    assert traded["orders"][0].keys() == space.post("DU111111")[0].keys()
    assert (unknown["status"], unknown["rows"], unknown["orders"]) == ("failed", [], [])
    assert "=== PAPER | DU111111" in done.stderr


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_a_console_of_few_letters_shows_everything(
    tmp_path: Path, serve: Serve, encoding: str
) -> None:
    gateway = serve(market(account("DU111111", usd="50000")))
    space = workspace(tmp_path, gateway, TARGETS, report_dir="reports \u03a9")
    done = space.run("--dry-run", env={"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"})
    assert done.code == 0, done.text
    assert done.text.isascii()
    assert "SPY" in done.stdout
    assert "reports ?" in done.stderr
    assert list((tmp_path / "reports \u03a9").glob("rebalance_pre_*.csv"))


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo terminals")
def test_no_color_shows_no_escape_sequence_on_a_terminal(tmp_path: Path, serve: Serve) -> None:
    gateway = serve(market(account("DU111111", usd="50000")))
    space = workspace(tmp_path, gateway, TARGETS)
    with space.screen("--dry-run", env={"NO_COLOR": "1"}) as screen:
        assert screen.finish() == 0
        assert "\x1b" not in screen.text
        assert "PAPER" in screen.text


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo terminals")
@pytest.mark.parametrize("columns", [80, 120])
def test_no_line_is_wider_than_the_window(tmp_path: Path, serve: Serve, columns: int) -> None:
    gateway = serve(market(account("DU111111", usd="50000", GLD=3, XIU=2)))
    space = workspace(tmp_path, gateway, TARGETS)
    with space.screen("--dry-run", columns=columns) as screen:
        assert screen.finish() == 0
        shown = re.sub(r"\x1b\[[0-9;]*m", "", screen.text).splitlines()
    assert [line for line in shown if len(line) > columns and str(tmp_path) not in line] == []


@pytest.mark.parametrize(("columns", "width"), [("1", 20), ("0", 120), ("9" * 12, 1000)])
def test_an_odd_width_is_brought_within_bounds(
    monkeypatch: pytest.MonkeyPatch, columns: str, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setattr(sys, "__stdout__", None)
    assert process_terminal().width == width


@pytest.mark.skipif(sys.platform == "win32", reason="there is no head")
@pytest.mark.parametrize(("flags", "orders"), [(("--yes",), 2), (("--dry-run", "--json"), 0)])
def test_a_reader_that_leaves_early_loses_neither_trades_nor_reports(
    tmp_path: Path, serve: Serve, flags: tuple[str, ...], orders: int
) -> None:
    gateway = serve(market(account("DU111111", usd="50000")))
    space = workspace(tmp_path, gateway, TARGETS)
    command = shlex.join([*PROGRAM, "run", "--config", str(space.settings), *flags])
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", f"{command} | head -1"],
        capture_output=True,
        text=True,
        env=environment(),
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr
    assert len(gateway.placed) == orders
    assert len(space.files("run_summary_*.csv")) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="its shell closes no streams")
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_run_without_streams_trades_and_reports(
    tmp_path: Path, serve: Serve, closed: str
) -> None:
    gateway = serve(market(account("DU111111", usd="50000")))
    space = workspace(tmp_path, gateway, TARGETS)
    command = shlex.join([*PROGRAM, "run", "--config", str(space.settings), "--yes"])
    done = subprocess.run(
        ["bash", "-c", f"{command} {closed}"], env=environment(), timeout=90, check=False
    )
    assert done.returncode == 0
    assert space.summary()["DU111111"]["status"] == "done"
    assert len(gateway.executions) == 2


def _no_float(text: str) -> object:
    raise AssertionError(f"{text} is a bare number: figures are decimal text")
