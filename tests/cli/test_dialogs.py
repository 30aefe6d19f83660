"""A dialog in the gateway's window holds orders: none is sent twice, whatever is run next.

What a person does then is played by the fault cases of `tests/faults/dialogs.py`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from rebalancer_adapters.gateway import Hold, on_orders
from tests.support import (
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
LOOK = "look for a dialog in the gateway's window"
RESTARTED = "gateway restarted"

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
    return space.run("--yes", env={"REBALANCE_IBKR_CLIENT_ID": str(client_id)})


def shares(gateway: SimulatedGateway) -> dict[str, int]:
    return {symbol: int(gateway.shares(ACCOUNT, symbol)) for symbol in TARGETS if symbol != "CASH"}


def test_it_is_not_sent_again_by_any_command_on_any_day_under_any_client_id(held: Held) -> None:
    gateway, space = held
    for again in (
        run(space),
        space.command("recover"),
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


@pytest.mark.skipif(sys.platform == "win32", reason="pty needs POSIX")
def test_what_became_of_the_dialog_is_typed_at_the_keyboard(held: Held) -> None:
    _, space = held
    ref = space.post(ACCOUNT)[0]["order_ref"]
    line = ("resolve", ref, "--filled", "0", "--config", space.settings)
    for words, said in (("yes", "nothing changed"), (RESTARTED, "recorded as never reached")):
        with Screen(*line) as screen:
            screen.wait_for('Type "gateway restarted" or "dialog answered No"')
            screen.type(words)
            assert screen.finish() == 0
            assert said in screen.text


def test_the_accounts_that_follow_are_refused(tmp_path: Path) -> None:
    other = "DU222222"
    first = on_orders(Hold(seconds=UNTIL_RELEASED), last=1)
    world = market(account(ACCOUNT, usd="50000"), account(other, usd="50000"))
    with SimulatedGateway(world, first) as gateway:
        space = workspace(
            tmp_path, gateway, TARGETS, accounts=(ACCOUNT, other), ack_timeout_sec="1"
        )
        assert space.run("--yes").code == 7
        assert "the run was halted" in space.summary()[other]["error"]
        assert all(LOOK in row["error"] for row in space.summary().values())
        assert len(gateway.placed) == 1
