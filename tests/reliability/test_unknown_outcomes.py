"""Cards about orders whose outcome is in doubt: it is asked for, never guessed."""

from decimal import Decimal
from pathlib import Path

import pytest

from rebalancer_adapters.gateway import (
    Alter,
    CrossCancel,
    Cut,
    Fill,
    Lose,
    Outage,
    Remark,
    Restart,
    Status,
    at_start,
    on_messages,
    on_orders,
    on_placed_orders,
    wrong_account_echo,
)
from rebalancer_adapters.gateway.market import Instrument, Market, Quote
from tests.cli.conftest import Serve
from tests.reliability.run_facts import ACCOUNT, row_of, sent, statuses
from tests.support import account, market, workspace

_ECHOED_ACCOUNT = 20  # the field of the message
TARGETS = {"SPY": "60", "IEF": "40"}


def test_a_notice_that_the_library_takes_for_a_cancel_brings_no_second_order(
    tmp_path: Path, serve: Serve
) -> None:
    """Card T01."""
    notice = Remark(code=10349, text="Order TIF was set to DAY based on order preset.")
    gateway = serve(
        market(account(ACCOUNT, usd="50000")),
        on_orders(notice, Fill(after_seconds=Decimal("0.5"))),
    )
    space = workspace(
        tmp_path, gateway, TARGETS, algo_preference="adaptive", fallback_plain_market="true"
    )
    done = space.run("--yes")
    assert done.code == 0, done.text
    assert sorted(sent(gateway)) == ["IEF", "SPY"]
    assert statuses(space) == {"SPY": "Filled", "IEF": "Filled"}


def test_a_connection_that_breaks_in_a_batch_leaves_unknowns_that_recovery_settles(
    tmp_path: Path, serve: Serve
) -> None:
    """Card T04."""
    symbols = tuple(f"E{number:02d}" for number in range(60))
    gateway = serve(_wide_market(symbols), on_placed_orders(Cut(reset=True), first=3, last=3))
    space = workspace(tmp_path, gateway, dict.fromkeys(symbols, "1.6"), max_orders="60")
    space.portfolios.write_text(
        space.portfolios.read_text(encoding="utf-8") + "CASH,4\n", encoding="utf-8"
    )
    broken = space.run("--yes")
    assert broken.code == 7, broken.text
    took = sent(gateway)
    assert len(took) == 3
    assert set(statuses(space).values()) <= {"Unknown", "Filled", "Skipped"}
    # At most five beside those that the gateway took were out without an answer.
    assert len([each for each in statuses(space).values() if each == "Skipped"]) >= 60 - 3 - 5
    recovered = space.command("recover")
    assert len(sent(gateway)) == 3, "recovery sends no order"
    assert recovered.code == 7, recovered.text
    gateway.play(at_start(Restart()))
    closed = space.close_silent(ACCOUNT, "gateway restarted")
    assert closed.code == 0, closed.text
    settled = space.command("recover")
    assert settled.code == 0, settled.text
    assert len(sent(gateway)) == 3
    assert [statuses(space)[symbol] for symbol in took] == ["Filled"] * 3


def test_an_order_filled_behind_a_crash_is_not_bought_again(tmp_path: Path, serve: Serve) -> None:
    """Card T05."""
    gateway = serve(market(account(ACCOUNT, usd="50000")))
    space = workspace(tmp_path, gateway, TARGETS)
    space.run("--yes", env={"REBALANCE_FAILPOINT": "F15"})
    gateway.wait_until_left()
    (first,) = sent(gateway)
    again = space.run("--yes")
    assert again.code == 0, again.text
    assert f"{first}): filled" in again.stderr
    assert sorted(sent(gateway)) == ["IEF", "SPY"]
    traded = {row["symbol"]: row["action"] for row in space.pre(ACCOUNT)}
    assert traded[first] == "NONE"


def test_an_order_that_never_left_before_a_crash_is_planned_again(
    tmp_path: Path, serve: Serve
) -> None:
    """Card T06."""
    gateway = serve(market(account(ACCOUNT, usd="50000")))
    space = workspace(tmp_path, gateway, TARGETS)
    space.run("--yes", env={"REBALANCE_FAILPOINT": "F13"})
    gateway.wait_until_left()
    assert sent(gateway) == []
    again = space.run("--yes")
    assert again.code == 0, again.text
    assert "never reached the broker" in again.stderr
    assert sorted(sent(gateway)) == ["IEF", "SPY"]


def test_an_order_that_was_handed_over_is_not_called_lost(tmp_path: Path, serve: Serve) -> None:
    """Card T06, its other side: the gateway's free order id proves nothing, so no second order."""
    gateway = serve(market(account(ACCOUNT, usd="50000")), on_orders(Lose(), symbol="SPY"))
    space = workspace(tmp_path, gateway, TARGETS, ack_timeout_sec="1")
    doubtful = space.run("--yes")
    assert doubtful.code == 7, doubtful.text
    assert statuses(space)["SPY"] == "Unknown"
    before = sent(gateway)
    locked = space.run("--yes")
    assert locked.code == 7, locked.text
    assert sent(gateway) == before


def test_a_cancel_that_crosses_a_fill_keeps_the_fill(tmp_path: Path, serve: Serve) -> None:
    """Card T08."""
    late = CrossCancel(answer="PendingCancel", after_seconds=Decimal("0.3"))
    gateway = serve(market(account(ACCOUNT, usd="50000")), on_orders(late))
    space = workspace(tmp_path, gateway, {"SPY": "98", "CASH": "2"}, algo_preference="adaptive")
    with space.start("--yes") as running:
        gateway.wait_until(lambda g: any(o.status is Status.SUBMITTED for o in g.orders))
        running.interrupt()
        done = running.finish()
    assert done.code == 130, done.text
    assert statuses(space) == {"SPY": "Filled"}
    assert sent(gateway) == ["SPY"]


def test_a_fill_told_a_second_after_a_confirmed_cancel_is_reported(
    tmp_path: Path, serve: Serve
) -> None:
    """Card T08, with the cancel confirmed before the fill is told."""
    late = CrossCancel(answer="Cancelled", after_seconds=Decimal(1))
    gateway = serve(market(account(ACCOUNT, usd="50000")), on_orders(late))
    space = workspace(tmp_path, gateway, {"SPY": "98", "CASH": "2"})
    with space.start("--yes") as running:
        gateway.wait_until(lambda g: any(o.status is Status.SUBMITTED for o in g.orders))
        running.interrupt()
        done = running.finish()
    assert done.code == 130, done.text
    assert statuses(space) == {"SPY": "Filled"}
    assert sent(gateway) == ["SPY"]


def test_an_echo_under_another_account_halts_the_run_and_locks_the_account(
    tmp_path: Path, serve: Serve
) -> None:
    """Card T13."""
    gateway = serve(market(account(ACCOUNT, usd="50000")), wrong_account_echo("DU999999"))
    space = workspace(tmp_path, gateway, TARGETS, batch_orders="false")
    halted = space.run("--yes")
    assert halted.code == 7, halted.text
    assert len(sent(gateway)) == 1
    assert "DU999999" in halted.text
    assert sorted(statuses(space).values()) == ["Skipped", "Unknown"]
    locked = space.run("--yes")
    assert locked.code == 7, locked.text
    assert len(sent(gateway)) == 1


def test_one_echo_under_another_account_keeps_the_unsent_orders_back(
    tmp_path: Path, serve: Serve
) -> None:
    """Card T13, of a batch: what is sent from then on might go astray as well."""
    symbols = tuple(f"E{number:02d}" for number in range(30))
    astray = on_messages(Alter(field=_ECHOED_ACCOUNT, text="DU999999"), message_id=5, symbol="E03")
    gateway = serve(_wide_market(symbols), astray)
    space = workspace(tmp_path, gateway, dict.fromkeys(symbols, "3") | {"CASH": "10"})
    halted = space.run("--yes")
    assert halted.code == 7, halted.text
    # The first goes alone, then five at a time; the echo comes soon after its order has left.
    assert 4 <= len(sent(gateway)) < 20
    assert list(statuses(space).values()).count("Skipped") == 30 - len(sent(gateway))


@pytest.mark.parametrize("mode", ["per_account", "global"])
def test_an_echo_of_another_account_halts_the_accounts_that_follow(
    tmp_path: Path, serve: Serve, mode: str
) -> None:
    other = "DU222222"
    world = market(account(ACCOUNT, usd="50000"), account(other, usd="50000"))
    gateway = serve(world, wrong_account_echo(other))
    space = workspace(tmp_path, gateway, TARGETS, accounts=(ACCOUNT, other))
    halted = space.run("--yes", "--confirm-mode", mode)
    assert halted.code == 7, halted.text
    assert len(sent(gateway)) == 1
    assert "the run was halted" in space.summary()[other]["error"]
    assert f"names account {other}" in space.summary()[other]["error"]


def test_an_unlisted_code_on_a_live_order_is_asked_about(tmp_path: Path, serve: Serve) -> None:
    """Card T15."""
    odd = Remark(code=19999, text="Something new")
    gateway = serve(
        market(account(ACCOUNT, usd="50000")), on_orders(odd, Fill(after_seconds=Decimal(1)))
    )
    space = workspace(tmp_path, gateway, TARGETS)
    done = space.run("--yes")
    assert done.code == 0, done.text
    assert statuses(space) == {"SPY": "Filled", "IEF": "Filled"}
    assert sorted(sent(gateway)) == ["IEF", "SPY"]
    assert "unknown" in done.stderr
    assert "19999" in row_of(space, "SPY")["notes"]


@pytest.mark.parametrize("back", [1101, 1102])
def test_fills_in_the_dark_are_asked_for_when_the_link_is_back(
    tmp_path: Path, serve: Serve, back: int
) -> None:
    """Card T17."""
    gateway = serve(
        market(account(ACCOUNT, usd="50000")),
        on_orders(Fill(after_seconds=Decimal("0.5")))
        + on_placed_orders(Outage(seconds=Decimal("1.5"), back=back), first=2, last=2),
    )
    space = workspace(tmp_path, gateway, TARGETS)
    done = space.run("--yes")
    assert done.code == 0, done.text
    assert statuses(space) == {"SPY": "Filled", "IEF": "Filled"}
    assert sorted(sent(gateway)) == ["IEF", "SPY"]


def _wide_market(symbols: tuple[str, ...]) -> Market:
    """As many ETFs at 10 dollars, and cash for them."""
    quote = Quote(bid=Decimal("9.99"), ask=Decimal("10.01"), last=Decimal(10), close=Decimal(10))
    return Market(
        [
            (
                Instrument(
                    symbol=symbol,
                    con_id=1000 + number,
                    primary_exchange="ARCA",
                    currency="USD",
                    stock_type="ETF",
                    name=f"{symbol} ETF",
                    local_symbol=symbol,
                    trading_class=symbol,
                ),
                quote,
            )
            for number, symbol in enumerate(symbols)
        ],
        (account(ACCOUNT, usd="100000"),),
    )
