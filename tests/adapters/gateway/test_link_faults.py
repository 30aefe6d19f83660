"""What can happen to connections and to the whole gateway: cuts, restarts, outages, strangers."""

import asyncio
import os
import socket
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from rebalancer_adapters.gateway import (
    Announce,
    Cut,
    DataLine,
    Drip,
    ForeignOrder,
    Gateway,
    Ignore,
    ManualClock,
    MoveMarket,
    Outage,
    Rest,
    Restart,
    Scenario,
    Stall,
    Status,
    at_start,
    on_messages,
    on_orders,
    on_placed_orders,
    on_requests,
)
from tests.adapters.gateway.clients import (
    SPY,
    connect,
    connected,
    disconnect,
    errors_of,
    filled,
    market_order,
    raw,
    run,
    small_market,
    soon,
    until,
)

_NOON = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)


async def _greeted(gateway: Gateway) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
    writer.write(b"API\0\0\0\0\x09v157..178")
    await reader.readexactly(4)
    return reader, writer


@pytest.mark.parametrize("reset", [True, False])
def test_a_batch_is_cut_after_the_third_order_and_the_rest_never_arrives(*, reset: bool) -> None:
    async def scene() -> None:
        fault = on_placed_orders(Cut(reset=reset), first=3) + on_orders(Rest(), first=3)
        async with connected(scenario=fault) as (gateway, ib):
            for _ in range(10):
                ib.placeOrder(SPY, market_order("BUY", 1))
            await until(lambda: not ib.isConnected())
            await until(lambda: len(gateway.book.executions) == 2)
            assert len(gateway.record.received(3)) == 3
            assert [order.status for order in gateway.book.orders] == [
                Status.FILLED,
                Status.FILLED,
                Status.SUBMITTED,
            ]

    run(scene())


def test_a_cut_with_ignore_takes_the_order_from_the_wire_but_never_to_the_book() -> None:
    async def scene() -> None:
        async with connected(scenario=on_placed_orders(Ignore(), Cut(), first=2)) as (gateway, ib):
            for _ in range(3):
                ib.placeOrder(SPY, market_order("BUY", 1))
            await until(lambda: not ib.isConnected())
            assert (len(gateway.record.received(3)), len(gateway.book.orders)) == (2, 1)

    run(scene())


def test_a_reset_is_an_error_to_a_socket_and_a_close_is_its_end() -> None:
    async def scene(*, reset: bool) -> bytes:
        fault = on_messages(Cut(reset=reset), message_id=15)
        async with Gateway(small_market(), fault).running() as gateway:
            reader, writer = await _greeted(gateway)
            try:
                writer.write(b"\0\0\0\x0871\x002\x007\x00\x00")
                return await soon(reader.read())
            finally:
                writer.close()

    with pytest.raises(ConnectionResetError):
        asyncio.run(scene(reset=True))
    assert b"DU111111" in asyncio.run(scene(reset=False))


def test_a_restart_cuts_everybody_keeps_the_book_and_the_port() -> None:
    async def scene() -> None:
        clock = ManualClock(_NOON)
        fault = on_placed_orders(Restart(seconds=Decimal(60)))
        async with connected(scenario=fault + on_orders(Rest()), clock=clock) as (gateway, ib):
            port = gateway.port
            trade = ib.placeOrder(SPY, market_order("BUY", 1, orderRef="mine"))
            await until(lambda: not ib.isConnected())
            with pytest.raises(OSError, match=r"refused|Connect call failed"):
                await asyncio.open_connection("127.0.0.1", port)
            await clock.advance(60)
            again = await connect(gateway, 7)
            (kept,) = again.openTrades()
            assert (gateway.port, kept.order.orderRef) == (port, "mine")
            assert again.client.getReqId() > trade.order.orderId
            await disconnect(again)

    run(scene())


@pytest.mark.skipif(os.name != "posix", reason="there a port cannot be held without listening")
def test_no_other_program_gets_the_port_during_a_restart() -> None:
    async def scene() -> None:
        clock = ManualClock(_NOON)
        async with Gateway(small_market(), clock=clock).running() as gateway:
            restart = asyncio.ensure_future(gateway.restart(Decimal(60)))
            await asyncio.sleep(0)
            with pytest.raises(OSError, match=r"refused|Connect call failed"):
                await asyncio.open_connection("127.0.0.1", gateway.port)
            with socket.socket() as other, pytest.raises(OSError, match="in use"):
                other.bind(("127.0.0.1", gateway.port))
            await clock.advance(60)
            await soon(restart)
            _reader, writer = await _greeted(gateway)
            writer.close()

    run(scene())


@pytest.mark.parametrize("pauses", [("0.1", "0.2"), ("0.2", "0.1"), ("0", "0"), ("0",) * 5])
def test_a_restart_during_a_restart_begins_it_anew(pauses: tuple[str, ...]) -> None:
    async def scene() -> None:
        async with connected() as (gateway, _ib):
            port = gateway.port
            restarts = []
            for pause in pauses:
                restarts.append(asyncio.ensure_future(gateway.restart(Decimal(pause))))
                await asyncio.sleep(0)  # one after the other, each while the one before goes on
                await asyncio.sleep(0)
            await asyncio.gather(*restarts)
            again = await connect(gateway, 7)
            assert gateway.port == port
            await disconnect(again)

    run(scene())


def test_after_a_restart_the_ids_of_kept_orders_may_be_offered_again() -> None:
    async def scene() -> None:
        async with connected(scenario=on_orders(Rest(), last=1)) as (gateway, ib):
            first = ib.placeOrder(SPY, market_order("BUY", 1))
            await until(lambda: first.orderStatus.status == "Submitted")
            await gateway.restart(Decimal(0), forget_order_ids=True)
            again = await connect(gateway, 7)
            assert gateway.record.sent(9)[-1].fields[2] == "1"
            order = market_order("BUY", 2)
            order.orderId = first.order.orderId
            raw(again).placeOrder(order.orderId, SPY, order)
            await until(lambda: len(gateway.book.executions) == 1)
            assert [each.order_id for each in gateway.book.orders] == [first.order.orderId] * 2
            assert [each.filled for each in gateway.book.orders] == [0, 2]
            await disconnect(again)

    run(scene())


@pytest.mark.parametrize(("code", "back"), [(1100, 1102), (1100, 1101), (2110, 1102)])
def test_fills_during_an_outage_are_heard_of_only_by_asking(code: int, back: int) -> None:
    async def scene() -> None:
        clock = ManualClock(_NOON)
        async with connected(scenario=on_orders(Rest()), clock=clock) as (gateway, ib):
            resting = ib.placeOrder(SPY, market_order("SELL", orderType="LMT", lmtPrice=610.0))
            await until(lambda: resting.orderStatus.status == "Submitted")
            gateway.play(at_start(Outage(seconds=Decimal(40), code=code, back=back)))
            seen = errors_of(ib)
            await until(lambda: (-1, code) in seen)
            trade = ib.placeOrder(SPY, market_order())
            await until(lambda: (trade.order.orderId, 504) in seen)
            await clock.advance(40)
            await until(lambda: (-1, back) in seen)
            await filled(ib, market_order())

    run(scene())


def test_no_callback_of_a_fill_during_an_outage_is_ever_sent() -> None:
    async def scene() -> None:
        clock = ManualClock(_NOON)
        async with connected(clock=clock) as (gateway, ib):
            limit = market_order("SELL", orderType="LMT", lmtPrice=610.0)
            trade = ib.placeOrder(SPY, limit)
            await until(lambda: trade.orderStatus.status == "Submitted")
            gateway.play(at_start(Outage(seconds=Decimal(40))))
            await soon(ib.reqCurrentTimeAsync())
            gateway.market.set_price("SPY", bid=Decimal(611), ask=Decimal(612))
            await until(lambda: gateway.book.executions)
            await clock.advance(40)
            await soon(ib.reqCurrentTimeAsync())
            assert trade.fills == []
            (execution,) = await soon(ib.reqExecutionsAsync())
            assert execution.execution.shares == 3

    run(scene())


def test_an_ignored_cancel_is_never_answered() -> None:
    async def scene() -> None:
        fault = on_orders(Rest()) + on_requests(Ignore(), message_id=4)
        async with connected(scenario=fault) as (gateway, ib):
            trade = ib.placeOrder(SPY, market_order())
            await until(lambda: trade.orderStatus.status == "Submitted")
            ib.cancelOrder(trade.order)
            await soon(ib.reqCurrentTimeAsync())
            assert gateway.book.orders[0].status is Status.SUBMITTED

    run(scene())


def test_a_stalled_connection_stays_open_and_goes_on_in_order() -> None:
    async def scene() -> None:
        clock = ManualClock(_NOON)
        async with connected(clock=clock) as (gateway, ib):
            gateway.play(on_requests(Stall(seconds=Decimal(10)), message_id=49, last=1))
            answer = asyncio.ensure_future(ib.reqCurrentTimeAsync())
            trade = ib.placeOrder(SPY, market_order())
            await until(lambda: gateway.book.executions)
            assert (trade.fills, ib.isConnected()) == ([], True)
            await clock.advance(10)
            await until(lambda: trade.fills)
            await soon(answer)

    run(scene())


def test_a_client_is_served_byte_by_byte() -> None:
    async def scene() -> None:
        async with Gateway(small_market(), on_requests(Drip(), message_id=71)).running() as gateway:
            ib = await connect(gateway, 7)
            assert len(ib.positions()) == 4
            await filled(ib, market_order())
            await disconnect(ib)

    run(scene())


def test_other_clients_orders_rest_at_the_broker_from_the_start() -> None:
    async def scene() -> None:
        foreign = ForeignOrder(
            account="DU111111",
            symbol="SPY",
            side="SELL",
            quantity=Decimal(4),
            limit_price=Decimal(700),
        )
        async with connected(scenario=at_start(foreign)) as (gateway, ib):
            assert ib.openTrades() == []
            (found,) = await soon(ib.reqAllOpenOrdersAsync())
            assert (found.order.clientId, found.order.totalQuantity) == (0, 4)
            gateway.market.set_price("SPY", bid=Decimal(700), ask=Decimal(701))
            await until(lambda: gateway.book.position("DU111111", "SPY") == 6)
            await until(lambda: ib.positions("DU111111")[0].position == 6)

    run(scene())


def test_the_market_moves_and_farms_break_when_the_scenario_says_so() -> None:
    async def scene() -> None:
        moves = at_start(
            MoveMarket(symbol="SPY", last=Decimal(650), after_seconds=Decimal(5)),
            MoveMarket(symbol="IEF", data=DataLine.HALTED),
            Announce(code=2103, text="Market data farm connection is broken:usfarm"),
        )
        clock = ManualClock(_NOON)
        async with connected(clock=clock) as (gateway, ib):
            seen = errors_of(ib)
            gateway.play(moves)
            await until(lambda: (-1, 2103) in seen)
            assert gateway.market.quote(15547841).data is DataLine.HALTED
            assert gateway.market.quote(756733).last == 600
            await clock.advance(5)
            assert gateway.market.quote(756733).last == 650

    run(scene())


def test_too_many_messages_are_refused_and_the_third_time_ends_the_connection() -> None:
    async def scene() -> None:
        fast = Scenario(messages_per_second=50)
        async with connected(scenario=fast, clock=ManualClock(_NOON)) as (gateway, ib):
            seen = errors_of(ib)
            sent = len(gateway.record.received())
            for _ in range(55 - sent):
                raw(ib).sendMsg("49\x001\x00")
            await until(lambda: not ib.isConnected())
            assert seen == [(-1, 100)] * 3
            assert len(gateway.record.received()) == 53

    run(scene())


def test_a_client_within_the_limit_is_never_refused() -> None:
    async def scene() -> None:
        clock = ManualClock(_NOON)
        async with connected(scenario=Scenario(messages_per_second=20), clock=clock) as (_, ib):
            seen = errors_of(ib)
            for _ in range(3):
                await clock.advance(1)
                for _ in range(20):
                    await soon(ib.reqCurrentTimeAsync())
            assert seen == []

    run(scene())
