"""Cards about what is refused before anything is sent, and about records that cannot be kept."""

import shutil
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from rebalancer_adapters.gateway import (
    Alter,
    DataLine,
    Fill,
    Ignore,
    Mute,
    Status,
    hidden_position,
    on_messages,
    on_orders,
    on_requests,
)
from rebalancer_adapters.gateway.market import Hours, Session
from tests.cli.conftest import Serve
from tests.reliability.run_facts import ACCOUNT, row_of, sent, statuses
from tests.support import (
    UNTIL_RELEASED,
    account,
    market,
    workspace,
)

TARGETS = {"SPY": "60", "IEF": "40"}
OTHER = "DU222222"
_REQUEST_POSITIONS = 61
_CONTRACT_DETAILS = 10
_LIQUID_HOURS = 27  # the field of the message
_MARKET_DATA_TYPE = 58
# A Friday, 16:01 in New York.
_AFTER_THE_CLOSE = datetime(2026, 11, 20, 21, 1, tzinfo=UTC)
NEW_YORK = Hours(
    liquid=Session(opens=time(9, 30), closes=time(16)),
    trading=Session(opens=time(4), closes=time(20)),
)
HALF_DAY = Hours(
    liquid=Session(opens=time(9, 30), closes=time(13)),
    trading=Session(opens=time(4), closes=time(17)),
    closed=frozenset({date(2026, 11, 26)}),
)


def test_a_missing_position_stops_the_account_with_the_difference(
    tmp_path: Path, serve: Serve
) -> None:
    """Card T03."""
    gateway = serve(market(account(ACCOUNT, usd="5000", SPY=50, GLD=3)), hidden_position("GLD"))
    space = workspace(tmp_path, gateway, TARGETS)
    done = space.run("--yes")
    assert done.code == 4, done.text
    assert "but IBKR reports" in done.text
    assert sent(gateway) == []


def test_delayed_prices_without_the_word_that_they_are_trade_nothing(
    tmp_path: Path, serve: Serve
) -> None:
    """Card T11."""
    gateway = serve(
        market(account(ACCOUNT, usd="50000")), on_messages(Mute(), message_id=_MARKET_DATA_TYPE)
    )
    gateway.set_data("SPY", DataLine.DELAYED)
    space = workspace(tmp_path, gateway, TARGETS, allow_delayed="true")
    done = space.run("--yes")
    assert "SPY" not in sent(gateway)
    assert next(row for row in space.pre(ACCOUNT) if row["symbol"] == "SPY")["action"] == "NONE"
    assert done.code in {0, 5}, done.text


def test_a_minute_after_the_close_nothing_is_sent(tmp_path: Path, serve: Serve) -> None:
    """Card T12."""
    gateway = serve(market(account(ACCOUNT, usd="50000"), hours=NEW_YORK, start=_AFTER_THE_CLOSE))
    space = workspace(tmp_path, gateway, TARGETS)
    done = space.run("--yes")
    assert done.code == 5, done.text
    assert "opens Mon 2026-11-23 14:30 UTC" in space.summary()[ACCOUNT]["error"]
    assert sent(gateway) == []


def test_an_order_that_the_broker_keeps_for_the_open_is_cancelled_and_told(
    tmp_path: Path, serve: Serve
) -> None:
    """Card T12, behind a gate that was told the wrong hours."""
    too_long = Alter(field=_LIQUID_HOURS, text="20261120:0930-20261120:2000")
    gateway = serve(
        market(account(ACCOUNT, usd="50000"), hours=NEW_YORK, start=_AFTER_THE_CLOSE),
        on_messages(too_long, message_id=_CONTRACT_DETAILS),
    )
    space = workspace(tmp_path, gateway, TARGETS, ack_timeout_sec="1")
    done = space.run("--yes")
    assert done.code == 6, done.text
    assert statuses(space) == {"SPY": "Cancelled", "IEF": "Cancelled"}
    assert "399" in row_of(space, "SPY")["notes"]
    assert [order.status for order in gateway.orders] == [Status.CANCELLED] * 2


def test_a_report_that_cannot_be_written_is_told_and_rebuilt(tmp_path: Path, serve: Serve) -> None:
    """Card T14, behind the orders; before them it is `tests/crash/test_full_disk.py`."""
    gateway = serve(
        market(account(ACCOUNT, usd="50000")), on_orders(Fill(after_seconds=UNTIL_RELEASED))
    )
    space = workspace(tmp_path, gateway, TARGETS)
    with space.start("--yes") as running:
        gateway.wait_until(lambda g: len(g.orders) == 2)
        shutil.rmtree(space.report_dir)
        space.report_dir.write_text("a file where the folder was", encoding="utf-8")
        gateway.release()
        done = running.finish()
    assert done.code == 8, done.text
    assert "Traceback" not in done.text
    space.report_dir.unlink()
    run_id = gateway.orders[0].order_ref.split("-")[1]
    rebuilt = space.command("report", run_id)
    assert rebuilt.code == 0, rebuilt.text
    assert statuses(space) == {"SPY": "Filled", "IEF": "Filled"}
    again = space.run("--yes")
    assert again.code == 0, again.text
    assert len(sent(gateway)) == 2


def test_an_account_without_data_does_not_keep_the_next_from_trading(
    tmp_path: Path, serve: Serve
) -> None:
    """Card T16."""
    gateway = serve(
        market(account(ACCOUNT, usd="5000", GLD=10), account(OTHER, usd="50000")),
        hidden_position("GLD", account=ACCOUNT),
    )
    space = workspace(tmp_path, gateway, TARGETS, accounts=(ACCOUNT, OTHER))
    done = space.run("--yes")
    assert done.code == 6, done.text
    rows = space.summary()
    assert (rows[ACCOUNT]["status"], rows[OTHER]["status"]) == ("failed", "done")
    assert {placed.terms.account for placed in gateway.placed} == {OTHER}


@pytest.mark.parametrize(
    ("hours", "start", "code"),
    [
        # The Sunday night of the end of summer time and the Monday after: an hour's difference.
        (NEW_YORK, datetime(2026, 10, 30, 13, 31, tzinfo=UTC), 0),
        (NEW_YORK, datetime(2026, 11, 2, 13, 31, tzinfo=UTC), 5),
        (NEW_YORK, datetime(2026, 11, 2, 14, 31, tzinfo=UTC), 0),
        # The half day after Thanksgiving ends at one o'clock in New York.
        (HALF_DAY, datetime(2026, 11, 27, 17, 45, tzinfo=UTC), 0),
        (HALF_DAY, datetime(2026, 11, 27, 18, 1, tzinfo=UTC), 5),
    ],
)
def test_the_brokers_clock_and_hours_decide_and_not_this_computers(
    tmp_path: Path, serve: Serve, hours: Hours, start: datetime, code: int
) -> None:
    """Card T20: every one of these instants is another one than this computer's."""
    gateway = serve(market(account(ACCOUNT, usd="50000"), hours=hours, start=start))
    space = workspace(tmp_path, gateway, TARGETS)
    done = space.run("--yes")
    assert done.code == code, done.text
    assert len(sent(gateway)) == (2 if code == 0 else 0)


def test_positions_that_never_come_are_not_an_empty_account(tmp_path: Path, serve: Serve) -> None:
    """Card T02."""
    ignored = on_requests(Ignore(), message_id=_REQUEST_POSITIONS)
    gateway = serve(market(account(ACCOUNT, usd="50000")), ignored)
    done = workspace(tmp_path, gateway, TARGETS).run("--yes")
    assert done.code == 4, done.text
    assert sent(gateway) == []
    assert "positions" in done.text
