"""A bug while orders are out: what is known is reported, nothing more is sent, the code says so."""

from pathlib import Path

import pytest
from attrs import frozen

from rebalancer_adapters.gateway import Remark, Scenario, on_orders
from tests.cli.broken_library import How
from tests.support import (
    Finished,
    Placed,
    SimulatedGateway,
    Workspace,
    account,
    market,
    rebalance,
    workspace,
)

FIRST, SECOND = "DU111111", "DU222222"
_UNKNOWN_OUTCOME, _BUG = 7, 1
_AFTER_SENDING = ("placeOrder", How.FAIL_AFTERWARDS)
_INSTEAD_OF_SENDING = ("placeOrder", How.BREAK)
_ASKING_FOR_EVIDENCE = ("reqCompletedOrders", How.FAIL)

Broke = tuple[str, How]


@frozen(kw_only=True)
class Broken:
    """A run that a bug ended."""

    code: int
    text: str
    space: Workspace
    placed: tuple[Placed, ...]


@pytest.mark.parametrize("how", [_AFTER_SENDING, _INSTEAD_OF_SENDING])
def test_an_order_that_a_bug_leaves_open_is_reported_as_unknown(tmp_path: Path, how: Broke) -> None:
    run = _run(tmp_path, how)
    assert run.code == _UNKNOWN_OUTCOME, run.text
    rows = {row["symbol"]: row for row in run.space.post(FIRST)}
    assert rows["IEF"]["status"] == "Unknown"
    assert rows["SPY"]["status"] == "Skipped"
    assert "the library broke" in rows["SPY"]["notes"]
    assert {placed.symbol for placed in run.placed} <= {"IEF"}


def test_the_bug_is_in_the_log_with_its_traceback_and_on_the_screen_in_a_sentence(
    tmp_path: Path,
) -> None:
    run = _run(tmp_path, _AFTER_SENDING)
    assert "Traceback (most recent call last)" in run.space.log()
    assert "OSError: the library broke" in run.space.log()
    assert "Traceback" not in run.text
    assert "the library broke" in run.text


def test_a_bug_stops_the_accounts_behind_it(tmp_path: Path) -> None:
    run = _run(tmp_path, _AFTER_SENDING)
    assert {placed.terms.account for placed in run.placed} == {FIRST}
    summary = run.space.summary()
    assert (summary[FIRST]["status"], summary[SECOND]["status"]) == ("unknown", "failed")
    assert "not traded" in summary[SECOND]["error"]
    run.space.page()


def test_a_bug_that_leaves_no_order_open_is_exit_1(tmp_path: Path) -> None:
    # The broker's lists are asked for where something was said of an order.
    preset = on_orders(Remark(code=10349, text="Order TIF was set to DAY based on order preset."))
    run = _run(tmp_path, _ASKING_FOR_EVIDENCE, preset)
    assert run.code == _BUG, run.text
    assert {row["status"] for row in run.space.post(FIRST) if row["order_ref"]} == {"Filled"}
    assert {each["status"] for each in run.space.summary().values()} == {"failed"}
    assert "Traceback" not in run.text


def test_recovery_settles_what_a_bug_left_open(tmp_path: Path) -> None:
    with _gateway() as gateway:
        space = _space(tmp_path, gateway)
        assert _play(space, _AFTER_SENDING).code == _UNKNOWN_OUTCOME
        assert space.command("recover").code == 0
        rows = {row["symbol"]: row for row in space.post(FIRST)}
        assert rows["IEF"]["status"] == "Filled"
        assert gateway.shares(FIRST, "IEF") > 0


def _run(folder: Path, how: Broke, scenario: Scenario | None = None) -> Broken:
    with _gateway(scenario) as gateway:
        space = _space(folder, gateway)
        done = _play(space, how)
        return Broken(
            code=done.code,
            text=done.text,
            space=space,
            placed=gateway.placed,
        )


def _gateway(scenario: Scenario | None = None) -> SimulatedGateway:
    accounts = (account(FIRST, usd="50000"), account(SECOND, usd="50000"))
    return SimulatedGateway(market(*accounts), scenario)


def _space(folder: Path, gateway: SimulatedGateway) -> Workspace:
    targets = {"SPY": "45", "IEF": "45", "CASH": "10"}
    return workspace(folder, gateway, targets, accounts=(FIRST, SECOND))


def _play(space: Workspace, broke: Broke) -> Finished:
    request, how = broke
    flags = ("run", "--yes", "--config", space.settings)
    return rebalance(request, how.value, *flags, program="tests.cli.broken_library")
