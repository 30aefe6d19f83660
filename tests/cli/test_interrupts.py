"""Ctrl+C: before an order is out the run just ends; after it, own orders are wound up."""

import os
import signal
import socket
import sys
import time
from pathlib import Path

import pytest

from rebalancer_adapters.gateway import Mute, Rest, Status, on_messages, on_orders
from tests.cli.conftest import Serve
from tests.support import (
    Screen,
    SimulatedGateway,
    Workspace,
    account,
    market,
    rebalance,
    workspace,
)
from tests.support.environment import ROOT

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo terminals")

TARGETS = {"SPY": "60", "IEF": "40"}
TWO = ("DU111111", "DU222222")
_HANGUP = getattr(signal, "SIGHUP", signal.SIGTERM)
Signals = tuple[signal.Signals, ...]
# A window that closes sends two of them within milliseconds: they are as one.
SIGNALS: list[Signals] = [
    (signal.SIGINT, _HANGUP),
    (signal.SIGTERM,),
    (_HANGUP, signal.SIGINT),
]
_APART_SECONDS = 0.05


@pytest.mark.parametrize("signals", SIGNALS)
def test_at_the_prompt_nothing_is_sent_and_the_run_is_summed_up(
    tmp_path: Path, serve: Serve, signals: Signals
) -> None:
    gateway, space = _two_deposits(tmp_path, serve)
    with space.screen() as screen:
        screen.wait_for("Proceed? [y/N]: ")
        _send(screen, signals)
        assert screen.finish() == 130
        assert "Traceback" not in screen.text
        assert "[y/N]: \nAccount " in screen.text
    assert gateway.record.received(3) == ()
    assert {row["status"] for row in space.summary().values()} == {"interrupted"}
    assert space.files("rebalance_post_*") == []


@pytest.mark.parametrize("signals", SIGNALS)
def test_while_orders_work_they_are_cancelled_and_reported(
    tmp_path: Path, serve: Serve, signals: Signals
) -> None:
    gateway, space = _two_deposits(tmp_path, serve)
    gateway.play(on_orders(Rest(), symbol="IEF"))
    by_hand = gateway.leave_open("DU111111", "SELL", 1, "GLD")
    with space.screen("--yes") as screen:
        gateway.wait_until(lambda g: _ended(g, "SPY") and _is_working(g, "IEF"))
        _send(screen, signals)
        assert screen.finish() == 130
        assert "Traceback" not in screen.text
    assert {(o.symbol, o.status) for o in gateway.orders if o.client_id == 42} == {
        ("SPY", Status.FILLED),
        ("IEF", Status.CANCELLED),
    }
    assert by_hand in gateway.orders
    status = {row["symbol"]: row["status"] for row in space.post("DU111111") if row["order_ref"]}
    assert status == {"SPY": "Filled", "IEF": "Cancelled"}
    assert {name: row["status"] for name, row in space.summary().items()} == {
        "DU111111": "interrupted",
        "DU222222": "interrupted",
    }
    assert space.files("rebalance_*_DU222222_*") == []


def test_while_sells_work_the_run_skips_the_buys_and_says_so(tmp_path: Path, serve: Serve) -> None:
    gateway = serve(market(account("DU111111", usd="500", SPY=100)), on_orders(Rest(), side="SELL"))
    space = workspace(tmp_path, gateway, TARGETS)
    with space.screen("--yes") as screen:
        gateway.wait_until(lambda g: _is_working(g, "SPY"))
        screen.interrupt()
        screen.interrupt()
        assert screen.finish() == 130
    status = {row["symbol"]: row["status"] for row in space.post("DU111111") if row["order_ref"]}
    assert status == {"SPY": "Cancelled", "IEF": "Skipped"}
    assert {each.symbol for each in gateway.placed} == {"SPY"}


@pytest.mark.parametrize("command", ["run", "recover"])
def test_two_signals_while_the_gateway_is_read_are_one(
    tmp_path: Path, serve: Serve, command: str
) -> None:
    gateway, space = _two_deposits(tmp_path, serve)
    if command == "recover":
        assert space.run("--yes", env={"REBALANCE_FAILPOINT": "F17"}).code == -9
    gateway.play(on_messages(Mute(), message_id=62))
    asked = len(gateway.record.received(61))
    with Screen(command, "--config", space.settings) as screen:
        gateway.wait_until(lambda g: len(g.record.received(61)) > asked)
        _send(screen, (signal.SIGTERM, signal.SIGTERM))
        assert screen.finish() == 130
        assert "Traceback" not in screen.text


def test_a_signal_after_the_summary_changes_nothing(tmp_path: Path, serve: Serve) -> None:
    _, space = _two_deposits(tmp_path, serve)
    with space.screen("--yes") as screen:
        screen.wait_for("Reports and log")
        for number in (signal.SIGTERM, _HANGUP, signal.SIGINT):
            screen.interrupt(number)
        assert screen.finish() == 0
        assert "Traceback" not in screen.text
    assert {row["status"] for row in space.summary().values()} == {"done"}


def test_a_signal_while_the_program_loads_ends_it(tmp_path: Path) -> None:
    # Inside of an exec, where KeyboardInterrupt itself would take the exit code away.
    hook = (
        "import sys\n"
        "class Signal:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'click':\n"
        "            exec('import os; os.kill(os.getpid(), 2); os.getpid()')\n"
        "sys.meta_path.insert(0, Signal())\n"
    )
    (tmp_path / "sitecustomize.py").write_text(hook, encoding="utf-8")
    done = rebalance("--help", env={"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"})
    assert (done.code, done.text) == (130, "interrupted\n")


@pytest.mark.parametrize("command", ["run", "snapshot", "validate-portfolios"])
def test_while_a_silent_gateway_is_waited_for_the_command_ends_at_once(
    tmp_path: Path, command: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        space = workspace(tmp_path, silent.getsockname()[1], TARGETS)
        with Screen(command, "--config", space.settings) as screen:
            silent.settimeout(60)
            connection, _ = silent.accept()
            with connection:
                assert connection.recv(4) == b"API\0"
                screen.interrupt()
                assert screen.finish() == 130
            assert "Traceback" not in screen.text


def _send(screen: Screen, signals: Signals) -> None:
    screen.interrupt(signals[0])
    for number in signals[1:]:
        time.sleep(_APART_SECONDS)
        screen.interrupt(number)


def _two_deposits(folder: Path, serve: Serve) -> tuple[SimulatedGateway, Workspace]:
    gateway = serve(market(*(account(name, usd="50000") for name in TWO)))
    return gateway, workspace(folder, gateway, TARGETS, accounts=TWO)


def _ended(gateway: SimulatedGateway, symbol: str) -> bool:
    return any(order.symbol == symbol and order.is_done for order in gateway.orders)


def _is_working(gateway: SimulatedGateway, symbol: str) -> bool:
    return any(
        order.symbol == symbol and order.status is Status.SUBMITTED for order in gateway.orders
    )
