"""What a data line delivers: live, delayed, frozen, halted prices, and the errors without any."""

import asyncio
import math
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from attrs import evolve
from ib_async import IB, Contract, Stock, Ticker

from rebalancer_adapters.gateway import DataLine, ManualClock
from tests.adapters.gateway.clients import (
    SPY,
    connected,
    errors_of,
    raw,
    run,
    small_market,
    soon,
    until,
)


def _stock(symbol: str, con_id: int) -> Stock:
    return Stock(symbol, "SMART", "USD", conId=con_id)


def _ask(ib: IB, req_id: int) -> None:
    ib.wrapper.startTicker(req_id, SPY, "mktData")
    raw(ib).reqMktData(req_id, SPY, "", snapshot=False, regulatorySnapshot=False, mktDataOptions=[])


async def _stream(ib: IB, contract: Contract) -> Ticker:
    ticker = ib.reqMktData(contract)
    await until(lambda: ticker.close == ticker.close)  # NaN until the last price tick
    return ticker


def test_a_live_line_delivers_prices_sizes_and_the_time_of_the_last_trade() -> None:
    async def scene() -> None:
        async with connected() as (gateway, ib):
            ticker = await _stream(ib, SPY)
            assert (ticker.bid, ticker.ask, ticker.last) == (599.98, 600.02, 600.0)
            assert (ticker.close, ticker.bidSize, ticker.marketDataType) == (598.0, 400, 1)
            assert ticker.lastTimestamp is not None
            age = gateway.clock.now() - ticker.lastTimestamp
            assert 0 <= age.total_seconds() < 5

    run(scene())


def test_a_moved_price_reaches_subscribers_until_they_cancel() -> None:
    async def scene() -> None:
        async with connected() as (gateway, ib):
            ticker = await _stream(ib, SPY)
            gateway.market.set_price("SPY", bid=Decimal("601.10"), last=Decimal("601.11"))
            await until(lambda: ticker.last == 601.11)
            assert (ticker.bid, ticker.ask) == (601.1, 600.02)
            ib.cancelMktData(SPY)
            await soon(ib.reqCurrentTimeAsync())
            gateway.market.set_price("SPY", last=Decimal(1))
            await soon(ib.reqCurrentTimeAsync())
            assert ticker.last == 601.11

    run(scene())


def test_a_snapshot_ends_after_eleven_seconds_of_the_gateways_clock() -> None:
    async def scene() -> None:
        market = small_market()
        market.practices = evolve(market.practices, snapshot_end_seconds=Decimal(11))
        clock = ManualClock(datetime(2026, 11, 20, 15, 0, tzinfo=UTC))
        async with connected(market, clock=clock) as (gateway, ib):
            snapshot = asyncio.ensure_future(ib.reqTickersAsync(SPY))
            await until(lambda: len(gateway.record.sent(1)) == 4)
            gateway.market.set_price("SPY", last=Decimal(1))  # a snapshot keeps its first values
            await clock.advance(10.9)
            assert len(gateway.record.sent(1)) == 4
            assert not gateway.record.sent(57)
            await clock.advance(0.1)
            (ticker,) = await soon(snapshot)
            assert ticker.last == 600.0

    run(scene())


@pytest.mark.parametrize(
    ("symbol", "con_id", "code"),
    [("DARK", 103, 354), ("BUSY", 105, 10197), ("SLOW", 101, 10168), ("NONE", 999, 200)],
)
def test_a_line_without_data_answers_with_its_error(symbol: str, con_id: int, code: int) -> None:
    async def scene() -> None:
        async with connected() as (gateway, ib):
            seen = errors_of(ib)
            (ticker,) = await soon(ib.reqTickersAsync(_stock(symbol, con_id)))
            assert [each for _, each in seen] == [code]
            assert math.isnan(ticker.last)
            assert not gateway.record.sent(1)

    run(scene())


def test_delayed_prices_come_with_10167_and_type_3_to_who_asks_for_them() -> None:
    async def scene() -> None:
        async with connected() as (gateway, ib):
            seen = errors_of(ib)
            ib.reqMarketDataType(3)
            ticker = await _stream(ib, _stock("SLOW", 101))
            assert [code for _, code in seen] == [10167]
            assert (ticker.marketDataType, ticker.last) == (3, 20.0)
            assert {frame.fields[3] for frame in gateway.record.sent(1)} == {"66", "67", "68", "75"}

    run(scene())


def test_a_frozen_line_says_type_2() -> None:
    async def scene() -> None:
        async with connected() as (_, ib):
            ticker = await _stream(ib, _stock("COLD", 102))
            assert (ticker.marketDataType, ticker.last) == (2, 20.0)

    run(scene())


def test_a_halted_contract_has_neither_bid_nor_ask() -> None:
    async def scene() -> None:
        async with connected() as (_, ib):
            ticker = await _stream(ib, _stock("HALT", 104))
            await until(lambda: ticker.halted == 1.0)
            assert (ticker.bid, ticker.ask) == (-1, -1)

    run(scene())


def test_an_old_last_trade_says_its_age() -> None:
    async def scene() -> None:
        async with connected() as (gateway, ib):
            ticker = await _stream(ib, _stock("THIN", 106))
            assert ticker.lastTimestamp is not None
            age = gateway.clock.now() - ticker.lastTimestamp
            assert 3600 <= age.total_seconds() < 3605

    run(scene())


def test_a_data_line_can_be_lost_during_a_session() -> None:
    async def scene() -> None:
        async with connected() as (gateway, ib):
            seen = errors_of(ib)
            gateway.market.set_data("SPY", DataLine.COMPETING)
            await soon(ib.reqTickersAsync(SPY))
            assert [code for _, code in seen] == [10197]

    run(scene())


def test_more_than_a_hundred_lines_are_refused_with_101() -> None:
    async def scene() -> None:
        async with connected() as (_, ib):
            seen = errors_of(ib)
            raw(ib).MaxRequests = 0  # this client need not be patient
            for req_id in range(1000, 1101):
                _ask(ib, req_id)
            await until(lambda: (1100, 101) in seen)
            assert len(seen) == 1

    run(scene())


def test_a_used_request_id_and_an_unknown_one_are_refused() -> None:
    async def scene() -> None:
        async with connected() as (_, ib):
            seen = errors_of(ib)
            for _ in range(2):
                _ask(ib, 1000)
            raw(ib).cancelMktData(1001)
            await until(lambda: seen == [(1000, 322), (1001, 300)])

    run(scene())
