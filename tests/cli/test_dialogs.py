"""A dialog in the gateway's window holds orders: none is sent twice, whatever is run next."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from rebalancer_adapters.gateway import Hold, on_orders
from tests.kit import (
    UNTIL_RELEASED,
    Finished,
    Screen,
    SimulatedGateway,
    Workspace,
    account,
    market,
    workspace,
)

ACCOUNT = "DU111111"
TARGETS = {"SPY": "60", "IEF": "30", "CASH": "10"}
WHOLE = {"SPY": 50, "IEF": 157}
QUICK = {"REBALANCE_RECOVERY_PAUSE": "0"}
LOOK = "look for a dialog in the gateway's window"
RESTARTED, DECLINED = "gateway restarted", "dialog answered No"

Held = tuple[SimulatedGateway, Workspace]


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Held]:
    """The first order waits in a dialog, and the run that sent it has ended."""
    first = on_orders(Hold(seconds=UNTIL_RELEASED), last=1)
    with SimulatedGateway(market(account(ACCOUNT, usd="50000")), first) as gateway:
        space = workspace(tmp_path, gateway, TARGETS, ack_timeout_sec="1", order_deadline_sec="20")
        ended = run(space)
        assert ended.code == 7
        assert f"SPY was not acknowledged within 1 s: {LOOK}" in ended.stderr
        assert len(gateway.placed) == gateway.cancels == 1
        yield gateway, space


def run(space: Workspace, client_id: int = 42) -> Finished:
    return space.run("--yes", env=QUICK | {"REBALANCE_IBKR_CLIENT_ID": str(client_id)})


def resolve(space: Workspace, words: str) -> Finished:
    target = (space.post(ACCOUNT)[0]["order_ref"], "--filled", "0")
    return space.command("resolve", *target, "--reason", words, "--yes", env=QUICK)


def shares(gateway: SimulatedGateway) -> dict[str, int]:
    return {symbol: int(gateway.shares(ACCOUNT, symbol)) for symbol in TARGETS if symbol != "CASH"}


def test_it_is_not_sent_again_by_any_command_on_any_day_under_any_client_id(held: Held) -> None:
    gateway, space = held
    for again in (
        run(space),
        space.command("recover", env=QUICK),
        run(space, client_id=77),
    ):
        assert again.code == 7, again.text
        assert LOOK in again.text
    gateway.skip(timedelta(days=1))
    again = run(space)
    assert again.code == 7, again.text
    assert len(gateway.placed) == 1
    gateway.release()
    gateway.wait_until(lambda each: bool(each.executions))
    assert run(space).code == 0
    assert shares(gateway) == WHOLE


def test_after_a_restart_of_the_gateway_it_is_sent_once_more(held: Held) -> None:
    gateway, space = held
    gateway.decline()
    for odd in ("it is gone", DECLINED + "!"):
        assert resolve(space, odd).code == 2
    done = resolve(space, RESTARTED)
    assert done.code == 0, done.text
    assert gateway.cancels == 2
    assert run(space).code == 0
    assert shares(gateway) == WHOLE


def test_what_a_dialog_declined_is_not_sent_again_that_day(held: Held) -> None:
    gateway, space = held
    gateway.decline()
    assert space.close_silent(ACCOUNT, DECLINED, env=QUICK).code == 0
    refused = run(space)
    assert refused.code == 5
    assert "SPY: a BUY order was declined in a dialog" in refused.text
    assert len(gateway.placed) == 1
    gateway.skip(timedelta(days=1))
    assert run(space).code == 0
    assert shares(gateway) == WHOLE


def test_a_yes_after_resolve_halts_the_next_run(held: Held) -> None:
    gateway, space = held
    assert resolve(space, DECLINED).code == 0
    gateway.release()
    gateway.wait_until(lambda each: bool(each.executions))
    halted = run(space)
    assert halted.code == 5, halted.text
    assert "was declared not received, but the broker has it" in halted.text
    assert len(gateway.placed) == 1
    gateway.skip(timedelta(days=1))
    assert run(space).code == 0
    assert shares(gateway) == WHOLE


@pytest.mark.skipif(sys.platform == "win32", reason="pty needs POSIX")
def test_what_became_of_the_dialog_is_typed_at_the_keyboard(held: Held) -> None:
    _, space = held
    ref = space.post(ACCOUNT)[0]["order_ref"]
    line = ("resolve", ref, "--filled", "0", "--config", space.settings)
    for words, said in (("yes", "nothing changed"), (RESTARTED, "recorded as never reached")):
        with Screen(*line, env=QUICK) as screen:
            screen.wait_for('Type "gateway restarted" or "dialog answered No"')
            screen.type(words)
            assert screen.finish() == 0
            assert said in screen.text


@pytest.mark.skipif(sys.platform == "win32", reason="pty needs POSIX")
def test_a_yes_during_the_next_run_halts_it(held: Held) -> None:
    gateway, space = held
    assert resolve(space, RESTARTED).code == 0
    with Screen("run", "--config", space.settings, env=QUICK) as screen:
        screen.wait_for("Proceed? [y/N]: ")
        gateway.release()
        gateway.wait_until(lambda each: bool(each.executions))
        screen.type("y")
        code = screen.finish()
        said = screen.text
    assert len(gateway.placed) == 1, said
    assert "declared not received, but the broker has it" in said
    assert code == 5


def test_the_accounts_that_follow_are_refused(tmp_path: Path) -> None:
    other = "DU222222"
    first = on_orders(Hold(seconds=UNTIL_RELEASED), last=1)
    world = market(account(ACCOUNT, usd="50000"), account(other, usd="50000"))
    with SimulatedGateway(world, first) as gateway:
        space = workspace(
            tmp_path, gateway, TARGETS, accounts=(ACCOUNT, other), ack_timeout_sec="1"
        )
        for mode in ("per_account", "global"):
            assert space.run("--yes", "--confirm-mode", mode, env=QUICK).code == 7
            if mode == "per_account":
                assert "the run was halted" in space.summary()[other]["error"]
                assert LOOK in space.summary()[other]["error"]
                assert len(gateway.placed) == 1
