"""Buys fit the cash, the prices and the hours of the moment they leave, or they do not leave.

What happens while a sell works is also played by the fault cases of `tests/faults/funds.py`.
"""

import sys
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from rebalancer_adapters.gateway import (
    DataLine,
    Delay,
    Fill,
    ForeignOrder,
    MoveCash,
    Mute,
    Rest,
    Scenario,
    at_start,
    on_messages,
    on_orders,
    on_requests,
)
from rebalancer_adapters.gateway.market import Hours, Session
from rebalancer_adapters.gateway.scenario import UNASKED
from tests.cli.conftest import Serve
from tests.support import (
    UNTIL_RELEASED,
    Finished,
    SimulatedGateway,
    Workspace,
    account,
    market,
    workspace,
)

ACCOUNT = "DU111111"
_PROMPT = "Proceed? [y/N]: "
_OPEN_ORDERS, _ACCOUNT_VALUES, _EXECUTION = 16, 76, 11
_NOON = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
_DAY = Session(opens=time(9, 30), closes=time(16, 0))
# The buffer is 1 % of what a test account is worth, about 60,000 dollars.
_FLOOR = Decimal(500)

on_a_terminal = pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo terminals")


@on_a_terminal
@pytest.mark.parametrize("targets", [{"SPY": "60", "IEF": "40"}, {"SPY": "20", "IEF": "80"}])
def test_cash_that_fell_while_the_prompt_stood_is_shown_and_asked_again(
    tmp_path: Path, serve: Serve, targets: dict[str, str]
) -> None:
    gateway = serve(market(account(ACCOUNT, usd="50000", SPY=30)))
    space = workspace(tmp_path, gateway, targets)
    with space.screen() as screen:
        screen.wait_for(_PROMPT)
        gateway.move_cash(ACCOUNT, "-49000")
        screen.type("y")
        screen.wait_for("USD cash fell from $50,000.00 to $1,000.00")
        screen.wait_for(_PROMPT)
        assert not gateway.placed
        screen.type("n")
        assert screen.finish() == 0
    assert not gateway.placed


@on_a_terminal
def test_cash_that_fell_by_less_than_a_dollar_is_not_asked_about_again(
    tmp_path: Path, serve: Serve
) -> None:
    gateway = serve(market(account(ACCOUNT, usd="50000")))
    space = workspace(tmp_path, gateway, {"SPY": "60", "IEF": "40"})
    with space.screen() as screen:
        screen.wait_for(_PROMPT)
        gateway.move_cash(ACCOUNT, "-0.99")
        screen.type("y")
        assert screen.finish() == 0
        assert screen.text.count(_PROMPT) == 1
    assert gateway.cash(ACCOUNT) >= 499


@on_a_terminal
def test_what_no_longer_fits_one_yes_for_all_is_skipped_and_listed(
    tmp_path: Path, serve: Serve
) -> None:
    other = "DU222222"
    gateway = serve(market(account(ACCOUNT, usd="50000"), account(other, usd="50000")))
    space = workspace(
        tmp_path,
        gateway,
        {"SPY": "60", "IEF": "40"},
        accounts=(ACCOUNT, other),
        confirm_mode="global",
    )
    with space.screen() as screen:
        screen.wait_for("Proceed with all of them? [y/N]: ")
        gateway.move_cash(ACCOUNT, "-49000")
        screen.type("y")
        assert screen.finish() == 6
        assert screen.text.count("Proceed") == 1
    assert {each.terms.account for each in gateway.placed} == {other}
    assert "USD cash fell from" in space.summary()[ACCOUNT]["error"]


def test_without_a_prompt_a_plan_is_made_again_once_for_the_cash_that_is_left(
    tmp_path: Path, serve: Serve
) -> None:
    gateway = serve(market(account(ACCOUNT, usd="50000")), _withdrawn("-40000", last=2))
    space = workspace(tmp_path, gateway, {"SPY": "60", "IEF": "40"})
    done = space.run("--yes")
    assert done.code == 0, done.text
    assert "USD cash fell from $50,000.00 to $10,000.00" in done.text
    assert gateway.cash(ACCOUNT) >= 99


def test_without_a_prompt_an_account_that_keeps_changing_is_refused(
    tmp_path: Path, serve: Serve
) -> None:
    gateway = serve(market(account(ACCOUNT, usd="50000")), _withdrawn("-1000"))
    space = workspace(tmp_path, gateway, {"SPY": "60", "IEF": "40"})
    done = space.run("--yes")
    assert done.code == 5, done.text
    assert not gateway.placed
    assert len(space.files("rebalance_pre_*.csv")) == 2


def test_a_saved_plan_is_refused_when_cash_falls_after_it_was_read_again(
    tmp_path: Path, serve: Serve
) -> None:
    gateway = serve(market(account(ACCOUNT, usd="50000")))
    space = workspace(tmp_path, gateway, {"SPY": "60", "IEF": "40"})
    plan = tmp_path / "plan.json"
    assert space.command("plan", "-o", plan).code == 0
    gateway.play(_withdrawn("-40000", last=2))
    done = space.command("apply", plan, "--yes")
    assert done.code == 5, done.text
    assert "USD cash fell from $50,000.00 to $10,000.00" in done.text
    assert not gateway.placed


def test_a_saved_plan_leaves_the_cash_to_a_working_order_of_somebody_else(
    tmp_path: Path, serve: Serve
) -> None:
    gateway = serve(market(account(ACCOUNT, usd="50000")), _foreign_buy(limit="350"))
    space = workspace(tmp_path, gateway, {"SPY": "60", "IEF": "40"})
    plan = tmp_path / "plan.json"
    assert space.command("plan", "-o", plan).code == 0
    done = space.command("apply", plan, "--yes")
    assert done.code == 0, done.text
    assert gateway.cash(ACCOUNT) >= 35000 + _FLOOR


def test_prices_that_rose_while_a_sell_worked_shrink_the_buys(tmp_path: Path, serve: Serve) -> None:
    gateway, space = _selling(tmp_path, serve)
    done = _while_it_sells(gateway, space, lambda: gateway.move_price("IEF", "103"))
    planned = {row["symbol"]: int(row["qty_shares"]) for row in space.pre(ACCOUNT)[:2]}
    assert done.code == 0, done.text
    assert 0 < gateway.shares(ACCOUNT, "IEF") < planned["IEF"]
    assert "fewer shares of IEF" in done.text
    assert gateway.cash(ACCOUNT) >= _FLOOR


@pytest.mark.parametrize(
    ("price", "data", "why"),
    [
        ("110", None, "outside the price collar"),
        (None, DataLine.HALTED, "trading halted"),
        (None, DataLine.NONE, "no price"),
    ],
)
def test_a_buy_whose_price_is_unusable_after_the_sells_is_skipped_with_the_reason(
    tmp_path: Path, serve: Serve, price: str | None, data: DataLine | None, why: str
) -> None:
    gateway, space = _selling(tmp_path, serve)

    def change() -> None:
        if price is not None:
            gateway.move_price("IEF", price)
        if data is not None:
            gateway.set_data("IEF", data)

    done = _while_it_sells(gateway, space, change)
    assert done.code == 6, done.text
    assert [each.symbol for each in gateway.placed] == ["SPY"]
    assert why in _row(space, "IEF")["notes"]
    assert _row(space, "IEF")["status"] == "Skipped"


def test_nothing_is_bought_once_the_market_has_closed(tmp_path: Path, serve: Serve) -> None:
    hours = Hours(liquid=_DAY, trading=_DAY)
    gateway, space = _selling(tmp_path, serve, hours)
    done = _while_it_sells(gateway, space, lambda: gateway.skip(timedelta(hours=4, minutes=1)))
    assert done.code == 6, done.text
    assert [each.symbol for each in gateway.placed] == ["SPY"]
    assert "the market is closed" in _row(space, "IEF")["notes"]


def test_a_deposit_that_came_while_a_sell_worked_is_not_spent_either(
    tmp_path: Path, serve: Serve
) -> None:
    gateway, space = _selling(tmp_path, serve, price=Decimal(500))
    done = _while_it_sells(gateway, space, lambda: gateway.move_cash(ACCOUNT, "20000"))
    assert done.code == 0, done.text
    assert gateway.cash(ACCOUNT) >= 20000


def test_cash_that_a_working_order_of_somebody_else_needs_is_left_to_it(
    tmp_path: Path, serve: Serve
) -> None:
    gateway = serve(market(account(ACCOUNT, usd="50000")), _foreign_buy(limit="350"))
    space = workspace(tmp_path, gateway, {"SPY": "60", "IEF": "40"})
    done = space.run("--yes")
    assert done.code == 0, done.text
    assert gateway.cash(ACCOUNT) >= 35000 + _FLOOR


def test_proceeds_whose_executions_are_told_only_when_asked_are_spent(
    tmp_path: Path, serve: Serve
) -> None:
    unheard = on_messages(Mute(), message_id=_EXECUTION, tag=UNASKED)
    gateway = serve(market(account(ACCOUNT, usd="1000", SPY=100)), unheard)
    space = workspace(tmp_path, gateway, {"SPY": "50", "IEF": "50"})
    done = space.run("--yes")
    assert done.code == 0, done.text
    assert _row(space, "IEF")["status"] == "Filled"


def test_a_buy_dropped_for_want_of_proceeds_is_no_failure(tmp_path: Path, serve: Serve) -> None:
    gateway = serve(
        market(account(ACCOUNT, usd="1000", SPY=100)),
        on_orders(Fill(price=Decimal(560)), side="SELL"),
    )
    space = workspace(
        tmp_path, gateway, {"SPY": "50", "IEF": "47", "BIL": "3"}, min_order_usd="1000"
    )
    done = space.run("--yes")
    assert done.code == 0, done.text
    assert _row(space, "BIL")["status"] == "Skipped"
    assert "no cash left" in _row(space, "BIL")["notes"]
    assert space.summary()[ACCOUNT]["status"] == "done"


def test_the_rest_of_an_algo_order_is_fitted_to_the_price_at_which_it_goes(
    tmp_path: Path, serve: Serve
) -> None:
    gateway = serve(market(account(ACCOUNT, usd="50000")), on_orders(Rest(), last=1))
    space = workspace(
        tmp_path,
        gateway,
        {"SPY": "100"},
        algo_preference="midprice",
        wait_before_fallback="2",
        plan_ttl_sec="12",
    )
    with space.start("--yes") as running:
        gateway.wait_until(lambda each: bool(each.orders))
        gateway.move_price("SPY", "625")
        done = running.finish()
    assert done.code == 0, done.text
    assert "fewer shares of SPY: 79 of 82" in space.summary()[ACCOUNT]["notes"]
    first, rest = gateway.placed
    assert (first.terms.quantity, first.terms.order_type) == (Decimal(82), "MIDPRICE")
    assert (rest.terms.quantity, rest.terms.order_type) == (Decimal(79), "MKT")
    assert gateway.cash(ACCOUNT) >= _FLOOR - 10


def _selling(
    folder: Path, serve: Serve, hours: Hours | None = None, price: Decimal | None = None
) -> tuple[SimulatedGateway, Workspace]:
    """A sell that works until the test lets it fill, and pays for a buy of IEF."""
    start = None if hours is None else _NOON
    gateway = serve(
        market(
            account(ACCOUNT, usd="1000", SPY=100),
            hours=hours,
            start=start,
        ),
        on_orders(Fill(after_seconds=UNTIL_RELEASED, price=price), side="SELL"),
    )
    return gateway, workspace(folder, gateway, {"SPY": "50", "IEF": "50"})


def _while_it_sells(gateway: SimulatedGateway, space: Workspace, change: object) -> Finished:
    assert callable(change)
    with space.start("--yes") as program:
        gateway.wait_until(lambda g: bool(g.orders) or program.has_ended)
        change()
        gateway.release()
        return program.finish()


def _withdrawn(amount: str, last: int | None = None) -> Scenario:
    """Money leaves each time the account is read again, after the first reading."""
    gone = MoveCash(account=ACCOUNT, amount=Decimal(amount))
    late = on_requests(Delay(seconds=Decimal("0.05")), message_id=_ACCOUNT_VALUES)
    return late + on_requests(gone, message_id=_OPEN_ORDERS, first=2, last=last)


def _foreign_buy(limit: str | None, shares: str = "100") -> Scenario:
    return at_start(
        ForeignOrder(
            account=ACCOUNT,
            symbol="GLD",
            side="BUY",
            quantity=Decimal(shares),
            limit_price=None if limit is None else Decimal(limit),
            client_id=7,
        )
    )


def _row(space: Workspace, symbol: str) -> dict[str, str]:
    return next(row for row in space.post(ACCOUNT) if row["symbol"] == symbol)
