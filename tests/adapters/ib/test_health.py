"""What a handshake shows: a gateway that would serve a session, or which kind of trouble."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from decimal import Decimal

import pytest
from attrs import evolve
from returns.result import Success

from rebalancer_adapters.gateway import (
    Gateway,
    Ignore,
    Mute,
    Outage,
    Scenario,
    at_start,
    on_messages,
    on_requests,
)
from rebalancer_adapters.gateway.scenario import Announce
from rebalancer_adapters.ib.address import GatewayAddress
from rebalancer_adapters.ib.health import HealthPatience, gateway_health
from rebalancer_adapters.ib.session import trading_session
from rebalancer_core.values.faults import ConnectCause
from rebalancer_core.values.health import GatewayHealth, Healthy, Unhealthy
from tests.adapters.ib.stage import stage
from tests.contract.harness import address

_IDS = (43, 44, 45)
_QUICK = HealthPatience(handshake=0.3, server_time=0.2, all_ids=1)
_HOUR = Decimal(3600)
_START_API, _CURRENT_TIME, _NEXT_VALID_ID = 71, 49, 9
_LOST = "Connectivity between IBKR and Trader Workstation has been lost."


def test_a_healthy_gateway_says_its_version_and_accounts_and_is_asked_nothing_else() -> None:
    async def story() -> GatewayHealth:
        gateway = stage()
        async with gateway.running():
            found = await gateway_health(_place(gateway))
            asked = {frame.message_id for frame in gateway.record.received()}
        assert asked == {_START_API, _CURRENT_TIME}
        return found

    found = asyncio.run(story())
    assert isinstance(found, Healthy), found
    assert found.server_version == 178
    assert found.client_id == 43
    assert found.in_use == ()
    assert found.accounts == stage().book.accounts


def test_the_first_id_may_be_in_use() -> None:
    found = _with_clients(43)
    assert isinstance(found, Healthy)
    assert (found.client_id, found.in_use) == (44, (43,))


def test_all_ids_in_use_is_a_state_of_its_own() -> None:
    found = _with_clients(*_IDS)
    assert isinstance(found, Unhealthy)
    assert found.cause is ConnectCause.ID_IN_USE
    assert found.client_ids == _IDS


def test_nothing_listens() -> None:
    async def story() -> GatewayHealth:
        gateway = stage()
        async with gateway.running():
            gone = _place(gateway)
        return await gateway_health(gone)

    assert _cause(asyncio.run(story())) is ConnectCause.REFUSED


@pytest.mark.parametrize(
    "scenario",
    [
        on_messages(Mute(), message_id=_NEXT_VALID_ID),
        on_requests(Ignore(), message_id=_CURRENT_TIME),
    ],
    ids=["half-started", "wedged"],
)
def test_a_gateway_that_goes_silent_after_its_greeting(scenario: Scenario) -> None:
    assert _cause(_found(scenario)) is ConnectCause.SILENT


def test_a_port_that_accepts_and_says_nothing_at_all() -> None:
    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    found = _at_a_listener(mute)
    assert _cause(found) is ConnectCause.SILENT
    assert isinstance(found, Unhealthy)
    assert found.client_ids == (43,), "another id would not help"


def test_a_port_that_closes_at_once() -> None:
    async def closing(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    assert _cause(_at_a_listener(closing)) is ConnectCause.CLOSED


@pytest.mark.parametrize(
    "scenario",
    [
        at_start(Outage(seconds=_HOUR)),
        at_start(Outage(seconds=_HOUR, code=2110)),
        on_requests(Announce(code=1100, text=_LOST), message_id=_START_API)
        + on_messages(Mute(), message_id=_NEXT_VALID_ID),
    ],
    ids=["1100", "2110", "1100 and no handshake"],
)
def test_a_gateway_without_ibkr_behind_it(scenario: Scenario) -> None:
    found = _found(scenario)
    assert _cause(found) is ConnectCause.LOGGED_OUT
    assert isinstance(found, Unhealthy)
    assert "Connectivity between" in found.detail


def _place(gateway: Gateway) -> GatewayAddress:
    return evolve(address(gateway), client_id=_IDS[0], other_ids=_IDS[1:])


def _cause(found: GatewayHealth) -> ConnectCause:
    assert isinstance(found, Unhealthy), found
    return found.cause


def _found(scenario: Scenario) -> GatewayHealth:
    async def story() -> GatewayHealth:
        gateway = stage(scenario)
        async with gateway.running():
            return await gateway_health(_place(gateway), _QUICK)

    return asyncio.run(story())


def _with_clients(*client_ids: int) -> GatewayHealth:
    async def story() -> GatewayHealth:
        gateway = stage()
        async with gateway.running(), AsyncExitStack() as clients:
            for each in client_ids:
                place = evolve(address(gateway), client_id=each)
                opened = await clients.enter_async_context(trading_session(place))
                assert isinstance(opened, Success), opened
            return await gateway_health(_place(gateway))

    return asyncio.run(story())


def _at_a_listener(
    answer: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> GatewayHealth:
    async def story() -> GatewayHealth:
        listener = await asyncio.start_server(answer, "127.0.0.1", 0)
        async with listener:
            port = listener.sockets[0].getsockname()[1]
            place = GatewayAddress(host="127.0.0.1", port=port, client_id=43)
            return await gateway_health(place, _QUICK)

    return asyncio.run(story())
