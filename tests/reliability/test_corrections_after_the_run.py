"""Cards about corrections that no run heard of: `recover` and the next run ask for them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from rebalancer_adapters.gateway import (
    Correct,
    Fill,
    Mute,
    Rest,
    Scenario,
    Status,
    on_messages,
    on_orders,
)
from tests.cli.conftest import Serve
from tests.reliability.run_facts import ACCOUNT, row_of, sent, statuses
from tests.support import UNTIL_RELEASED, SimulatedGateway, Workspace, account, market, workspace

TARGETS = {"SPY": "60", "IEF": "40"}
BUST = Correct(quantity=Decimal(0), after_seconds=UNTIL_RELEASED)
DEARER = Correct(price=Decimal("600.50"), after_seconds=UNTIL_RELEASED)
_EXECUTION = 11
_CORRECTED = "was Filled, 50 shares at $600.0100, commission $1.00; is "


def _traded(
    tmp_path: Path, serve: Serve, correction: Correct, start: datetime | None = None
) -> tuple[SimulatedGateway, Workspace]:
    """A run that filled everything; the correction of SPY comes when it is over."""
    gateway = serve(
        market(account(ACCOUNT, usd="50000"), start=start),
        on_orders(Fill(), correction, symbol="SPY"),
    )
    space = workspace(tmp_path, gateway, TARGETS)
    done = space.run("--yes")
    assert done.code == 0, done.text
    assert statuses(space) == {"SPY": "Filled", "IEF": "Filled"}
    _correct(gateway)
    return gateway, space


def _is_told_filled(space: Workspace) -> bool:
    texts = [path.read_text(encoding="utf-8") for path in space.files("rebalance_*.log")]
    return any("SPY" in line and "filled" in line for text in texts for line in text.splitlines())


def _correct(gateway: SimulatedGateway) -> None:
    gateway.release()
    gateway.wait_until(lambda g: any(e.exec_id.endswith(".02") for e in g.executions))


def test_a_bust_told_after_the_run_is_found_and_left_to_a_person(
    tmp_path: Path, serve: Serve
) -> None:
    gateway, space = _traded(tmp_path, serve, BUST)
    found = space.command("recover")
    assert found.code == 7, found.text
    assert (
        f"{_CORRECTED}Unknown, 0 shares: a correction reduced the filled quantity" in found.stdout
    )
    assert "conflict: a correction reduced the filled quantity" in found.stdout
    row = row_of(space, "SPY")
    assert (row["status"], row["exec_qty_shares"], row["exec_price"]) == ("Unknown", "0", "")
    assert statuses(space)["IEF"] == "Filled"

    again = space.command("recover")
    assert again.code == 7, again.text
    assert "was Filled" not in again.text
    assert len(space.all_post(ACCOUNT)) == 2

    known = space.command(
        "resolve", row["order_ref"], "--filled", "0", "--reason", "busted", "--yes"
    )
    assert known.code == 0, known.text
    closed = space.command("recover")
    assert closed.code == 0, closed.text
    assert "No open orders" in closed.stdout
    assert sorted(sent(gateway)) == ["IEF", "SPY"]


def test_a_bust_told_after_the_run_keeps_the_next_run_from_trading(
    tmp_path: Path, serve: Serve
) -> None:
    gateway, space = _traded(tmp_path, serve, BUST)
    stopped = space.run("--yes")
    assert stopped.code == 7, stopped.text
    assert f"{_CORRECTED}Unknown, 0 shares" in stopped.stderr
    assert row_of(space, "SPY")["status"] == "Unknown"
    assert sorted(sent(gateway)) == ["IEF", "SPY"]


def test_a_price_corrected_after_the_run_is_in_the_report_once_recovery_asked(
    tmp_path: Path, serve: Serve
) -> None:
    _, space = _traded(tmp_path, serve, DEARER)
    found = space.command("recover")
    assert found.code == 0, found.text
    assert f"{_CORRECTED}Filled, 50 shares at $600.5000, commission $1.00" in found.stdout
    assert "report of run" in found.stdout
    assert (row_of(space, "SPY")["exec_price"], statuses(space)["SPY"]) == ("600.5", "Filled")

    again = space.command("recover")
    assert again.code == 0, again.text
    assert "was Filled" not in again.text
    assert len(space.all_post(ACCOUNT)) == 2


def test_whom_to_ask_is_decided_by_the_brokers_day_not_by_this_computers(
    tmp_path: Path, serve: Serve
) -> None:
    _, space = _traded(tmp_path, serve, DEARER, start=datetime.now(UTC) + timedelta(days=1))
    found = space.command("recover")
    assert found.code == 0, found.text
    assert f"{_CORRECTED}Filled, 50 shares at $600.5000, commission $1.00" in found.stdout


def test_a_price_corrected_after_the_run_does_not_stop_the_next_one(
    tmp_path: Path, serve: Serve
) -> None:
    _, space = _traded(tmp_path, serve, DEARER)
    done = space.run("--yes")
    assert done.code == 0, done.text
    assert f"{_CORRECTED}Filled, 50 shares at $600.5000" in done.stderr
    assert row_of(space, "SPY")["exec_price"] == "600.5"


def test_a_bust_lost_with_the_link_is_found_beside_the_order_that_was_cut_off(
    tmp_path: Path, serve: Serve
) -> None:
    gateway = serve(
        market(account(ACCOUNT, usd="50000")),
        on_orders(Fill(), BUST, symbol="SPY") + on_orders(Rest(), symbol="IEF"),
    )
    space = workspace(tmp_path, gateway, TARGETS, order_deadline_sec="60")
    with space.start("--yes") as running:
        gateway.wait_until(
            lambda g: (
                {o.status for o in g.orders} == {Status.FILLED, Status.SUBMITTED}
                and _is_told_filled(space)
            )
        )
        gateway.cut_connections()
        assert running.finish().code == 7
    assert statuses(space) == {"SPY": "Filled", "IEF": "Unknown"}
    _correct(gateway)
    found = space.command("recover", "--cancel")
    assert found.code == 7, found.text
    assert f"{_CORRECTED}Unknown, 0 shares" in found.stdout
    assert statuses(space) == {"SPY": "Unknown", "IEF": "Cancelled"}


def test_a_finished_order_whose_executions_are_told_no_more_stays_as_it_was(
    tmp_path: Path, serve: Serve
) -> None:
    gateway, space = _traded(tmp_path, serve, BUST)
    gateway.play(on_messages(Mute(), message_id=_EXECUTION))
    silent = space.command("recover")
    assert silent.code == 0, silent.text
    assert "No open orders" in silent.stdout
    assert statuses(space) == {"SPY": "Filled", "IEF": "Filled"}
    assert len(space.all_post(ACCOUNT)) == 1
    gateway.play(Scenario())
    assert space.command("recover").code == 7


def test_finished_orders_that_cannot_be_asked_about_end_recovery_with_4(
    tmp_path: Path, serve: Serve
) -> None:
    _, space = _traded(tmp_path, serve, BUST)
    unasked = space.command("recover", env={"REBALANCE_IBKR_PORT": "1"})
    assert unasked.code == 4, unasked.text
    assert "No open orders" in unasked.stdout
    assert statuses(space) == {"SPY": "Filled", "IEF": "Filled"}


def test_a_report_asked_for_again_takes_the_correction_in_and_says_so(
    tmp_path: Path, serve: Serve
) -> None:
    _, space = _traded(tmp_path, serve, DEARER)
    run = row_of(space, "SPY")["order_ref"].split("-")[1]
    told = space.command("report", run)
    assert told.code == 0, told.text
    assert f"{_CORRECTED}Filled, 50 shares at $600.5000" in told.stderr
    assert row_of(space, "SPY")["exec_price"] == "600.5"
    assert space.command("report", run).stderr == ""
