"""The commands that only look: settings, portfolios, prices, snapshots, the simulated gateway."""

import json
import shutil
import socket
import sys
from pathlib import Path

import pytest

from rebalancer_adapters.gateway import DataLine
from tests.cli.conftest import Serve
from tests.support import Running, account, market, rebalance, workspace

TARGETS = {"SPY": "60", "IEF": "40"}
ROOT = Path(__file__).resolve().parents[2]
SMALL_MARKET = ROOT / "fixtures" / "markets" / "small.toml"


def test_a_price_is_the_one_a_run_would_use_or_the_reason_why_not(
    tmp_path: Path, serve: Serve
) -> None:
    gateway = serve(market(account("DU111111", usd="50000")))
    gateway.set_data("IEF", DataLine.NONE)
    space = workspace(tmp_path, gateway, TARGETS)
    both = space.command("price", "spy", "IEF")
    assert both.code == 4, both.text
    assert "600.00" in both.stdout
    assert "354" in both.stdout

    one = space.command("price", "SPY", "--json")
    assert one.code == 0, one.text
    assert '"600' in one.stdout
    assert json.loads(one.stdout)

    unknown = space.command("price", "NOSUCH", "SPY")
    assert unknown.code == 4, unknown.text
    assert "NOSUCH: unknown to IBKR" in unknown.stderr
    assert "600.00" in unknown.stdout
    assert "NOSUCH" in unknown.stdout

    alone = space.command("price", "NOSUCH")
    assert alone.code == 4, alone.text
    assert "unknown to IBKR" in alone.stdout


def test_a_snapshot_shows_each_account_and_names_the_one_that_failed(
    tmp_path: Path, serve: Serve
) -> None:
    gateway = serve(market(account("DU333333", usd="1000", cad="500", base="CAD", SPY=10, XIU=20)))
    space = workspace(tmp_path, gateway, TARGETS, accounts=("DU333333", "DU999999"))
    done = space.command("snapshot")
    assert done.code == 6, done.text
    cells = [line.split() for line in done.stdout.splitlines()]
    assert ["DU333333", "(base", "CAD)"] in cells
    worth = "Net liquidation $7,000.00 | Managed net liquidation $7,000.00"
    assert worth in done.stdout
    assert ["SPY", "STK", "USD", "10", "6,000.00", "85.71", "756733"] in cells
    assert ["XIU", "STK", "CAD", "20", "-", "-", "38708077"] in cells
    assert ["cash", "USD", "1,000.00", "1,000.00", "14.29"] in cells
    assert ["cash", "CAD", "500.00", "-", "-"] in cells
    assert ["SPY", "600.00", "last"] in [line[:3] for line in cells]
    assert "does not manage DU999999" in done.stderr


def test_completion_teaches_the_shell(tmp_path: Path) -> None:
    done = rebalance("completion", "bash")
    assert done.code == 0, done.text
    assert "_REBALANCE_COMPLETE" in done.stdout
    words = {
        "_REBALANCE_COMPLETE": "bash_complete",
        "COMP_WORDS": "rebalance val",
        "COMP_CWORD": "1",
    }
    assert "validate-config" in rebalance(env=words).stdout


def test_without_an_id_the_report_is_the_one_of_the_last_run(tmp_path: Path) -> None:
    space = workspace(tmp_path, 1, TARGETS)
    none = space.command("report", "--offline")
    assert none.code == 2, none.text
    assert "no run in the journal yet" in none.stderr
    shutil.copy(ROOT / "fixtures" / "goldens" / "journal.sqlite", tmp_path / "state")
    runs = json.loads(space.command("status", "--json").stdout)["runs"]
    assert len(runs) > 1
    last = space.command("report", "--offline", "--json")
    assert last.code == 0, last.text
    assert json.loads(last.stdout)["run_id"] == runs[-1]["run_id"]
    shown = space.command("report", "--offline").stdout
    assert f"page of run {runs[-1]['run_id']} written" in shown


def test_powershell_is_answered_an_object_a_line() -> None:
    script = rebalance("completion", "powershell")
    assert script.code == 0, script.text
    assert "-CommandName rebalance" in script.stdout
    # What the script sets is what the program reads.
    for name in ("_REBALANCE_COMPLETE", "COMP_WORDS", "COMP_WORD"):
        assert f"$env:{name} = " in script.stdout
    words = {
        "_REBALANCE_COMPLETE": "powershell_complete",
        "COMP_WORDS": "rebalance run --confirm-m",
        "COMP_WORD": "--confirm-m",
    }
    (flag,) = map(json.loads, rebalance(env=words).stdout.splitlines())
    assert flag == {"value": "--confirm-mode", "help": "Ask for each account, or once for all."}
    assert _offered("rebalance run --confirm-mode", "") == ["per_account", "global"]
    assert _offered("rebalance run --confirm-mode gl", "gl") == ["global"]


def _offered(line: str, unfinished: str) -> list[str]:
    asked = {"_REBALANCE_COMPLETE": "powershell_complete", "COMP_WORDS": line}
    answers = rebalance(env=asked | {"COMP_WORD": unfinished}).stdout
    return [json.loads(answer)["value"] for answer in answers.splitlines()]


@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT cannot be sent to one process")
def test_the_simulated_gateway_serves_until_ctrl_c(tmp_path: Path) -> None:
    with Running("gateway", "--market", SMALL_MARKET, "--port", "0") as gateway:
        line = gateway.first_line()
        assert line.startswith("simulated gateway on 127.0.0.1:"), line
        port = int(line.removeprefix("simulated gateway on 127.0.0.1:").split()[0])
        done = workspace(tmp_path, port, TARGETS, accounts=("DU111111",)).run("--dry-run")
        gateway.interrupt()
        ended = gateway.finish()
    assert done.code in {0, 3}, done.text
    assert ended.code == 0, ended.text
    assert "0 orders in the book" in ended.stderr


def test_the_built_in_market_needs_no_file() -> None:
    with Running("gateway", "--market", "demo", "--port", "0") as gateway:
        assert gateway.first_line().rstrip().endswith("with DU111111, DU222222, DU333333")


def test_a_bad_market_file_names_its_problems(tmp_path: Path) -> None:
    file = tmp_path / "market.toml"
    file.write_text('[[accounts]]\nid = "nobody"\ncash = { CAD = "x" }\n', encoding="utf-8")
    done = rebalance("gateway", "--market", file, "--port", "0")
    assert done.code == 3, done.text
    assert "nobody" in done.stderr
    assert "Traceback" not in done.text


def test_a_port_that_is_taken_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = rebalance("gateway", "--market", SMALL_MARKET, "--port", port)
    assert done.code == 4, done.text
    assert f"cannot listen on 127.0.0.1:{port}" in done.stderr
