"""Connecting: what a client gets when it comes, and what breaks only its own connection."""

import asyncio
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ib_async import IB, Client, ExecutionFilter, Stock

from rebalancer_adapters.gateway import Gateway, Mute, on_messages
from tests.adapters.gateway.clients import (
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

_HELLO = b"API\0" + struct.pack(">I", 9) + b"v157..178"


def test_a_client_gets_its_accounts_positions_and_account_values() -> None:
    async def scene() -> None:
        async with connected() as (_, ib):
            assert ib.client.serverVersion() == 178
            assert ib.managedAccounts() == ["DU111111", "DU222222", "DU333333"]
            assert [(p.account, p.contract.symbol, p.position) for p in ib.positions()] == [
                ("DU111111", "SPY", 10.0),
                ("DU111111", "IEF", 20.0),
                ("DU222222", "SPY", 5.0),
                ("DU333333", "SPY", 2.0),
            ]
            assert {value.account for value in ib.accountValues()} == set(ib.managedAccounts())

    run(scene())


@pytest.mark.parametrize("version", [157, 163, 164, 176, 178])
def test_older_clients_are_spoken_to_in_their_version(version: int) -> None:
    async def scene() -> None:
        gateway = Gateway(small_market())
        async with gateway.running():
            ib = IB()
            ib.client.MaxClientVersion = version  # this client only
            assert Client.MaxClientVersion == 178
            await ib.connectAsync("127.0.0.1", gateway.port, clientId=3, raiseSyncErrors=True)
            assert ib.client.serverVersion() == version
            assert await soon(ib.qualifyContractsAsync(Stock("SPY", "SMART", "USD"))) != [None]

            await filled(ib, market_order(orderRef="r1"))
            (fill,) = await soon(ib.reqExecutionsAsync(ExecutionFilter()))
            assert fill.execution.orderRef == "r1"
            (done,) = await soon(ib.reqCompletedOrdersAsync(False))
            assert (done.order.orderRef, done.order.filledQuantity) == ("r1", 3.0)
            samples = await soon(ib.reqMatchingSymbolsAsync("SPY"))
            assert [each.contract.conId for each in samples or () if each.contract] == [756733]
            await disconnect(ib)

    run(scene())


def test_a_client_that_speaks_only_older_versions_is_refused() -> None:
    async def scene() -> None:
        gateway = Gateway(small_market())
        async with gateway.running():
            answer = await _say(gateway, b"API\0" + struct.pack(">I", 9) + b"v100..156")
            assert b"503" in answer

    run(scene())


def test_connect_options_after_the_versions_are_no_trouble() -> None:
    async def scene() -> None:
        gateway = Gateway(small_market())
        async with gateway.running():
            answer = await _say(gateway, b"API\0" + struct.pack(">I", 18) + b"v100..178 +PACEAPI")
            assert answer[4:8] == b"178\0"

    run(scene())


def test_a_client_id_in_use_is_refused_with_326_and_the_first_client_stays() -> None:
    async def scene() -> None:
        async with connected() as (gateway, ib):
            second = IB()
            seen = errors_of(second)
            connecting = asyncio.ensure_future(
                second.connectAsync("127.0.0.1", gateway.port, clientId=7, timeout=60)
            )
            await until(lambda: (-1, 326) in seen)
            connecting.cancel()  # ib_async would wait for its whole timeout
            await asyncio.wait([connecting])
            assert gateway.client_ids == (7,)
            await soon(ib.reqCurrentTimeAsync())

    run(scene())


def test_a_client_id_is_free_again_after_its_client_left() -> None:
    async def scene() -> None:
        gateway = Gateway(small_market())
        async with gateway.running():
            for _ in range(2):
                ib = await connect(gateway, 7)
                await disconnect(ib)
                await until(lambda: not gateway.client_ids)

    run(scene())


def test_a_positions_request_without_end_marker_never_completes() -> None:
    async def scene() -> None:
        gateway = Gateway(small_market(), on_messages(Mute(), message_id=62))
        async with gateway.running():
            ib = IB()
            with pytest.raises(ConnectionError, match="positions request timed out"):
                await ib.connectAsync(
                    "127.0.0.1", gateway.port, clientId=7, timeout=0.4, raiseSyncErrors=True
                )

    run(scene())


def test_an_unknown_message_is_answered_with_an_error_and_recorded() -> None:
    async def scene() -> None:
        async with connected() as (gateway, ib):
            seen = errors_of(ib)
            raw(ib).reqNewsProviders()
            await until(lambda: (-1, 320) in seen)
            assert [frame.fields for frame in gateway.record.received(85)] == [("85",)]

    run(scene())


def test_cut_connections_end_the_session_but_not_the_gateway() -> None:
    async def scene() -> None:
        async with connected() as (gateway, ib):
            gateway.cut_connections()
            await until(lambda: not ib.isConnected())
            again = await connect(gateway, 7)
            assert len(again.positions()) == 4
            await disconnect(again)

    run(scene())


@settings(max_examples=40, deadline=None)
@given(st.one_of(st.binary(max_size=200), st.binary(max_size=60).map(lambda tail: _HELLO + tail)))
def test_no_bytes_of_one_client_disturb_another(noise: bytes) -> None:
    async def scene() -> None:
        gateway = Gateway(small_market())
        async with gateway.running():
            await _say(gateway, noise)
            answer = await _say(gateway, _HELLO)
            assert answer[4:8] == b"178\0"

    run(scene())


async def _say(gateway: Gateway, what: bytes) -> bytes:
    """Send bytes, end the sending side, and read all that comes back."""
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
    writer.write(what)
    writer.write_eof()
    try:
        return await soon(reader.read())
    except ConnectionError:
        return b""
    finally:
        writer.close()
