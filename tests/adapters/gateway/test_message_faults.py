"""What can happen to messages: twice, out of order, in pieces, in Latin-1, with wrong numbers."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from ib_async import IB, Stock

from rebalancer_adapters.gateway import (
    Alter,
    Behind,
    Delay,
    Fill,
    Garbage,
    Gateway,
    HalfFrame,
    Kind,
    Latin1,
    ManualClock,
    Mute,
    Reject,
    Repeat,
    Rule,
    Scale,
    Scenario,
    When,
    insured_sweep,
    on_messages,
    on_orders,
    on_requests,
    split,
    wrong_ledger,
)
from tests.adapters.gateway.clients import (
    SPY,
    connect,
    connected,
    disconnect,
    market_order,
    raw,
    run,
    small_market,
    soon,
    until,
)

_NOON = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
_ORDER_MESSAGES = (3, 5, 11, 59)


async def _price_of(ib: IB, field: str) -> float:
    (ticker,) = await soon(ib.reqTickersAsync(SPY))
    price = getattr(ticker, field)
    assert isinstance(price, float)
    return price


def test_a_commission_can_come_before_its_execution() -> None:
    async def scene() -> None:
        async with connected(scenario=on_messages(Behind(messages=6), message_id=11)) as (
            gateway,
            ib,
        ):
            ib.placeOrder(SPY, market_order())
            await until(lambda: gateway.record.sent(11))
            told = [f.message_id for f in gateway.record.sent() if f.message_id in _ORDER_MESSAGES]
            assert told.index(59) < told.index(11)

    run(scene())


def test_every_order_message_can_come_twice() -> None:
    async def scene() -> None:
        twice = Scenario()
        for message_id in _ORDER_MESSAGES:
            twice += on_messages(Repeat(), message_id=message_id)
        parts = on_orders(Fill(share=Decimal("0.5")), Fill(share=Decimal("0.5")))
        async with connected(scenario=twice + parts) as (gateway, ib):
            trade = ib.placeOrder(SPY, market_order("BUY", 4))
            await until(lambda: trade.orderStatus.status == "Filled")
            await until(lambda: len(gateway.record.sent(59)) == 4)
            assert trade.filled() == 4
            assert gateway.book.position("DU111111", "SPY") == 14

    run(scene())


def test_a_position_can_be_told_twice_and_after_a_split_with_more_shares() -> None:
    async def scene() -> None:
        lies = split("SPY", Decimal(4)) + on_messages(Repeat(), message_id=61, symbol="IEF")
        async with connected(scenario=lies) as (gateway, ib):
            told = {p.contract.symbol: p.position for p in ib.positions("DU111111")}
            assert told == {"SPY": 40, "IEF": 20}
            assert len(gateway.record.sent(61)) == 5
            assert gateway.book.position("DU111111", "SPY") == 10

    run(scene())


def test_a_ledger_can_disagree_with_its_positions() -> None:
    async def scene() -> None:
        async with connected(scenario=wrong_ledger(Decimal("0.5"), "DU111111")) as (_, ib):
            told = {
                value.account: value.value
                for value in ib.accountValues()
                if (value.tag, value.currency) == ("StockMarketValue", "USD")
            }
            # 10 SPY at 600 and 20 IEF at 95 are 7,900
            assert Decimal(told["DU111111"]) == 3950
            assert Decimal(told["DU222222"]) == 3000

    run(scene())


def test_the_sweep_is_counted_twice_in_one_of_the_cash_rows() -> None:
    async def scene() -> None:
        async with connected(scenario=insured_sweep(account="DU111111")) as (_, ib):
            told = {
                (value.account, value.tag): value.value
                for value in ib.accountValues()
                if value.currency == "USD"
            }
            assert Decimal(told["DU111111", "CashBalance"]) == 20000
            assert Decimal(told["DU111111", "TotalCashBalance"]) == 10000
            assert told["DU222222", "CashBalance"] == told["DU222222", "TotalCashBalance"]

    run(scene())


@pytest.mark.parametrize("end", [62, 53, 55, 74, 102])
def test_an_end_marker_may_never_come(end: int) -> None:
    async def scene() -> None:
        async with Gateway(small_market(), on_messages(Mute(), message_id=end)).running() as gate:
            ib = IB()
            with pytest.raises(ConnectionError, match="timed out"):
                await ib.connectAsync(
                    "127.0.0.1", gate.port, clientId=7, timeout=0.2, raiseSyncErrors=True
                )
            await disconnect(ib)

    run(scene())


@pytest.mark.parametrize(
    ("field", "text", "seen"),
    [("last", "0", 0.0), ("bid", "-1", -1.0), ("ask", "1.79e308", 1.79e308), ("bid", "9e3", 9e3)],
)
def test_a_price_can_be_a_lie(field: str, text: str, seen: float) -> None:
    async def scene() -> None:
        lie = on_messages(Alter(field=4, text=text), message_id=1, symbol="SPY", tag=field)
        async with connected(scenario=lie) as (gateway, ib):
            assert await _price_of(ib, field) == seen
            assert gateway.market.quote(756733).last == 600

    run(scene())


def test_a_price_can_be_ten_times_what_it_is_and_its_time_a_day_old() -> None:
    async def scene() -> None:
        lies = on_messages(Scale(field=4, by=Decimal(10)), message_id=1, tag="last")
        lies += on_messages(Alter(field=4, text="1763600000"), message_id=46, tag="last_time")
        async with connected(scenario=lies) as (gateway, ib):
            assert await _price_of(ib, "last") == 6000.0
            assert gateway.record.sent(46)[0].fields[4] == "1763600000"

    run(scene())


def test_delayed_data_can_come_without_being_called_so() -> None:
    async def scene() -> None:
        async with connected(scenario=on_messages(Mute(), message_id=58)) as (_, ib):
            ib.reqMarketDataType(3)
            (ticker,) = await soon(ib.reqTickersAsync(Stock("SLOW", "SMART", "USD", conId=101)))
            assert (ticker.last, ticker.marketDataType) == (20.0, 1)

    run(scene())


def test_an_error_text_in_spanish_can_come_in_latin_1() -> None:
    async def scene() -> None:
        spanish = "Orden rechazada - razón: la garantía no está disponible"
        fault = on_orders(Reject(code=201, text=spanish)) + on_messages(Latin1(), message_id=4)
        async with connected(scenario=fault) as (gateway, ib):
            texts: list[str] = []
            ib.errorEvent += lambda _id, _code, text, _contract: texts.append(text)
            ib.placeOrder(SPY, market_order())
            await until(lambda: texts)
            assert texts[0].startswith("Orden rechazada - raz")
            assert gateway.record.sent(4)[-1].fields[4] == spanish

    run(scene())


def test_the_bytes_of_latin_1_are_those_of_latin_1() -> None:
    async def scene() -> None:
        fault = on_messages(Latin1(), Alter(field=4, text="está"), message_id=4)
        async with Gateway(small_market(), fault).running() as gateway:
            assert b"est\xe1\0" in await _heard(gateway, until_bytes=b"est\xe1\0")

    run(scene())


def test_half_a_message_is_the_last_that_is_heard() -> None:
    async def scene() -> None:
        async with Gateway(
            small_market(), on_messages(HalfFrame(), message_id=15)
        ).running() as gateway:
            heard = await _heard(gateway)
            (whole,) = gateway.record.sent(15)
            assert b"DU11" in heard
            assert b"DU333333" not in heard
            assert "DU333333" in whole.fields[2]

    run(scene())


def test_garbage_stands_before_the_message() -> None:
    async def scene() -> None:
        garbage = Garbage(hexadecimal="00000003fffe00")
        async with Gateway(small_market(), on_messages(garbage, message_id=15)).running() as gate:
            heard = await _heard(gate, until_bytes=b"DU333333")
            assert heard.index(b"\0\0\0\x03\xff\xfe\0") < heard.index(b"DU111111")

    run(scene())


def test_an_answer_can_be_slow() -> None:
    async def scene() -> None:
        slow = on_requests(Delay(seconds=Decimal(9)), message_id=49)
        clock = ManualClock(_NOON)
        async with connected(scenario=slow, clock=clock) as (gateway, ib):
            answer = asyncio.ensure_future(ib.reqCurrentTimeAsync())
            await until(lambda: gateway.record.received(49))
            assert not answer.done()
            await clock.advance(9)
            await soon(answer)

    run(scene())


def test_a_second_client_cannot_have_the_feed_of_another_account() -> None:
    async def scene() -> None:
        async with connected() as (gateway, ib):
            await soon(ib.reqAccountUpdatesAsync("DU111111"))
            other = await connect(gateway, 8)
            raw(other).reqAccountUpdates(True, "DU222222")
            await until(lambda: [f for f in gateway.record.sent(4) if f.fields[3] == "2101"])
            await soon(other.reqAccountUpdatesAsync("DU111111"))
            await disconnect(ib)
            await until(lambda: gateway.client_ids == (8,))
            await soon(other.reqAccountUpdatesAsync("DU222222"))
            await disconnect(other)

    run(scene())


def test_market_data_lines_are_shared_by_all_clients_and_given_back() -> None:
    async def scene() -> None:
        deaf = When(kind=Kind.MESSAGE, client_id=7)  # it did not ask through its library
        async with connected() as (gateway, ib):
            gateway.play(Scenario(rules=(Rule(when=deaf, then=(Mute(),)),)))
            for number in range(100):
                raw(ib).reqMktData(9000 + number, SPY, "", False, False, [])
            other = await connect(gateway, 8)
            await until(lambda: len(gateway.record.received(1)) == 100)
            raw(other).reqMktData(1, SPY, "", False, False, [])
            await until(
                lambda: [f for f in gateway.record.sent(4) if f.fields[2:4] == ("1", "101")]
            )
            await disconnect(ib)
            await until(lambda: gateway.client_ids == (8,))
            assert await _price_of(other, "last") == 600.0
            await disconnect(other)

    run(scene())


async def _heard(gateway: Gateway, until_bytes: bytes | None = None) -> bytes:
    """What a bare socket is told after hello and startApi, to its end or to these bytes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
    writer.write(b"API\0\0\0\0\x09v157..178\0\0\0\x0871\x002\x007\x00\x00")
    heard = b""
    try:
        async with asyncio.timeout(5):
            while until_bytes is None or until_bytes not in heard:
                data = await reader.read(4096)
                if not data:
                    break
                heard += data
    finally:
        writer.close()
    return heard
