"""A session is in sync, or there is none."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from attrs import evolve
from returns.result import Success

from rebalancer_adapters.gateway import Gateway, Mute, Scenario, on_messages
from rebalancer_adapters.ib.address import GatewayAddress, hint, timed_out
from rebalancer_adapters.ib.session import (
    TradingSession,
    reading_session,
    trading_session,
)
from rebalancer_core.values.faults import (
    BrokerFault,
    BrokerSilent,
    CannotConnect,
    ConnectCause,
    GateClosed,
)
from rebalancer_core.values.instruments import Symbol
from tests.adapters.ib.stage import play, received, stage
from tests.contract.harness import address, ticket

_POSITIONS_END, _OPEN_ORDERS_END, _EXECUTIONS_END = 62, 53, 55


def test_open_orders_that_never_end_are_a_fault_and_not_an_empty_list() -> None:
    fault = _opened(on_messages(Mute(), message_id=_OPEN_ORDERS_END), timeout_seconds=0.2)
    assert isinstance(fault, BrokerSilent)
    assert "open orders" in fault.request


@pytest.mark.parametrize("end_marker", [_POSITIONS_END, _EXECUTIONS_END])
def test_a_session_needs_neither_positions_nor_executions(end_marker: int) -> None:
    async def story(_gateway: Gateway, session: TradingSession) -> None:
        assert isinstance(await session.broker.server_time(), Success)

    play(story, scenario=on_messages(Mute(), message_id=end_marker), timeout_seconds=0.2)


def test_a_client_id_in_use_is_told_at_once_and_no_other_id_is_suggested() -> None:
    async def story(gateway: Gateway, _session: TradingSession) -> None:
        # Waiting for the time-out instead would end in the time limit of the suite.
        async with trading_session(address(gateway, timeout_seconds=1000)) as opened:
            second = opened.failure()
            assert isinstance(second, CannotConnect)
            assert "client id 42 is in use (error 326" in second.detail
            assert "keep this id while an order is unresolved" in second.hint

    play(story)


def test_the_client_id_is_free_again_after_the_session() -> None:
    async def story() -> None:
        gateway = stage()
        async with gateway.running():
            for _ in range(3):
                async with trading_session(address(gateway)) as opened:
                    opened.unwrap()

    asyncio.run(story())


def test_a_gateway_that_accepts_and_stays_silent_is_given_up() -> None:
    fault = _at_a_listener(_silent, timeout_seconds=0.2)
    assert isinstance(fault, CannotConnect)
    assert "no answer to the handshake within 0.2 s" in fault.detail


def test_a_gateway_that_closes_the_socket_is_given_up_at_once() -> None:
    fault = _at_a_listener(_closing, timeout_seconds=1000)
    assert isinstance(fault, CannotConnect)
    assert "closed the connection" in fault.detail


def test_where_nobody_listens_the_fault_says_what_to_start() -> None:
    async def story() -> BrokerFault:
        gateway = stage()
        async with gateway.running():
            gone = address(gateway)
        async with reading_session(gone) as opened:
            return opened.failure()

    fault = asyncio.run(story())
    assert isinstance(fault, CannotConnect)
    assert "connection refused" in fault.detail
    assert "4002 IB Gateway, paper" in fault.hint


def test_a_way_on_which_nothing_arrives_is_not_called_a_silent_gateway() -> None:
    place = GatewayAddress(host="10.0.0.1", port=4002, client_id=1, timeout_seconds=2)
    assert timed_out(place, "", accepted=False).cause is ConnectCause.UNREACHABLE
    assert timed_out(place, "", accepted=True).cause is ConnectCause.SILENT


def test_a_gateway_that_comes_up_a_little_later_is_reached() -> None:
    async def story() -> None:
        first = stage()
        async with first.running():
            late = evolve(address(first), attempts=10)
        gateway = stage()

        async def come_up() -> None:
            await asyncio.sleep(0.005)
            await gateway.start(port=late.port)

        coming = asyncio.ensure_future(come_up())
        async with reading_session(late) as opened:
            opened.unwrap()
        await coming
        await gateway.stop()

    asyncio.run(story())


def test_a_session_at_a_read_only_api_reads_and_sends_nothing() -> None:
    async def story() -> None:
        gateway = stage(on_messages(Mute(), message_id=_OPEN_ORDERS_END))

        async def refuse() -> None:
            await received(gateway, 5, 1)
            gateway.announce(321, "Error validating request: Read-Only mode.")

        async with gateway.running():
            refusing = asyncio.ensure_future(refuse())
            async with trading_session(address(gateway, timeout_seconds=1000)) as opened:
                await refusing
                session = opened.unwrap()
                assert "open orders are not visible" in session.closed_gate
                order = ticket(Symbol("SPY"), 3)
                fault = (await session.order_desk().submit(order)).failure()
                assert isinstance(fault, GateClosed)
                assert not gateway.record.received(3)

    asyncio.run(story())


def test_a_session_that_reads_takes_the_next_free_client_id() -> None:
    async def story(gateway: Gateway, _session: TradingSession) -> None:
        place = evolve(address(gateway), client_id=42, other_ids=(43, 44))
        async with reading_session(place) as second, reading_session(place) as third:
            assert "client id 42 is in use; connected as 43" in second.unwrap().notices()
            assert "client id 42 is in use; connected as 44" in third.unwrap().notices()
            async with reading_session(place) as fourth:
                fault = fourth.failure()
                assert isinstance(fault, CannotConnect)
                assert "client id 44 is in use" in fault.detail

    play(story)


@pytest.mark.parametrize(
    ("greeting", "said"),
    [
        (b"\0\0\0\x1a150\x0020231214 15:57:37 EST\0", "API version 150, older than the 157"),
        (b"\0\0\0\x08\0\0\0\xcb\x08\x01\x12\0", "an encoding this program cannot read"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "is not TWS or IB Gateway"),
    ],
)
def test_what_speaks_another_language_is_named_at_once(greeting: bytes, said: str) -> None:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        await reader.read()
        writer.close()

    fault = _at_a_listener(greet, timeout_seconds=1000)
    assert isinstance(fault, CannotConnect)
    assert said in fault.detail


def test_client_id_zero_would_adopt_orders_placed_by_hand() -> None:
    with pytest.raises(ValueError, match="placed by hand"):
        GatewayAddress(host="127.0.0.1", port=4002, client_id=0)


def test_a_session_that_reads_has_no_way_to_send_an_order() -> None:
    async def story() -> None:
        gateway = stage()
        async with gateway.running(), reading_session(address(gateway)) as opened:
            session = opened.unwrap()
            assert not hasattr(session, "order_desk")
            assert not hasattr(session.broker, "submit")
            assert not hasattr(session.what_ifs(), "submit")
            assert not gateway.record.received(5)

    asyncio.run(story())


def test_what_the_gateway_says_to_nobody_in_particular_is_kept_for_the_log() -> None:
    async def story(gateway: Gateway, session: TradingSession) -> tuple[str, ...]:
        gateway.announce(2103, "Market data farm connection is broken:usfarm")
        gateway.announce(100, "Max rate of messages per second has been exceeded")
        await session.broker.server_time()
        return session.notices()

    notices = play(story)
    assert "2103: Market data farm connection is broken:usfarm" in notices
    assert "100: Max rate of messages per second has been exceeded" in notices


@pytest.mark.parametrize(
    ("port", "word"), [(4001, "IB Gateway, live"), (7497, "TWS, paper"), (5000, "5000")]
)
def test_the_hint_knows_the_usual_ports(port: int, word: str) -> None:
    assert word in hint(GatewayAddress(host="127.0.0.1", port=port, client_id=1)).split("?")[0]


def _opened(scenario: Scenario, *, timeout_seconds: float) -> BrokerFault:
    async def story() -> BrokerFault:
        gateway = stage(scenario)
        async with gateway.running():
            place = address(gateway, timeout_seconds=timeout_seconds)
            async with trading_session(place) as opened:
                return opened.failure()

    return asyncio.run(story())


Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def _silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()


async def _closing(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


def _at_a_listener(answer: Answer, *, timeout_seconds: float) -> BrokerFault:
    async def story() -> BrokerFault:
        listener = await asyncio.start_server(answer, "127.0.0.1", 0)
        async with listener:
            place = GatewayAddress(
                host="127.0.0.1",
                port=listener.sockets[0].getsockname()[1],
                client_id=1,
                timeout_seconds=timeout_seconds,
            )
            async with reading_session(place) as opened:
                return opened.failure()

    return asyncio.run(story())
