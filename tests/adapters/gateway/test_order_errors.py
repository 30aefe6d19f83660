"""What is refused, with which code, and that nothing of it is booked."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from attrs import evolve
from ib_async import Contract, Order, StartupFetchNONE, Stock, TagValue

from rebalancer_adapters.gateway import ManualClock, Reject, Rest, load_market, on_orders
from rebalancer_adapters.gateway.settings import GatewaySettings
from tests.adapters.gateway.clients import (
    MARKETS,
    SPY,
    connected,
    errors_of,
    market_order,
    raw,
    run,
    small_market,
    soon,
    until,
)


def _adaptive(*params: TagValue, **terms: object) -> Order:
    chosen = {"algoStrategy": "Adaptive", "algoParams": list(params), **terms}
    return market_order(**chosen)


_NORMAL = TagValue("adaptivePriority", "Normal")
_CANADIAN = Stock("BOTH", "SMART", "CAD", conId=110)


@pytest.mark.parametrize(
    ("contract", "order", "code"),
    [
        (Stock("NOPE", "SMART", "USD"), market_order(), 200),
        (Stock("TWIN", "SMART", "USD"), market_order(), 200),
        (Contract(conId=756733), market_order(), 321),  # no exchange
        (SPY, market_order(account=""), 435),
        (SPY, market_order(account="", faGroup="everyone"), 436),
        (SPY, market_order(account="DU999999"), 321),
        (SPY, market_order("BUY", 0), 434),
        (SPY, market_order("BUY", -5), 321),
        (SPY, market_order("BUY", float("nan")), 321),
        (SPY, market_order("BUY", float("inf")), 321),
        (SPY, market_order("BUY", 1.5), 10243),
        (SPY, market_order(cashQty=1000.0), 10241),
        (SPY, market_order("HOLD"), 321),
        (SPY, market_order(tif="SOON"), 321),
        (SPY, market_order(orderType="STP"), 387),
        (_CANADIAN, market_order(orderType="MIDPRICE", account="DU333333"), 387),
        (SPY, market_order(orderType="LMT"), 321),
        (SPY, market_order(orderType="LMT", lmtPrice=float("nan")), 321),
        (SPY, market_order(orderType="LMT", lmtPrice=590.005), 110),
        (SPY, _adaptive(_NORMAL, algoStrategy="Magic"), 439),
        (SPY, _adaptive(TagValue("adaptivePriority", "Slow")), 441),
        (SPY, _adaptive(TagValue("speed", "Normal")), 443),
        (SPY, _adaptive(_NORMAL, orderType="MIDPRICE"), 442),
        (_CANADIAN, _adaptive(_NORMAL, account="DU333333"), 442),
        (SPY, market_order("BUY", 200), 201),  # margin account: too little equity
        (SPY, market_order("BUY", 9, account="DU222222"), 201),  # cash account: too little cash
        (SPY, market_order("SELL", 6, account="DU222222"), 201),  # cash account: a short sale
    ],
)
def test_a_bad_order_is_refused_and_nothing_is_booked(
    contract: Contract, order: Order, code: int
) -> None:
    async def scene() -> None:
        async with connected() as (gateway, ib):
            seen = errors_of(ib)
            ib.placeOrder(contract, order)
            await until(lambda: seen)
            assert [each for _, each in seen] == [code]
            assert gateway.book.orders == ()
            assert len(gateway.record.received(3)) == 1

    run(scene())


def test_working_orders_reserve_the_cash_and_shares_of_a_cash_account() -> None:
    async def scene() -> None:
        async with connected(scenario=on_orders(Rest())) as (gateway, ib):
            seen = errors_of(ib)
            for action, quantity in (("BUY", 5), ("SELL", 3), ("BUY", 4), ("SELL", 3)):
                ib.placeOrder(SPY, market_order(action, quantity, account="DU222222"))
            await until(lambda: len(seen) == 2)
            assert [code for _, code in seen] == [201, 201]
            assert [o.quantity for o in gateway.book.orders] == [5, 3]

    run(scene())


def test_a_scripted_rejection_hits_the_order_that_it_names() -> None:
    async def scene() -> None:
        scenario = on_orders(
            Reject(code=201, text="Order rejected - reason:no"), symbol="SPY", first=2, last=2
        )
        async with connected(scenario=scenario) as (gateway, ib):
            seen = errors_of(ib)
            trades = [ib.placeOrder(SPY, market_order("BUY", n)) for n in (1, 2, 3)]
            await until(lambda: len(gateway.book.executions) == 2)
            assert seen == [(trades[1].order.orderId, 201)]
            assert [o.quantity for o in gateway.book.orders] == [1, 3]

    run(scene())


def test_a_used_order_id_is_refused_with_103() -> None:
    async def scene() -> None:
        async with connected() as (gateway, ib):
            seen = errors_of(ib)
            for _ in range(2):
                raw(ib).placeOrder(50, SPY, market_order())
                await soon(ib.reqCurrentTimeAsync())
            await until(lambda: seen == [(50, 103)])
            assert len(gateway.book.executions) == 1

    run(scene())


def test_an_amendment_that_changes_the_side_is_refused_with_105() -> None:
    async def scene() -> None:
        async with connected(scenario=on_orders(Rest())) as (gateway, ib):
            seen = errors_of(ib)
            raw(ib).placeOrder(50, SPY, market_order("BUY"))
            raw(ib).placeOrder(50, SPY, market_order("SELL"))
            await until(lambda: seen == [(50, 105)])
            assert gateway.book.orders[0].side == "BUY"

    run(scene())


def test_an_order_without_time_in_force_becomes_a_day_order_with_10349() -> None:
    async def scene() -> None:
        async with connected() as (gateway, ib):
            seen = errors_of(ib)
            ib.placeOrder(SPY, market_order(tif=""))
            await until(lambda: gateway.book.executions and seen)
            assert [code for _, code in seen] == [10349]
            assert gateway.book.orders[0].terms.tif == "DAY"

    run(scene())


def test_a_market_order_cannot_trade_outside_regular_hours_and_says_so_with_2109() -> None:
    async def scene() -> None:
        async with connected() as (gateway, ib):
            seen = errors_of(ib)
            ib.placeOrder(SPY, market_order(outsideRth=True))
            await until(lambda: gateway.book.executions and seen)
            assert [code for _, code in seen] == [2109]

    run(scene())


def test_on_a_saturday_an_order_waits_with_399_until_monday_morning() -> None:
    async def scene() -> None:
        market = load_market(MARKETS / "weekend.toml")
        clock = ManualClock(datetime(2026, 11, 21, 17, 0, tzinfo=UTC))
        async with connected(market, clock=clock) as (gateway, ib):
            seen = errors_of(ib)
            trade = ib.placeOrder(SPY, market_order())
            await until(lambda: (trade.order.orderId, 399) in seen)
            assert "2026-11-23 09:30:00 US/Eastern" in trade.log[-1].message
            await clock.advance(45 * 3600)
            assert not gateway.book.executions
            await clock.advance(3600)
            (execution,) = gateway.book.executions
            assert execution.at == datetime(2026, 11, 23, 14, 30, tzinfo=UTC)

    run(scene())


def test_a_read_only_gateway_refuses_orders_and_previews_with_321() -> None:
    async def scene() -> None:
        market = small_market()
        market.settings = GatewaySettings(read_only_api=True)
        async with connected(market, fetch=StartupFetchNONE) as (gateway, ib):
            seen = errors_of(ib)
            ib.placeOrder(SPY, market_order())
            ib.placeOrder(SPY, market_order(whatIf=True))
            await until(lambda: [code for _, code in seen] == [321, 321])
            assert gateway.book.orders == ()

    run(scene())


def test_a_preview_of_a_refused_order_gives_the_reason() -> None:
    async def scene() -> None:
        async with connected() as (_, ib):
            seen = errors_of(ib)
            state: object = await soon(ib.whatIfOrderAsync(SPY, market_order("BUY", 200)))
            assert state == []  # what ib_async makes of an error
            assert [code for _, code in seen] == [201]

    run(scene())


def test_commission_is_per_share_above_the_minimum() -> None:
    async def scene() -> None:
        market = small_market()
        market.practices = evolve(market.practices, commission_per_share=Decimal("0.5"))
        async with connected(market) as (gateway, ib):
            ib.placeOrder(SPY, market_order("SELL", 6))
            await until(lambda: gateway.book.executions)
            assert gateway.book.executions[0].commission == 3

    run(scene())
