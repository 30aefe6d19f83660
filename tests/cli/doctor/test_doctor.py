"""`rebalance doctor` against a gateway that is well, sick, or not there."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, time
from pathlib import Path

import pytest
from attrs import frozen
from click.testing import CliRunner

from rebalancer_adapters.gateway import DataLine, load_scenario, on_requests, unready_account
from rebalancer_adapters.gateway.market import Hours, Session
from rebalancer_adapters.gateway.scenario import Cut, Ignore
from rebalancer_adapters.journal.account_lock import locked
from rebalancer_adapters.journal.sqlite_journal import open_journal
from rebalancer_cli.main import cli
from rebalancer_core.application.doctor.findings import Check
from rebalancer_core.values.instruments import AccountId
from tests.adapters.journal.made_up import tell
from tests.bad_input.sample_files import UNREADABLE, stocked
from tests.cli.conftest import Serve
from tests.support import Workspace, account, market, rebalance, workspace

TARGETS = {"SPY": "60", "IEF": "40"}
SCENARIOS = Path(__file__).resolve().parents[3] / "fixtures" / "scenarios"
NOBODY = 1
NINE_TO_FOUR = Session(opens=time(9, 30), closes=time(16, 0))
WEEKDAYS = Hours(liquid=NINE_TO_FOUR, trading=NINE_TO_FOUR)
WEDNESDAY = datetime(2026, 1, 7, 15, 0, tzinfo=UTC)
SUNDAY = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)


@frozen(kw_only=True)
class Diagnosis:
    """What `doctor --json` said: each check with its levels, words and fixes in one text."""

    code: int
    rows: tuple[Mapping[str, str], ...]

    def levels(self, check: Check) -> list[str]:
        return [row["level"] for row in self.rows if row["check"] == check.value]

    def said(self, check: Check) -> str:
        return "\n".join(
            f"{row['words']} -> {row['fix']}" for row in self.rows if row["check"] == check.value
        )

    @property
    def problems(self) -> set[str]:
        return {row["check"] for row in self.rows if row["level"] == "problem"}


def asked(space: Workspace, *flags: str) -> Diagnosis:
    command = ["doctor", "--json", "--config", str(space.settings), *flags]
    done = CliRunner().invoke(cli, command)
    assert isinstance(done.exception, SystemExit | None), done.exception
    document = json.loads(done.stdout)
    assert document["schema"] == 1
    assert document["exit_code"] == done.exit_code
    found = Diagnosis(code=done.exit_code, rows=tuple(document["findings"]))
    named = [row["check"] for row in found.rows]
    assert list(dict.fromkeys(named)) == [check.value for check in Check], "each check, in order"
    for row in found.rows:
        assert row["words"], row
        assert bool(row["fix"]) == (row["level"] in {"warning", "problem"}), row
    return found


def test_all_is_well_and_not_one_order_message_is_sent(tmp_path: Path, serve: Serve) -> None:
    gateway = serve(market(account("DU111111", usd="50000", SPY=3)))
    found = asked(workspace(tmp_path, gateway, TARGETS))
    assert found.code == 0
    assert {row["level"] for row in found.rows if row["check"] != Check.WHAT_IF.value} == {"ok"}
    assert found.said(Check.WHAT_IF).startswith("not asked: [execution] what_if = false")
    assert "base currency USD, cash $50,000.00, 1 position" in found.said(Check.LEDGER)
    ief, spy = found.said(Check.MARKET_DATA).splitlines()
    assert ief.startswith("IEF: live data, last 95.00, ")
    assert spy.startswith("SPY: live data, last 600.00, ")
    assert "s old" in spy
    assert "IEF, SPY: open" in found.said(Check.MARKET_HOURS)
    assert gateway.placed == ()


def test_it_leaves_no_file_behind_but_the_locks(tmp_path: Path, serve: Serve) -> None:
    gateway = serve(market(account("DU111111", usd="50000")))
    asked(workspace(tmp_path, gateway, TARGETS))
    files = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert files - {"DU111111.lock"} == {"settings.ini", "portfolios.csv", "DU111111.holder"}


def test_without_a_gateway_everything_else_is_still_checked(tmp_path: Path) -> None:
    found = asked(workspace(tmp_path, NOBODY, TARGETS))
    assert found.code == 4
    assert found.problems == {"gateway"}
    assert "connection refused -> is a gateway" in found.said(Check.GATEWAY)
    for check in (Check.CLOCK, Check.ACCOUNTS, Check.MARKET_DATA, Check.MARKET_HOURS):
        assert found.levels(check) == ["skipped"]
        assert "the gateway was not reached" in found.said(check)
    for check in (Check.PORTFOLIOS, Check.REPORTS, Check.JOURNAL, Check.LOCKS, Check.MODE):
        assert found.levels(check) == ["ok"]


def test_an_account_that_the_gateway_does_not_manage_is_told_with_the_known_ones(
    tmp_path: Path, serve: Serve
) -> None:
    gateway = serve(market(account("DU111111", usd="50000"), account("DU222222", usd="1")))
    found = asked(workspace(tmp_path, gateway, TARGETS, accounts=("DU111111", "DU999999")))
    assert found.code == 4
    assert found.problems == {"accounts"}
    assert "does not manage DU999999; it manages: DU111111, DU222222" in found.said(Check.ACCOUNTS)
    assert found.said(Check.LEDGER).startswith("DU111111: base currency USD")


def test_no_known_account_leaves_the_prices_checked(tmp_path: Path, serve: Serve) -> None:
    gateway = serve(market(account("DU111111", usd="50000")))
    found = asked(workspace(tmp_path, gateway, TARGETS, accounts=("DU999999",)))
    assert found.code == 4
    assert found.levels(Check.LEDGER) == found.levels(Check.READ_ONLY_API) == ["skipped"]
    assert found.levels(Check.MARKET_DATA) == ["ok", "ok"]


@pytest.mark.parametrize(
    ("data", "fix"),
    [
        (DataLine.NONE, "subscribe to live data"),
        (DataLine.DELAYED, "allow_delayed = true"),
        (DataLine.COMPETING, "end the other session"),
    ],
)
def test_a_target_without_a_price_that_a_run_may_use_is_left_out_by_it(
    tmp_path: Path, serve: Serve, data: DataLine, fix: str
) -> None:
    gateway = serve(market(account("DU111111", usd="50000")))
    gateway.set_data("IEF", data)
    found = asked(workspace(tmp_path, gateway, TARGETS, fallback_to_snapshot="false"))
    assert found.code == 0
    assert found.levels(Check.MARKET_DATA) == ["warning", "ok"]
    assert "a run would not trade it, and trade the others" in found.said(Check.MARKET_DATA)
    assert fix in found.said(Check.MARKET_DATA)
    assert found.levels(Check.MARKET_HOURS) == ["ok"]


def test_what_a_holding_without_a_price_ends_a_run_with(tmp_path: Path, serve: Serve) -> None:
    gateway = serve(market(account("DU111111", usd="50000", IEF=3, GLD=1)))
    gateway.set_data("IEF", DataLine.NONE)
    gateway.set_data("GLD", DataLine.NONE)
    found = asked(workspace(tmp_path, gateway, TARGETS, fallback_to_snapshot="false"))
    assert found.code == 4
    assert found.levels(Check.MARKET_DATA) == ["problem", "ok"]
    assert "GLD, IEF: error 354" in found.said(Check.MARKET_DATA), "held, though no target"
    assert "held by DU111111, which cannot be valued: a run would end with 4" in found.said(
        Check.MARKET_DATA
    )


def test_delayed_prices_that_the_user_allowed_are_a_warning(tmp_path: Path, serve: Serve) -> None:
    gateway = serve(market(account("DU111111", usd="50000")))
    gateway.set_data("SPY", DataLine.DELAYED)
    found = asked(workspace(tmp_path, gateway, TARGETS, allow_delayed="true"))
    assert found.code == 0
    assert found.levels(Check.MARKET_DATA) == ["ok", "warning"]
    assert "SPY: delayed data" in found.said(Check.MARKET_DATA)


def test_the_read_only_switch_of_the_gateway_is_named(tmp_path: Path, serve: Serve) -> None:
    told = market(account("DU111111", usd="50000"))
    gateway = serve(told, load_scenario(SCENARIOS / "read_only_api.toml", told))
    found = asked(workspace(tmp_path, gateway, TARGETS))
    assert found.code == 5
    assert found.problems == {"read-only-api"}
    assert "switch off Read-Only API" in found.said(Check.READ_ONLY_API)
    assert found.levels(Check.LEDGER) == ["ok"]
    assert found.levels(Check.MARKET_DATA) == ["ok", "ok"]


def test_an_account_whose_data_are_incomplete_hides_nothing_else(
    tmp_path: Path, serve: Serve
) -> None:
    told = market(account("DU111111", usd="50000"), account("DU222222", usd="1"))
    gateway = serve(told, unready_account("DU111111"))
    found = asked(workspace(tmp_path, gateway, TARGETS, accounts=("DU111111", "DU222222")))
    assert found.code == 4
    assert found.levels(Check.LEDGER) == ["problem", "ok"]
    assert found.levels(Check.MARKET_DATA) == ["ok", "ok"]


def test_a_connection_that_breaks_in_the_middle_keeps_what_was_learnt(
    tmp_path: Path, serve: Serve
) -> None:
    gateway = serve(
        market(account("DU111111", usd="50000")), on_requests(Ignore(), Cut(), message_id=9)
    )
    found = asked(workspace(tmp_path, gateway, TARGETS))
    assert found.code == 4
    assert found.problems == {"market-data"}
    assert found.levels(Check.LEDGER) == ["ok"]
    assert found.levels(Check.MARKET_HOURS) == ["skipped"]


def test_a_symbol_that_ibkr_does_not_know_is_a_mistake_in_the_file(
    tmp_path: Path, serve: Serve
) -> None:
    gateway = serve(market(account("DU111111", usd="50000")))
    found = asked(workspace(tmp_path, gateway, {"NOSUCH": "60", "IEF": "40"}))
    assert found.code == 3
    assert found.problems == {"market-data"}
    assert "NOSUCH: unknown to IBKR" in found.said(Check.MARKET_DATA)


def test_a_closed_market_is_what_a_run_would_end_with_and_a_wrong_clock_a_warning(
    tmp_path: Path, serve: Serve
) -> None:
    gateway = serve(market(account("DU111111", usd="50000"), hours=WEEKDAYS, start=SUNDAY))
    found = asked(workspace(tmp_path, gateway, TARGETS))
    assert found.code == 5
    assert "IEF, SPY: closed, opens Mon 2026-11-23 14:30 UTC; a run would end with 5" in found.said(
        Check.MARKET_HOURS
    )
    assert found.problems == {"market-hours"}
    assert found.levels(Check.CLOCK) == ["warning"]


def test_hours_are_judged_by_the_brokers_clock(tmp_path: Path, serve: Serve) -> None:
    told = market(account("DU111111", usd="50000"), hours=WEEKDAYS, start=WEDNESDAY)
    found = asked(workspace(tmp_path, serve(told), TARGETS))
    assert "IEF, SPY: open, closes Wed 2026-01-07 21:00 UTC" in found.said(Check.MARKET_HOURS)


def test_an_order_without_a_last_word_is_worse_than_a_missing_gateway(tmp_path: Path) -> None:
    space = workspace(tmp_path, NOBODY, TARGETS)
    journal = open_journal(tmp_path / "state" / "journal.sqlite").unwrap()
    tell(journal)
    journal.close()
    found = asked(space)
    assert found.code == 7
    assert found.problems == {"journal", "gateway"}
    assert "1 order with unknown outcome in DU111111 -> rebalance recover" in found.said(
        Check.JOURNAL
    )


def test_a_damaged_journal_is_refused(tmp_path: Path, serve: Serve) -> None:
    gateway = serve(market(account("DU111111", usd="50000")))
    space = workspace(tmp_path, gateway, TARGETS)
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "journal.sqlite").write_bytes(b"nonsense" * 1000)
    found = asked(space)
    assert found.code == 5
    assert found.problems == {"journal"}


def test_an_account_that_another_process_trades_is_refused(tmp_path: Path, serve: Serve) -> None:
    gateway = serve(market(account("DU111111", usd="50000")))
    space = workspace(tmp_path, gateway, TARGETS)
    with locked(tmp_path / "state", (AccountId("DU111111"),)) as mine:
        assert mine.held
        found = asked(space)
    assert found.code == 5
    assert found.problems == {"locks"}
    assert "DU111111 is being traded by another process" in found.said(Check.LOCKS)
    assert asked(space).levels(Check.LOCKS) == ["ok"], "the doctor gives its locks back"


def test_a_live_account_in_paper_mode_is_refused(tmp_path: Path, serve: Serve) -> None:
    gateway = serve(market(account("U1111111", usd="50000")))
    found = asked(workspace(tmp_path, gateway, TARGETS, accounts=("U1111111",)))
    assert found.code == 5
    assert found.problems == {"mode"}
    assert "is a live account and [safety] mode = paper" in found.said(Check.MODE)


def test_a_live_account_in_live_mode_is_named_as_real_money(tmp_path: Path, serve: Serve) -> None:
    gateway = serve(market(account("U1111111", usd="50000")))
    found = asked(workspace(tmp_path, gateway, TARGETS, accounts=("U1111111",), mode="live"))
    assert found.code == 0
    assert "LIVE, real money: U1111111" in found.said(Check.MODE)


def test_folders_that_cannot_be_written_are_refused_each_by_its_key(
    tmp_path: Path, serve: Serve
) -> None:
    gateway = serve(market(account("DU111111", usd="50000")))
    space = workspace(tmp_path, gateway, TARGETS)
    for name in ("reports", "state"):
        (tmp_path / name).write_text("a file", encoding="utf-8")
    found = asked(space)
    assert found.code == 5
    assert found.problems == {"reports", "state", "locks"}
    assert "set [io] report_dir" in found.said(Check.REPORTS)
    assert "set [io] state_dir" in found.said(Check.STATE)


def test_wrong_portfolios_leave_the_gateway_checked(tmp_path: Path, serve: Serve) -> None:
    gateway = serve(market(account("DU111111", usd="50000")))
    found = asked(workspace(tmp_path, gateway, {"SPY": "60", "IEF": "41"}))
    assert found.code == 3
    assert found.problems == {"portfolios"}
    assert "101" in found.said(Check.PORTFOLIOS)
    assert found.levels(Check.LEDGER) == ["ok"]
    assert found.levels(Check.MARKET_DATA) == ["skipped"]


def test_another_file_of_portfolios_can_be_checked(tmp_path: Path) -> None:
    space = workspace(tmp_path, NOBODY, TARGETS)
    other = tmp_path / "other.csv"
    other.write_text("ETF,MAIN\nGLD,99\n", encoding="utf-8")
    found = asked(space, "--csv", str(other))
    assert found.code == 3
    assert f"{other}" in found.said(Check.PORTFOLIOS)


def test_every_problem_of_the_settings_is_told_at_once(tmp_path: Path) -> None:
    found = asked(workspace(tmp_path, 0, TARGETS, max_leverage="0.5", max_orders="x"))
    assert found.code == 3
    assert found.levels(Check.SETTINGS) == ["problem"] * 3
    assert found.levels(Check.GATEWAY) == ["skipped"]
    assert not (tmp_path / "reports").exists()


def test_settings_that_are_not_there_lead_to_init(tmp_path: Path) -> None:
    found = asked(Workspace(folder=tmp_path))
    assert found.code == 3
    assert "rebalance init" in found.said(Check.SETTINGS)


@pytest.mark.parametrize("thing", UNREADABLE)
def test_no_file_however_odd_ends_in_a_traceback(thing: str, tmp_path: Path) -> None:
    shelf = stocked(tmp_path)
    for flags in (
        ["--config", shelf[thing]],
        ["--config", shelf["settings"], "--csv", shelf[thing]],
    ):
        done = CliRunner().invoke(cli, ["doctor", *flags], env={"REBALANCE_IBKR_PORT": "1"})
        assert done.exit_code == 3, done.output
        assert isinstance(done.exception, SystemExit), done.exception
        assert "problem  " in done.stdout
        assert "-> " in done.stdout


def test_on_a_screen_each_check_is_a_line_and_progress_goes_to_stderr(
    tmp_path: Path, serve: Serve
) -> None:
    gateway = serve(market(account("DU111111", usd="50000")))
    space = workspace(tmp_path, gateway, TARGETS)
    done = rebalance("doctor", "--config", space.settings, env={"COLUMNS": "200"})
    assert done.code == 0, done.text
    lines = done.stdout.splitlines()
    assert list(dict.fromkeys(line.split()[1] for line in lines[:-2])) == [c.value for c in Check]
    assert lines[-1] == "Ready to run (0 warnings)."
    assert done.stderr == f"Asking 127.0.0.1:{gateway.port} as client 43\n"


def test_a_newcomer_is_led_from_init_to_the_gateway(tmp_path: Path) -> None:
    assert rebalance("init", tmp_path).code == 0
    elsewhere = {"REBALANCE_IBKR_PORT": "1", "REBALANCE_IO_STATE_DIR": str(tmp_path / "state")}
    done = rebalance("doctor", "--json", "--config", tmp_path / "settings.ini", env=elsewhere)
    assert done.code == 4, done.text
    problems = [row for row in json.loads(done.stdout)["findings"] if row["level"] == "problem"]
    assert [row["check"] for row in problems] == ["gateway"]
