"""After a lost link: `status` says what is open, `recover`, `resolve` and `report` close it."""

import json
import sys
from pathlib import Path

import pytest

from rebalancer_adapters.gateway import Rest, Status, on_orders
from tests.cli.conftest import Serve
from tests.support import SimulatedGateway, Workspace, account, market, workspace

TARGETS = {"SPY": "60", "IEF": "40"}
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo terminals")


@pytest.fixture
def cut(tmp_path: Path, serve: Serve) -> tuple[SimulatedGateway, Workspace]:
    """A run whose connection was cut while its IEF order was resting; SPY was filled."""
    gateway = serve(
        market(account("DU111111", usd="50000")), on_orders(Rest(), symbol="IEF", first=1, last=1)
    )
    space = workspace(tmp_path, gateway, TARGETS)
    with space.screen("--yes") as screen:
        gateway.wait_until(
            lambda g: (
                {o.status for o in g.orders} == {Status.SUBMITTED, Status.FILLED}
                and "filled" in screen.text
            )
        )
        gateway.cut_connections()
        assert screen.finish() == 7
    return gateway, space


def test_an_open_order_is_told_settled_and_reported(
    cut: tuple[SimulatedGateway, Workspace],
) -> None:
    gateway, space = cut
    told = space.command("status", "--json")
    assert told.code == 7
    (left,) = json.loads(told.stdout)["open_orders"]
    assert (left["symbol"], left["known"]) == ("IEF", "unknown")

    working = space.command("recover")
    assert working.code == 7
    assert "still working at the broker" in working.stdout
    assert {o.status for o in gateway.orders} == {Status.SUBMITTED, Status.FILLED}

    settled = space.command("recover", "--cancel")
    assert settled.code == 0, settled.stdout + settled.stderr
    assert "cancelled, as this program requested" in settled.stdout
    assert "rejected" not in settled.stdout
    assert {o.status for o in gateway.orders} == {Status.CANCELLED, Status.FILLED}
    assert space.command("status").code == 0
    assert len(gateway.placed) == 2

    statuses = {row["symbol"]: row["status"] for row in space.post("DU111111") if row["order_ref"]}
    assert statuses == {"SPY": "Filled", "IEF": "Cancelled"}


def test_an_account_with_an_unknown_order_is_not_traded_again(
    cut: tuple[SimulatedGateway, Workspace],
) -> None:
    gateway, space = cut
    again = space.run("--yes")
    assert again.code == 7
    assert "still working at the broker" in space.summary()["DU111111"]["error"]
    assert len(gateway.placed) == 2


def test_with_cancel_own_a_run_clears_its_leftovers_and_trades_the_rest(
    cut: tuple[SimulatedGateway, Workspace],
) -> None:
    gateway, space = cut
    again = space.run("--yes", env={"REBALANCE_SAFETY_ON_OPEN_ORDERS": "cancel_own"})
    assert again.code == 0, again.stdout + again.stderr
    filled = {o.symbol: o.filled for o in gateway.orders if o.status is Status.FILLED}
    assert set(filled) == {"SPY", "IEF"}
    assert [each.symbol for each in gateway.placed].count("SPY") == 1


def test_a_human_has_the_last_word_with_a_reason(cut: tuple[SimulatedGateway, Workspace]) -> None:
    _, space = cut
    (left,) = json.loads(space.command("status", "--json").stdout)["open_orders"]
    ref = left["order_ref"]
    assert space.command("resolve", ref, "--filled", "0", "--reason", " ").code == 2
    assert space.command("resolve", ref, "--filled", "100000", "--reason", "seen").code == 2
    assert space.command("resolve", "rb1-0-1", "--filled", "0", "--reason", "seen").code == 2
    done = space.command("resolve", ref, "--filled", "0", "--reason", "seen in TWS", "--yes")
    assert done.code == 0, done.stderr
    assert space.command("status").code == 0
    run = json.loads(space.command("status", "--json").stdout)["runs"][-1]["run_id"]
    report = space.command("report", run, "--offline")
    assert report.code == 0, report.stderr
    notes = {row["symbol"]: row["notes"] for row in space.post("DU111111") if row["order_ref"]}
    assert "seen in TWS" in notes["IEF"]


def test_a_run_that_nobody_made_has_no_report(cut: tuple[SimulatedGateway, Workspace]) -> None:
    _, space = cut
    missing = space.command("report", "00000000", "--offline")
    assert missing.code == 2
    assert "the last are" in missing.stderr
