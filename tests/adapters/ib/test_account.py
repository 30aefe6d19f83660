"""The account is read completely, or the reader hears why not."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from ib_async.contract import Contract
from ib_async.order import Order
from returns.result import Success

from rebalancer_adapters.gateway import Alter, Gateway, Mute, Rest, on_messages, on_orders
from rebalancer_adapters.ib.account_rows import to_snapshot
from rebalancer_adapters.ib.raw_rows import (
    AccountRow,
    OpenOrderRow,
    OrderRow,
    PositionRow,
    StatusRow,
)
from rebalancer_adapters.ib.session import TradingSession, trading_session
from rebalancer_core.values.account import AccountSnapshot
from rebalancer_core.values.faults import (
    BrokerSilent,
    IncompleteData,
    LedgerContradiction,
)
from rebalancer_core.values.instruments import AccountId
from tests.adapters.ib.stage import play, stage
from tests.contract.harness import address, facts_until, ticket
from tests.contract.worlds import CAD_ACCOUNT, RESTING, USD_ACCOUNT

_ME = AccountId("DU111111")
_OTHER = AccountId("DU222222")
_NOW = datetime(2026, 1, 5, 15, tzinfo=UTC)


def value(tag: str, value: str, currency: str = "", account: str = _ME) -> AccountRow:
    return AccountRow(account=account, tag=tag, value=value, currency=currency)


def held(
    con_id: int, symbol: str, quantity: float, *, kind: str = "STK", account: str = _ME
) -> PositionRow:
    contract = Contract(conId=con_id, symbol=symbol, secType=kind, currency="USD")
    return PositionRow(account=account, contract=contract, quantity=quantity, average_cost=10.0)


# An account kept in Canadian dollars; BASE repeats the ledger in them.
_VALUES = (
    value("AccountReady", "true"),
    value("AccountType", "INDIVIDUAL"),
    value("NetLiquidation", "19600.00", "CAD"),
    value("NetLiquidationByCurrency", "8400.00", "CAD"),
    value("NetLiquidationByCurrency", "8000.00", "USD"),
    value("NetLiquidationByCurrency", "19600.00", "BASE"),
    value("TotalCashBalance", "8400.00", "CAD"),
    value("TotalCashBalance", "2000.00", "USD"),
    value("TotalCashBalance", "11200.00", "BASE"),
    value("CashBalance", "8400.00", "CAD"),
    value("CashBalance", "2000.00", "USD"),
    value("CashBalance", "11200.00", "BASE"),
    value("StockMarketValue", "0.00", "CAD"),
    value("StockMarketValue", "6000.00", "USD"),
    value("StockMarketValue", "8400.00", "BASE"),
    value("ExchangeRate", "1.4", "USD"),
)
_POSITIONS = (
    held(756733, "SPY", 10),
    held(712345601, "SPY", 2, kind="OPT"),
    held(15547841, "IEF", 0),
    held(15547841, "IEF", 7, account=_OTHER),
)


@given(st.permutations(_VALUES), st.permutations(_POSITIONS))
def test_the_order_of_the_messages_changes_nothing(
    values: list[AccountRow], positions: list[PositionRow]
) -> None:
    account = _account(values=tuple(values), positions=tuple(positions))
    assert isinstance(account, AccountSnapshot)
    assert {(c.currency, str(c.amount)) for c in account.cash} == {
        ("CAD", "8400.00"),
        ("USD", "2000.00"),
    }
    assert account.base_currency == "CAD"
    assert {(p.con_id, p.security_type, str(p.quantity)) for p in account.positions} == {
        (756733, "STK", "10"),
        (712345601, "OPT", "2"),
    }
    assert account.stock_market_value_usd == 6000


@pytest.mark.parametrize(
    ("rates", "expected"),
    [
        ((("1.4", "USD"), ("1.00", "CAD")), "0.714285714285714286"),
        ((("1.00", "USD"), ("0.75", "CAD")), "0.75"),
        ((("1.4", "USD"),), None),
        ((("0", "USD"), ("1.00", "CAD")), None),
        ((("1.4", "USD"), ("", "CAD")), None),
    ],
)
def test_foreign_cash_has_its_rate_to_us_dollars_where_the_ledger_names_both(
    rates: tuple[tuple[str, str], ...], expected: str | None
) -> None:
    plain = tuple(row for row in _VALUES if row.tag != "ExchangeRate")
    told = tuple(value("ExchangeRate", rate, currency) for rate, currency in rates)
    account = _account(values=(*plain, *told))
    assert isinstance(account, AccountSnapshot)
    found = {balance.currency: balance.usd_rate for balance in account.cash}
    assert found == {"CAD": None if expected is None else Decimal(expected), "USD": None}


def test_an_account_without_us_dollars_has_none() -> None:
    values = tuple(row for row in _VALUES if row.currency != "USD")
    account = _account(values=values, positions=())
    assert isinstance(account, AccountSnapshot)
    assert account.usd_cash == 0


@pytest.mark.parametrize(
    ("values", "about"),
    [
        ((*_VALUES, value("AccountReady", "false")), "AccountReady"),
        ((*_VALUES, value("CashBalance", "1.00", "USD", _OTHER)), "DU222222"),
        ((*_VALUES, value("CashBalance", "1.00", "USD", "")), "''"),
        ((*_VALUES, value("CashBalance", "", "USD")), "CashBalance in USD"),
        ((*_VALUES, value("CashBalance", "1.7976931348623157E308", "EUR")), "EUR"),
        ((*_VALUES, value("NetLiquidation", "nan", "CAD")), "net liquidation"),
        ((*_VALUES, value("NetLiquidation", "1", "USD")), "net liquidation"),
        ((*_VALUES, value("StockMarketValue", "?", "USD")), "StockMarketValue"),
        ((), "no cash balance"),
    ],
)
def test_account_values_that_cannot_be_the_whole_account_are_a_fault(
    values: tuple[AccountRow, ...], about: str
) -> None:
    fault = _account(values=values)
    assert isinstance(fault, IncompleteData)
    assert about in fault.detail


@pytest.mark.parametrize("missing", ["NetLiquidation", "StockMarketValue"])
def test_a_missing_figure_of_the_ledger_is_a_fault(missing: str) -> None:
    fault = _account(values=tuple(row for row in _VALUES if row.tag != missing))
    assert isinstance(fault, IncompleteData)


def test_us_dollars_without_their_cash_balance_are_a_fault() -> None:
    fault = _account(values=_without("CashBalance", "USD"))
    assert isinstance(fault, IncompleteData)
    assert fault.detail == "CashBalance in USD is missing"


def test_a_ledger_without_us_stocks_is_zero_only_where_none_is_held() -> None:
    values = _without("StockMarketValue", "USD")
    assert isinstance(_account(values=values), IncompleteData)
    cash_alone = value("NetLiquidationByCurrency", "2000.00", "USD")
    empty = _account(values=(*values, cash_alone), positions=())
    assert isinstance(empty, AccountSnapshot)
    assert empty.stock_market_value_usd == 0


@pytest.mark.parametrize(
    "row",
    [
        held(756733, "SPY", float("nan")),
        held(756733, "SPY", 1.7976931348623157e308),
        held(0, "SPY", 10),
        held(756733, "SPY", 10, account=""),
    ],
)
def test_a_position_that_makes_no_sense_is_a_fault(row: PositionRow) -> None:
    assert isinstance(_account(positions=(row,)), IncompleteData)


def test_of_an_order_told_twice_the_last_word_counts() -> None:
    account = _account(
        orders=(_order("PreSubmitted"), _status("Submitted", 4), _order("Submitted"))
    )
    assert isinstance(account, AccountSnapshot)
    (working,) = account.open_orders
    assert (working.order_ref, working.client_id, working.remaining) == (
        "manual",
        9,
        Decimal(4),
    )


@pytest.mark.parametrize(
    ("limit", "multiplier", "price"),
    [
        (350.5, "", Decimal("350.5")),
        (5.25, "100", Decimal("525.00")),
        (0.0, "", None),
        (1.7976931348623157e308, "", None),
        (5.25, "?", None),
    ],
)
def test_a_working_order_names_the_most_that_one_of_it_costs(
    limit: float, multiplier: str, price: Decimal | None
) -> None:
    row = _order("Submitted")
    row.order.lmtPrice, row.contract.multiplier = limit, multiplier
    account = _account(orders=(row,))
    assert isinstance(account, AccountSnapshot)
    assert [each.limit_price for each in account.open_orders] == [price]


@pytest.mark.parametrize("status", ["Filled", "Cancelled", "ApiCancelled"])
def test_an_order_that_is_done_is_not_open(status: str) -> None:
    account = _account(orders=(_order("Submitted"), _status(status, 0)))
    assert isinstance(account, AccountSnapshot)
    assert account.open_orders == ()


def test_an_inactive_order_may_come_back_and_is_open() -> None:
    account = _account(orders=(_order("Inactive"), _status("Inactive", 10)))
    assert isinstance(account, AccountSnapshot)
    assert len(account.open_orders) == 1


def test_a_value_under_an_unknown_account_makes_the_account_incomplete() -> None:
    lie = on_messages(Alter(field=3, text="DU777777"), message_id=73)

    async def story(_gateway: Gateway, session: TradingSession) -> None:
        fault = (await session.broker.snapshot(USD_ACCOUNT)).failure()
        assert isinstance(fault, IncompleteData)
        assert "DU777777" in fault.detail

    play(story, scenario=lie)


def test_a_position_of_an_account_that_nobody_manages_is_a_notice() -> None:
    stray = on_messages(Alter(field=2, text="DU777777"), message_id=61, first=1, last=1)

    async def story(_gateway: Gateway, session: TradingSession) -> None:
        account = (await session.broker.snapshot(CAD_ACCOUNT)).unwrap()
        assert account.account_id == CAD_ACCOUNT
        assert "a position of DU777777, which this login does not manage" in session.notices()

    play(story, scenario=stray)


def test_positions_that_never_end_are_a_fault_and_not_an_empty_account() -> None:
    muted = on_messages(Mute(), message_id=62)

    async def story(_gateway: Gateway, session: TradingSession) -> None:
        fault = (await session.broker.snapshot(USD_ACCOUNT)).failure()
        assert fault == BrokerSilent(request="positions", seconds=0.2)

    play(story, scenario=muted, timeout_seconds=0.2)


def test_one_silent_account_does_not_stop_the_next() -> None:
    muted = on_messages(Mute(), message_id=74, last=1)

    async def story(_gateway: Gateway, session: TradingSession) -> None:
        silent = (await session.broker.snapshot(USD_ACCOUNT)).failure()
        assert isinstance(silent, BrokerSilent)
        assert "DU111111" in silent.request
        assert (await session.broker.snapshot(CAD_ACCOUNT)).unwrap().usd_cash == 2000

    play(story, scenario=muted, timeout_seconds=0.2)


def test_accounts_read_at_the_same_time_do_not_disturb_each_other() -> None:
    async def story(_gateway: Gateway, session: TradingSession) -> None:
        first, second, third = await asyncio.gather(
            session.broker.snapshot(USD_ACCOUNT),
            session.broker.snapshot(CAD_ACCOUNT),
            session.broker.snapshot(USD_ACCOUNT),
        )
        assert first.unwrap().usd_cash == third.unwrap().usd_cash == 10000
        assert second.unwrap().usd_cash == 2000

    play(story)


def test_open_orders_of_every_client_are_seen() -> None:
    async def story() -> None:
        gateway = stage(on_orders(Rest(), symbol=RESTING))
        async with (
            gateway.running(),
            trading_session(address(gateway, client_id=41)) as other_opened,
            trading_session(address(gateway, client_id=42)) as session_opened,
        ):
            other = other_opened.unwrap()
            session = session_opened.unwrap()
            await other.order_desk().submit(ticket(RESTING, 4))
            await facts_until(other.order_desk(), bool)
            (working,) = (await session.broker.snapshot(USD_ACCOUNT)).unwrap().open_orders
            assert (working.client_id, working.remaining) == (41, Decimal(4))

    asyncio.run(story())


def test_open_orders_that_a_read_only_api_refuses_are_not_visible_and_the_rest_is_read() -> None:
    async def story(gateway: Gateway, session: TradingSession) -> None:
        reading = asyncio.ensure_future(session.broker.snapshot(USD_ACCOUNT))
        while not gateway.record.received(16):
            assert not reading.done()
            await asyncio.sleep(0)
        gateway.announce(321, "The API interface is currently in Read-Only mode.")
        hidden = (await reading).unwrap()
        assert (hidden.open_orders, hidden.open_orders_visible) == ((), False)
        assert hidden.positions
        assert session.closed_gate.startswith("open orders are not visible: ")

    play(story, scenario=on_messages(Mute(), message_id=53, first=2), timeout_seconds=1000)


def test_a_position_that_nobody_asked_for_and_nobody_can_read_closes_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def story(_gateway: Gateway, session: TradingSession) -> None:
        _hear_garbage(session)
        assert not session.closed_gate
        assert any("could not be read" in notice for notice in session.notices())
        assert isinstance(await session.broker.snapshot(USD_ACCOUNT), Success)

    play(story)
    caplog.clear()


def _hear_garbage(session: TradingSession) -> None:
    """One position message (61) with fields missing, as ib_async gets it off the wire."""
    client = session._link.ib.client  # noqa: SLF001 - the simulated gateway sends no garbage
    client.decoder.interpret(["61", "3"])  # type: ignore[no-untyped-call]  # it has no annotations


def _account(
    *,
    values: tuple[AccountRow, ...] = _VALUES,
    positions: tuple[PositionRow, ...] = _POSITIONS,
    orders: tuple[OpenOrderRow, ...] = (),
) -> AccountSnapshot | IncompleteData | LedgerContradiction:
    return to_snapshot(
        _ME,
        as_of=_NOW,
        positions=positions,
        values=values,
        orders=orders,
    )


def _without(tag: str, currency: str) -> tuple[AccountRow, ...]:
    return tuple(row for row in _VALUES if (row.tag, row.currency) != (tag, currency))


def _order(status: str) -> OrderRow:
    order = Order(
        clientId=9,
        orderId=5,
        permId=77,
        account=_ME,
        action="BUY",
        totalQuantity=10.0,
        orderRef="manual",
    )
    contract = Contract(conId=756733, symbol="SPY", secType="STK", currency="USD")
    return OrderRow(contract=contract, order=order, status=status)


def _status(status: str, remaining: float) -> StatusRow:
    row = StatusRow(
        order_id=5,
        client_id=9,
        perm_id=77,
        status=status,
        filled=0,
        remaining=remaining,
        average_price=0.0,
    )
    return evolve(row, filled=10 - remaining)
