"""A saved plan is sent as it was saved, after a yes, or it is refused and nothing is sent."""

import json
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from attrs import frozen

from rebalancer_adapters.gateway import Market
from rebalancer_adapters.gateway.market import AccountSetup, Hours, Session
from tests.adapters.saved.json_schema import misfits
from tests.cli.conftest import Serve
from tests.support import Finished, Screen, SimulatedGateway, Workspace, account, market, workspace

TARGETS = {"SPY": "60", "IEF": "40"}
NOON = datetime(2026, 11, 20, 17, tzinfo=UTC)
SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "plan-file.schema.json"
PORT = "REBALANCE_IBKR_PORT"


@frozen
class Desk:
    """A user's folder with a plan file, and the gateway it was made at."""

    space: Workspace
    gateway: SimulatedGateway
    file: Path

    @property
    def document(self) -> dict[str, object]:
        """The plan file."""
        found: dict[str, object] = json.loads(self.file.read_text(encoding="utf-8"))
        return found

    def apply(self, *flags: str, at: SimulatedGateway | None = None, **env: str) -> Finished:
        """`rebalance apply`, at the gateway of the plan or at another."""
        port = str((at or self.gateway).port)
        return self.space.command("apply", self.file, *flags, env={PORT: port, **env})


def test_apply_sends_the_saved_orders_and_no_new_plan(tmp_path: Path, serve: Serve) -> None:
    desk = _planned(tmp_path, serve, account("DU111111", usd="50000", GLD=20))
    assert desk.gateway.record.received(3) == ()
    for symbol, price in (("SPY", "595.1"), ("IEF", "94.2")):
        desk.gateway.move_price(symbol, price)
    done = desk.apply("--yes")
    assert done.code == 0, done.text
    assert _sent(desk.gateway) == _orders(desk.document)


def test_a_plan_of_sells_and_buys_is_sent_whole(tmp_path: Path, serve: Serve) -> None:
    desk = _planned(tmp_path, serve, account("DU111111", usd="500", SPY=60, IEF=20))
    assert desk.apply("--yes").code == 0
    assert [side for _, side, _ in _sent(desk.gateway)] == ["SELL", "BUY"]
    assert _sent(desk.gateway) == _orders(desk.document)
    assert {row["status"] for row in desk.space.post("DU111111")} == {"Filled", ""}


def test_without_a_yes_nothing_is_sent_and_the_plan_may_still_be_applied(
    tmp_path: Path, serve: Serve
) -> None:
    desk = _planned(tmp_path, serve)
    declined = desk.apply()
    assert declined.code == 0, declined.text
    assert "Proceed? [y/N]" in declined.text
    assert desk.gateway.record.received(3) == ()
    assert desk.apply("--yes").code == 0
    assert len(desk.gateway.placed) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo terminals")
@pytest.mark.parametrize(("answer", "sent"), [("y", 2), ("n", 0)])
def test_apply_shows_the_plan_and_asks_as_a_run_does(
    tmp_path: Path, serve: Serve, answer: str, sent: int
) -> None:
    desk = _planned(tmp_path, serve)
    env = {PORT: str(desk.gateway.port)}
    with Screen("apply", "--config", desk.space.settings, desk.file, env=env) as screen:
        screen.wait_for("=== PAPER | DU111111 | account 1 of 1")
        screen.wait_for("DU111111: trade plan ready. 2 orders (Buy $49,")
        screen.wait_for("Proceed? [y/N]: ")
        screen.type(answer)
        assert screen.finish() == 0
    assert len(desk.gateway.placed) == sent


@pytest.mark.parametrize(
    ("now", "sentence"),
    [
        (account("DU111111", usd="50000", SPY=1), "SPY went from 0 to 1 shares"),
        (
            account("DU111111", usd="49999.99"),
            "USD cash is $49,999.99, and the plan counts with $50,000.00",
        ),
    ],
)
def test_an_account_that_changed_is_refused(
    tmp_path: Path, serve: Serve, now: AccountSetup, sentence: str
) -> None:
    desk = _planned(tmp_path, serve)
    later = serve(_market(now))
    _is_refused(desk.apply("--yes", at=later), sentence, later)
    assert sentence in desk.space.summary()["DU111111"]["error"]


def test_more_cash_than_the_plan_counts_with_does_no_harm(tmp_path: Path, serve: Serve) -> None:
    desk = _planned(tmp_path, serve)
    later = serve(_market(account("DU111111", usd="50010")))
    assert desk.apply("--yes", at=later).code == 0
    assert _sent(later) == _orders(desk.document)


def test_an_open_order_that_was_not_there_is_refused(tmp_path: Path, serve: Serve) -> None:
    desk = _planned(tmp_path, serve)
    desk.gateway.leave_open("DU111111", "BUY", 5, "GLD")
    _is_refused(desk.apply("--yes"), "the open orders changed", desk.gateway)


@pytest.mark.parametrize("price", ["607", "593"])
def test_a_price_that_moved_by_more_than_a_percent_is_refused(
    tmp_path: Path, serve: Serve, price: str
) -> None:
    desk = _planned(tmp_path, serve)
    desk.gateway.move_price("SPY", price)
    sentence = f"the price of SPY went from 600 to {price}"
    _is_refused(desk.apply("--yes"), sentence, desk.gateway)


@pytest.mark.parametrize(("minutes", "code"), [(4, 0), (6, 5)])
def test_a_plan_holds_until_it_expires_by_the_brokers_clock(
    tmp_path: Path, serve: Serve, minutes: int, code: int
) -> None:
    desk = _planned(tmp_path, serve, start=NOON, valid_for="5")
    later = serve(_market(start=NOON + timedelta(minutes=minutes)))
    done = desk.apply("--yes", at=later)
    assert done.code == code, done.text
    assert ("it expired at 2026-11-20 17:05 UTC" in done.text) is (code == 5)
    assert len(later.placed) == (0 if code else 2)
    assert ("Prices up to 4 min old" in done.stdout) is (code == 0)


def test_a_plan_ends_with_the_trading_day(tmp_path: Path, serve: Serve) -> None:
    desk = _planned(tmp_path, serve, start=NOON, hours=_new_york())
    assert desk.document["expires"] == "2026-11-20T21:00:00Z"


def _change_a_comment(space: Workspace) -> None:
    space.settings.write_text(space.settings.read_text() + "; changed\n")


def _change_a_target(space: Workspace) -> None:
    space.portfolios.write_text("ETF,MAIN\nSPY,59\nIEF,41\n")


def _drop_the_account(space: Workspace) -> None:
    space.settings.write_text(space.settings.read_text().replace("DU111111", "DU222222"))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (_change_a_comment, "settings.ini has changed since the plan was saved"),
        (_change_a_target, "portfolios.csv has changed since the plan was saved"),
        (_drop_the_account, "DU111111 of the plan is no longer in [accounts] ids"),
    ],
)
def test_inputs_that_changed_are_refused_before_the_gateway_is_asked(
    tmp_path: Path, serve: Serve, change: Callable[[Workspace], None], sentence: str
) -> None:
    desk = _planned(tmp_path, serve)
    change(desk.space)
    frames = desk.gateway.frames
    _is_refused(desk.apply("--yes"), sentence, desk.gateway)
    assert desk.gateway.frames == frames


def test_rules_from_the_environment_count_as_much_as_the_file(tmp_path: Path, serve: Serve) -> None:
    desk = _planned(tmp_path, serve)
    done = desk.apply("--yes", REBALANCE_EXECUTION_ALGO_PREFERENCE="midprice")
    _is_refused(
        done,
        "REBALANCE_* environment variables have changed since the plan was saved",
        desk.gateway,
    )


def test_an_edited_plan_is_refused(tmp_path: Path, serve: Serve) -> None:
    desk = _planned(tmp_path, serve)
    shares = _orders(desk.document)[0][2]
    text = desk.file.read_text(encoding="utf-8")
    desk.file.write_text(text.replace(f'"{shares}"', f'"{int(shares) + 1}"'), encoding="utf-8")
    done = desk.apply("--yes")
    _is_refused(
        done,
        "plan.json sha256: the plan file was modified after it was saved (hash mismatch)",
        desk.gateway,
    )
    assert desk.space.command("show", desk.file).code == 5


def test_a_plan_is_applied_once_even_where_the_account_is_as_it_was_again(
    tmp_path: Path, serve: Serve
) -> None:
    desk = _planned(tmp_path, serve)
    assert desk.apply("--yes").code == 0
    as_before = serve(_market())
    done = desk.apply("--yes", at=as_before)
    _is_refused(done, "it was applied before, in run ", as_before)
    assert "went from" not in done.text


def test_an_account_that_no_longer_fits_does_not_stop_the_next(
    tmp_path: Path, serve: Serve
) -> None:
    names = ("DU111111", "DU222222")
    desk = _planned(tmp_path, serve, *(account(name, usd="50000") for name in names))
    desk.gateway.leave_open("DU111111", "SELL", 1, "GLD")
    done = desk.apply("--yes")
    assert done.code == 6, done.text
    assert {each.terms.account for each in desk.gateway.placed} == {"DU222222"}


def test_the_rules_of_a_run_hold_for_a_saved_plan(tmp_path: Path, serve: Serve) -> None:
    desk = _planned(tmp_path, serve, account("DU111111", usd="0", SPY=100), max_turnover_pct="30")
    sentence = "turnover 40.0 % is over max_turnover_pct = 30"
    _is_refused(desk.apply("--yes"), sentence, desk.gateway)


def test_a_market_that_closed_meanwhile_is_refused(tmp_path: Path, serve: Serve) -> None:
    desk = _planned(tmp_path, serve, start=NOON)
    closed = serve(_market(start=NOON + timedelta(hours=5), hours=_new_york()))
    _is_refused(desk.apply("--yes", at=closed), "market closed, opens", closed)


def test_a_program_that_may_only_read_applies_nothing(tmp_path: Path, serve: Serve) -> None:
    desk = _planned(tmp_path, serve, read_only="true")
    _is_refused(desk.apply("--yes"), "[ibkr] read_only = true", desk.gateway)


@pytest.mark.parametrize("command", ["show", "apply"])
def test_what_is_no_plan_file_is_told_with_its_place(tmp_path: Path, command: str) -> None:
    space = workspace(tmp_path, 1, TARGETS)
    (tmp_path / "plan.json").write_text('{"schema": 3}')
    done = space.command(command, tmp_path / "plan.json")
    assert done.code == 3, done.text
    assert "plan.json schema: 3 is not known" in done.stderr
    assert not done.stdout


def test_a_plan_is_never_saved_over_another_file(tmp_path: Path, serve: Serve) -> None:
    desk = _planned(tmp_path, serve)
    before, frames = desk.file.read_bytes(), desk.gateway.frames
    done = desk.space.command("plan", "-o", desk.file)
    assert done.code == 2, done.text
    assert "already exists" in done.stderr
    assert (desk.file.read_bytes(), desk.gateway.frames) == (before, frames)
    lost = desk.space.command("plan", "-o", tmp_path / "nowhere" / "plan.json")
    assert "directory does not exist" in lost.stderr


def test_where_nothing_could_be_planned_no_file_is_written(tmp_path: Path) -> None:
    space = workspace(tmp_path, 1, TARGETS)
    done = space.command("plan", "-o", tmp_path / "plan.json")
    assert done.code == 4, done.text
    assert not (tmp_path / "plan.json").exists()


def test_a_plan_prints_what_it_saves_and_show_prints_it_again_without_a_gateway(
    tmp_path: Path, serve: Serve
) -> None:
    names = ("DU111111", "DU222222")
    gateway = serve(_market(account("DU111111", usd="50000", GLD=3)))
    space = workspace(tmp_path, gateway, TARGETS, accounts=names)
    file = tmp_path / "plan.json"
    made = space.command("plan", "-o", file, "--json")
    assert made.code == 6, made.text
    saved = json.loads(file.read_text(encoding="utf-8"))
    printed = made.document
    assert isinstance(printed, dict)
    assert printed["accounts"] == saved["accounts"]
    assert [each["account_id"] for each in saved["left_out"]] == ["DU222222"]
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    assert list(misfits(saved, schema, schema)) == []
    frames = gateway.frames
    shown = space.command("show", file, "--json").document
    assert isinstance(shown, dict)
    assert _without_times(shown["accounts"]) == _without_times(saved["accounts"])
    assert shown["fits"] is True
    text = space.command("show", file).stdout
    assert "=== PAPER | DU111111 | account 1 of 1 | preview only, nothing can be sent" in text
    assert "DU222222: no plan: this gateway does not manage DU222222" in text
    assert gateway.frames == frames


def test_show_says_what_apply_would_refuse(tmp_path: Path, serve: Serve) -> None:
    desk = _planned(tmp_path, serve, start=datetime(2020, 1, 2, 15, tzinfo=UTC))
    _change_a_target(desk.space)
    shown = desk.space.command("show", desk.file)
    assert shown.code == 0, shown.text
    assert "REFUSED: it expired at 2020-01-03 " in shown.stdout
    assert "portfolios.csv has changed since the plan was saved" in " ".join(shown.stdout.split())


def test_a_plan_with_nothing_to_trade_is_done_without_asking(tmp_path: Path, serve: Serve) -> None:
    desk = _planned(tmp_path, serve, account("DU111111", usd="500", SPY=50, IEF=210))
    done = desk.apply()
    assert done.code == 0, done.text
    assert "There are no orders in it" in done.stderr


def _planned(
    folder: Path,
    serve: Serve,
    *accounts: AccountSetup,
    start: datetime | None = None,
    hours: Hours | None = None,
    valid_for: str = "1440",
    **keys: str,
) -> Desk:
    gateway = serve(_market(*accounts, start=start, hours=hours))
    names = tuple(each.account for each in accounts) or ("DU111111",)
    space = workspace(folder, gateway, TARGETS, accounts=names, keys=keys)
    file = folder / "plan.json"
    done = space.command("plan", "-o", file, "--valid-for", valid_for)
    assert done.code == 0, done.text
    assert gateway.record.received(3) == ()
    return Desk(space, gateway, file)


def _market(
    *accounts: AccountSetup, start: datetime | None = None, hours: Hours | None = None
) -> Market:
    return market(*(accounts or (account("DU111111", usd="50000"),)), start=start, hours=hours)


def _new_york() -> Hours:
    return Hours(
        liquid=Session(opens=time(9, 30), closes=time(16)),
        trading=Session(opens=time(4), closes=time(20)),
        closed=frozenset({date(2026, 11, 23)}),
    )


def _is_refused(done: Finished, sentence: str, gateway: SimulatedGateway) -> None:
    assert done.code == 5, done.text
    assert sentence in " ".join(done.text.split())
    assert gateway.record.received(3) == ()


def _orders(document: dict[str, object]) -> list[tuple[str, str, str]]:
    plans = document["plans"]
    assert isinstance(plans, list)
    return [
        (order["symbol"], order["side"], order["quantity"])
        for each in plans
        for order in each["plan"]["orders"]
    ]


def _sent(gateway: SimulatedGateway) -> list[tuple[str, str, str]]:
    return [(p.symbol, p.terms.action, str(p.terms.quantity)) for p in gateway.placed]


def _without_times(accounts: object) -> object:
    text = json.dumps(accounts)
    stamps = {row["timestamp_run"] for each in json.loads(text) for row in each["rows"]}
    for stamp in stamps:
        text = text.replace(stamp, "")
    return json.loads(text)
