"""At the prompt: only a yes typed there trades, once, and for the account that was asked about."""

import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Serve
from tests.support import SimulatedGateway, Workspace, account, market, workspace
from tests.support.timing import UNHURRIED

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo terminals")

TARGETS = {"SPY": "60", "IEF": "40"}
TWO = ("DU111111", "DU222222")
ONE_PROMPT = "Proceed? [y/N]: "
GLOBAL_PROMPT = "Proceed with all of them? [y/N]: "


def test_global_mode_asks_once_and_buys_nothing_twice(tmp_path: Path, serve: Serve) -> None:
    gateway, space = _two_deposits(tmp_path, serve, confirm_mode="global")
    with space.screen() as screen:
        screen.wait_for("2 accounts: trade plans ready. 4 orders")
        screen.wait_for(GLOBAL_PROMPT)
        screen.type("y")
        assert screen.finish() == 0
        assert screen.text.count("Proceed") == 1
    keys = [(each.terms.account, each.symbol) for each in gateway.placed]
    assert sorted(keys) == [(name, symbol) for name in TWO for symbol in ("IEF", "SPY")]


def test_no_in_global_mode_trades_no_account(tmp_path: Path, serve: Serve) -> None:
    gateway, space = _two_deposits(tmp_path, serve)
    with space.screen("--confirm-mode", "global") as screen:
        screen.wait_for(GLOBAL_PROMPT)
        screen.type("n")
        assert screen.finish() == 0
    assert gateway.record.received(3) == ()
    assert {row["status"] for row in space.summary().values()} == {"declined"}


def test_global_mode_names_the_accounts_that_it_leaves_out(tmp_path: Path, serve: Serve) -> None:
    gateway = serve(market(account("DU111111", usd="50000")))
    space = workspace(tmp_path, gateway, TARGETS, accounts=TWO, confirm_mode="global")
    with space.screen() as screen:
        screen.wait_for("DU222222: not traded: this gateway does not manage DU222222")
        screen.wait_for(GLOBAL_PROMPT)
        screen.type("yes")
        assert screen.finish() == 6
    assert {each.terms.account for each in gateway.placed} == {"DU111111"}


def test_each_account_is_asked_for_by_itself(tmp_path: Path, serve: Serve) -> None:
    gateway, space = _two_deposits(tmp_path, serve)
    with space.screen() as screen:
        screen.wait_for("DU111111: trade plan ready. 2 orders (Buy $49,")
        screen.wait_for(ONE_PROMPT)
        screen.type("Y")
        screen.wait_for("DU222222: trade plan ready.")
        screen.wait_for(ONE_PROMPT)
        screen.type("n")
        assert screen.finish() == 0
    assert {each.terms.account for each in gateway.placed} == {"DU111111"}
    status = {name: row["status"] for name, row in space.summary().items()}
    assert status == {"DU111111": "done", "DU222222": "declined"}


def test_what_was_typed_before_the_prompt_does_not_answer_it(tmp_path: Path, serve: Serve) -> None:
    gateway, space = _two_deposits(tmp_path, serve)
    with space.screen() as screen:
        screen.wait_for(ONE_PROMPT)
        screen.paste("y\ny\n")
        screen.wait_for("DU222222: trade plan ready.")
        screen.wait_for(ONE_PROMPT)
        screen.type("")
        assert screen.finish() == 0
    assert {each.terms.account for each in gateway.placed} == {"DU111111"}


@pytest.mark.parametrize("answer", ["\uff59\n", "yy\n", "no\n", " \n", "\x04"])
def test_anything_but_y_or_yes_is_a_no(tmp_path: Path, serve: Serve, answer: str) -> None:
    gateway = serve(market(account("DU111111", usd="50000")))
    space = workspace(tmp_path, gateway, TARGETS)
    with space.screen() as screen:
        screen.wait_for(ONE_PROMPT)
        screen.paste(answer)
        assert screen.finish() == 0
    assert gateway.record.received(3) == ()
    assert space.summary()["DU111111"]["status"] == "declined"


def test_without_a_keyboard_and_without_yes_nothing_is_traded(tmp_path: Path, serve: Serve) -> None:
    gateway, space = _two_deposits(tmp_path, serve)
    done = space.run()
    assert done.code == 0, done.text
    assert gateway.record.received(3) == ()
    assert {row["status"] for row in space.summary().values()} == {"declined"}
    assert "--yes" in done.stderr


def test_a_turnover_over_the_limit_wants_the_account_id_typed(tmp_path: Path, serve: Serve) -> None:
    gateway = serve(market(*(account(name, usd="500", SPY=80) for name in TWO)))
    space = workspace(tmp_path, gateway, TARGETS, accounts=TWO, max_turnover_pct="30")
    with space.screen() as screen:
        screen.wait_for("over max_turnover_pct = 30")
        screen.wait_for("Type DU111111 to proceed: ")
        screen.type("y")
        screen.wait_for("Type DU222222 to proceed: ")
        screen.type("DU222222")
        assert screen.finish() == 0
    assert {each.terms.account for each in gateway.placed} == {"DU222222"}


def test_a_live_account_wants_its_id_typed(tmp_path: Path, serve: Serve) -> None:
    gateway = serve(market(account("U1111111", usd="50000")))
    space = workspace(tmp_path, gateway, TARGETS, accounts=("U1111111",), mode="live")
    with space.screen(env=UNHURRIED) as screen:
        screen.wait_for("This is a LIVE account.")
        screen.wait_for("Type U1111111 to proceed: ")
        screen.type("U1111111")
        assert screen.finish() == 0
    assert len(gateway.placed) == 2


def test_a_holding_that_changed_meanwhile_is_shown_and_asked_again(
    tmp_path: Path, serve: Serve
) -> None:
    gateway, space = _two_deposits(tmp_path, serve)
    with space.screen("--account", "DU111111") as screen:
        screen.wait_for(ONE_PROMPT)
        gateway.leave_open("DU111111", "BUY", 5, "SPY")
        screen.type("y")
        screen.wait_for("please review it again")
        assert screen.finish() == 5
    assert gateway.record.received(3) == ()


def _two_deposits(folder: Path, serve: Serve, **keys: str) -> tuple[SimulatedGateway, Workspace]:
    gateway = serve(market(*(account(name, usd="50000") for name in TWO)))
    return gateway, workspace(folder, gateway, TARGETS, accounts=TWO, keys=keys)
