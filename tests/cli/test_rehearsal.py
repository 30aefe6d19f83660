"""`rebalance gateway --scenario`: a rehearsal in which things go wrong, the same way each time."""

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from rebalancer_cli.main import cli
from tests.cli.conftest import Serve
from tests.support import Running, account, market, rebalance, workspace

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
SMALL_MARKET = FIXTURES / "markets" / "small.toml"
SCENARIOS = FIXTURES / "scenarios"


@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT cannot be sent to one process")
def test_a_rehearsal_lies_as_its_scenario_says_and_records_every_frame(tmp_path: Path) -> None:
    record = tmp_path / "frames.jsonl"
    lie = SCENARIOS / "wrong_ledger.toml"
    given = ("--market", SMALL_MARKET, "--port", "0", "--scenario", lie, "--record", record)
    with Running("gateway", *given, "--seed", "12") as gateway:
        port = int(gateway.first_line().removeprefix("simulated gateway on 127.0.0.1:").split()[0])
        targets = {"SPY": "60", "IEF": "40"}
        done = workspace(tmp_path, port, targets, accounts=("DU111111",)).run("--yes")
        gateway.interrupt()
        ended = gateway.finish()
    assert done.code == 4, done.text
    assert "scenario wrong_ledger.toml, --seed 12 replays it" in ended.stderr
    assert "0 orders in the book" in ended.stderr
    frames = [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()]
    # 10 SPY at 600 and 20 IEF at 95 are 7,900; the scenario says half of it
    told = [frame["fields"] for frame in frames if frame["message_id"] == 73]
    values = {fields[6] for fields in told if fields[5] == "StockMarketValue"}
    assert {"3950.000", "3950.00"} & values


def test_a_bad_scenario_file_names_its_problems(tmp_path: Path) -> None:
    file = tmp_path / "scenario.toml"
    file.write_text('[[faults]]\non = "order"\ndo = [{ effect = "explode" }]\n', encoding="utf-8")
    done = rebalance("gateway", "--market", SMALL_MARKET, "--port", "0", "--scenario", file)
    assert done.code == 3, done.text
    assert "scenario.toml: faults[1].do[1].effect: 'explode' is not possible here" in done.stderr
    assert "Traceback" not in done.text


def test_a_setting_that_nobody_knows_is_named_with_those_that_are() -> None:
    given = ["gateway", "--market", str(SMALL_MARKET), "--port", "0"]
    wrong = ["--setting", "ledger_prefx=on", "--setting", "market_data=delaied"]
    done = CliRunner().invoke(cli, [*given, *wrong])
    assert done.exit_code == 2, done.output
    assert "ledger_prefx: unknown setting -> did you mean ledger_prefix? known: read" in done.stderr
    assert "market_data: 'delaied' is not a value of it -> did you mean delayed?" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT cannot be sent to one process")
def test_a_setting_wins_over_the_market_file_and_the_others_of_the_file_stay(
    tmp_path: Path,
) -> None:
    file, record = tmp_path / "market.toml", tmp_path / "frames.jsonl"
    settings = '[settings]\nadvisor = "on"\nledger_prefix = "on"\n'
    file.write_text(SMALL_MARKET.read_text(encoding="utf-8") + settings, encoding="utf-8")
    given = ("--market", file, "--port", "0", "--record", record)
    with Running("gateway", *given, "--setting", "ledger_prefix=off") as gateway:
        port = int(gateway.first_line().removeprefix("simulated gateway on 127.0.0.1:").split()[0])
        workspace(tmp_path, port, {"SPY": "100"}).run("--dry-run")
        gateway.interrupt()
        ended = gateway.finish()
    assert [line for line in ended.stderr.splitlines() if line.startswith("setting")] == [
        "setting advisor = on"
    ]
    frames = [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()]
    told = {tuple(frame["fields"]) for frame in frames}
    assert ("15", "1", "DF111111,DU111111,DU222222,DU333333,") in told
    assert {fields[5] for fields in told if fields[0] == "73"} >= {"CashBalance"}


def test_a_seed_needs_a_scenario() -> None:
    done = rebalance("gateway", "--market", SMALL_MARKET, "--port", "0", "--seed", "1")
    assert done.code == 2, done.text
    assert "--seed requires --scenario" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT cannot be sent to one process")
def test_a_rebalance_is_practised_on_a_snapshot_of_the_own_account(
    tmp_path: Path, serve: Serve
) -> None:
    broker = serve(market(account("DU111111", usd="20000", cad="500", SPY=10, XIU=7)))
    targets = {"SPY": "60", "IEF": "40"}
    space = workspace(tmp_path, broker, targets)
    saved = tmp_path / "mine.json"
    saved.write_text(space.command("snapshot", "--json").stdout, encoding="utf-8")
    planned = space.run("--dry-run")
    with Running("gateway", "--snapshot", saved, "--port", "0") as gateway:
        port = int(gateway.first_line().removeprefix("simulated gateway on 127.0.0.1:").split()[0])
        (tmp_path / "practice").mkdir()
        practice = workspace(tmp_path / "practice", port, targets)
        traded = practice.run("--yes")
        gateway.interrupt()
        ended = gateway.finish()
    assert (planned.code, traded.code) == (0, 0), traded.text
    assert _orders(space.pre("DU111111"))
    assert _orders(practice.pre("DU111111")) == _orders(space.pre("DU111111"))
    assert "left out: DU111111: 500.00 CAD" in ended.stderr
    assert "left out: DU111111: 7 XIU (STK, CAD)" in ended.stderr
    assert broker.placed == ()


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "::", "", "192.0.2.7", "127.0.0.1.example", "128.0.0.1", "gateway.example"]
)
def test_other_machines_reach_the_gateway_only_where_that_was_asked_for(host: str) -> None:
    given = ["gateway", "--market", str(SMALL_MARKET), "--port", "0", "--host", host]
    done = CliRunner().invoke(cli, given)
    assert done.exit_code == 2, done.output
    assert f"--host {host!r} lets other machines in" in done.stderr
    assert "--host 127.0.0.1, or add --allow-remote" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.10", "::1", "localhost", "LocalHost"])
def test_this_machine_alone_needs_no_permission(host: str, tmp_path: Path) -> None:
    given = ["gateway", "--market", str(tmp_path / "none.toml"), "--port", "0", "--host", host]
    done = CliRunner().invoke(cli, given)
    assert done.exit_code == 3, "the host is fine, the file is what is missing"


@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT cannot be sent to one process")
@pytest.mark.parametrize(("host", "warned"), [("0.0.0.0", True), ("localhost", False)])
def test_a_gateway_for_other_machines_says_that_anybody_may_connect(
    host: str, *, warned: bool
) -> None:
    given = ("--market", SMALL_MARKET, "--port", "0", "--host", host, "--allow-remote")
    with Running("gateway", *given) as gateway:
        assert gateway.first_line().startswith(f"simulated gateway on {host}:")
        gateway.interrupt()
        ended = gateway.finish()
    assert ended.code == 0, ended.text
    assert ("warning: " in ended.stderr) == warned
    assert ("unauthenticated" in ended.stderr) == warned


def test_a_rehearsal_needs_one_market(tmp_path: Path) -> None:
    nothing = rebalance("gateway", "--port", "0")
    both = rebalance("gateway", "--market", SMALL_MARKET, "--snapshot", SMALL_MARKET)
    assert (nothing.code, both.code) == (2, 2)
    assert "one of --market or --snapshot is required" in nothing.stderr


def test_a_file_that_is_no_snapshot_is_refused(tmp_path: Path) -> None:
    done = rebalance("gateway", "--snapshot", SMALL_MARKET, "--port", "0")
    assert done.code == 3, done.text
    assert "small.toml: is no JSON file" in done.stderr
    (tmp_path / "old.json").write_text('{"schema": 9}', encoding="utf-8")
    done = rebalance("gateway", "--snapshot", tmp_path / "old.json", "--port", "0")
    assert "make it with rebalance snapshot --json" in done.stderr


def _orders(rows: list[dict[str, str]]) -> list[tuple[str, str, str]]:
    return [
        (row["symbol"], row["action"], row["qty_shares"]) for row in rows if row["action"] != "NONE"
    ]
