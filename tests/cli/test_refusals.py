"""Safety rules refuse before anything is sent: exit 5, and the sentence names rule and fix."""

from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from rebalancer_adapters.gateway import DataLine
from rebalancer_adapters.gateway.market import Hours, Session
from tests.cli.conftest import Serve
from tests.support import account, market, workspace
from tests.support.timing import UNHURRIED

TARGETS = {"SPY": "60", "IEF": "40"}
NEW_YORK = Hours(
    liquid=Session(opens=time(9, 30), closes=time(16)),
    trading=Session(opens=time(4), closes=time(20)),
    closed=frozenset({date(2026, 11, 23)}),
)
SATURDAY = datetime(2026, 11, 21, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        (
            {"max_turnover_pct": "50"},
            "turnover 54.9 % is over max_turnover_pct = 50 -> run without",
        ),
        ({"max_orders": "1"}, "2 orders exceed max_orders = 1"),
        ({"max_order_usd": "25000"}, "SPY: limit ($29,400 is over max_order_usd = 25000)"),
    ],
)
def test_a_plan_over_a_limit_is_not_sent(
    tmp_path: Path, serve: Serve, keys: dict[str, str], sentence: str
) -> None:
    gateway = serve(market(account("DU111111", usd="2500", IEF=500)))
    space = workspace(tmp_path, gateway, TARGETS, keys=keys)
    done = space.run("--yes")
    assert done.code == 5, done.text
    assert sentence in space.summary()["DU111111"]["error"]
    assert sentence in " ".join(done.stdout.split())
    assert gateway.record.received(3) == ()


def test_a_live_account_is_not_traded_in_paper_mode(tmp_path: Path, serve: Serve) -> None:
    gateway = serve(market(account("U1111111", usd="50000")))
    space = workspace(tmp_path, gateway, TARGETS, accounts=("U1111111",))
    done = space.run("--yes")
    assert done.code == 5, done.text
    assert "U1111111 is a live account and [safety] mode = paper" in done.text
    assert gateway.record.received(3) == ()


def test_yes_does_not_answer_for_a_live_account(tmp_path: Path, serve: Serve) -> None:
    gateway = serve(market(account("U1111111", usd="50000")))
    space = workspace(tmp_path, gateway, TARGETS, accounts=("U1111111",), mode="live")
    refused = space.run("--yes", env=UNHURRIED)
    assert refused.code == 5, refused.text
    assert "allow_unattended_live = true" in space.summary()["U1111111"]["error"]
    assert gateway.record.received(3) == ()

    allowed = {"mode": "live", "allow_unattended_live": "true"}
    space = workspace(tmp_path, gateway, TARGETS, accounts=("U1111111",), keys=allowed)
    done = space.run("--yes", env=UNHURRIED)
    assert done.code == 0, done.text
    assert "LIVE - REAL MONEY | U1111111" in done.stdout
    assert len(gateway.placed) == 2


@pytest.mark.parametrize(("port", "name"), [(4001, "DU111111"), (4002, "U1111111")])
def test_a_port_that_does_not_fit_the_account_is_an_error_of_the_settings(
    tmp_path: Path, port: int, name: str
) -> None:
    space = workspace(tmp_path, port, TARGETS, accounts=(name,), mode="live")
    done = space.run("--yes")
    assert done.code == 3, done.text
    assert f"{port}" in done.stderr


def test_an_account_with_an_open_order_on_a_symbol_to_be_traded_is_refused(
    tmp_path: Path, serve: Serve
) -> None:
    gateway = serve(market(account("DU111111", usd="50000"), account("DU222222", usd="50000")))
    by_hand = gateway.leave_open("DU111111", "BUY", 5, "SPY")
    gateway.leave_open("DU222222", "SELL", 5, "GLD")
    space = workspace(tmp_path, gateway, TARGETS, accounts=("DU111111", "DU222222"))
    done = space.run("--yes")
    assert done.code == 6, done.text
    row = space.summary()["DU111111"]
    assert row["status"] == "refused"
    assert "SPY: an open order (BUY 5) at the broker -> wait for it or cancel it" in row["error"]
    assert {each.terms.account for each in gateway.placed} == {"DU222222"}
    assert gateway.cancels == 0
    assert by_hand in gateway.orders


def test_outside_of_the_hours_nothing_is_sent_and_the_opening_is_named(
    tmp_path: Path, serve: Serve
) -> None:
    gateway = serve(market(account("DU111111", usd="50000"), hours=NEW_YORK, start=SATURDAY))
    space = workspace(tmp_path, gateway, TARGETS)
    done = space.run("--yes")
    assert done.code == 5, done.text
    shut = "SPY, IEF: market closed (opens Tue 2026-11-24 14:30 UTC)"
    assert f"BLOCKED: {shut}" in " ".join(done.text.split())
    assert space.summary()["DU111111"]["error"] == f"blocked: {shut}"
    assert gateway.record.received(3) == ()

    dry = space.run("--dry-run")
    assert dry.code == 0, dry.text
    assert [row["action"] for row in space.pre("DU111111")] == ["BUY", "BUY", "NONE"]
    assert "opens Tue 2026-11-24 14:30 UTC" in " ".join(dry.stdout.split())


def test_a_target_without_a_price_is_not_bought_and_says_why(tmp_path: Path, serve: Serve) -> None:
    gateway = serve(market(account("DU111111", usd="50000")))
    gateway.set_data("IEF", DataLine.HALTED)
    space = workspace(tmp_path, gateway, TARGETS)
    done = space.run("--yes")
    assert {each.symbol for each in gateway.placed} <= {"SPY"}
    rows = {row["symbol"]: row for row in space.pre("DU111111")}
    assert rows["IEF"]["action"] == "NONE"
    assert "halt" in rows["IEF"]["note"]
    assert done.code == 0, done.text
