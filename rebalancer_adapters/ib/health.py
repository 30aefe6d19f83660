"""Asks a gateway for nothing but a handshake and the time: whether it would serve a session."""

from __future__ import annotations

import asyncio

from attrs import evolve, frozen

from rebalancer_adapters.ib.address import GatewayAddress
from rebalancer_adapters.ib.connection import connected
from rebalancer_adapters.ib.link import Link
from rebalancer_core.messages import explain
from rebalancer_core.values.faults import BrokerSilent, CannotConnect, ConnectCause
from rebalancer_core.values.health import GatewayHealth, Healthy, Unhealthy


@frozen(kw_only=True)
class HealthPatience:
    """How long it may take, in seconds: one handshake, the time, and everything together.

    The time comes behind what a gateway says of itself as it greets, such as 1100 and 2110.
    """

    handshake: float = 1.5
    server_time: float = 0.5
    all_ids: float = 1.8


async def gateway_health(
    address: GatewayAddress, patience: HealthPatience | None = None
) -> GatewayHealth:
    """What the gateway at this address is good for, asked under the first of its ids that is free.

    An id is given up at once where another client has it.
    """
    patience = patience or HealthPatience()
    now = asyncio.get_running_loop().time
    until = now() + patience.all_ids
    tried: list[int] = []
    found: GatewayHealth
    for client_id in (address.client_id, *address.other_ids):
        left = max(until - now(), 0.1)
        place = evolve(
            address,
            client_id=client_id,
            other_ids=(),
            attempts=1,
            timeout_seconds=min(patience.handshake, left),
        )
        found = await _health(place, tuple(tried), patience)
        if isinstance(found, Healthy) or found.cause is not ConnectCause.ID_IN_USE:
            break
        tried.append(client_id)
    return found


async def _health(
    address: GatewayAddress, in_use: tuple[int, ...], patience: HealthPatience
) -> GatewayHealth:
    async with connected(address, trading=False) as link:
        if isinstance(link, Link):
            return await _of_session(link, address, in_use, patience)
        if isinstance(link, CannotConnect):
            return _unhealthy(address, in_use, link.cause, link.detail)
        return _unhealthy(address, in_use, ConnectCause.CLOSED, explain(link))


async def _of_session(
    link: Link, address: GatewayAddress, in_use: tuple[int, ...], patience: HealthPatience
) -> GatewayHealth:
    inbox = link.inbox
    answer = await inbox.server_time.ask(link.client.reqCurrentTime, patience.server_time)
    if inbox.gates.socket_gone:
        return _unhealthy(address, in_use, ConnectCause.CLOSED, inbox.gates.socket_gone)
    if inbox.gates.cut_off:
        return _unhealthy(address, in_use, ConnectCause.LOGGED_OUT, inbox.gates.cut_off)
    if isinstance(answer, BrokerSilent):
        detail = f"no answer to server time within {answer.seconds:g} s"
        return _unhealthy(address, in_use, ConnectCause.SILENT, detail)
    if inbox.over is not None:
        return _unhealthy(address, in_use, ConnectCause.CLOSED, inbox.over.detail)
    return Healthy(
        host=address.host,
        port=address.port,
        client_id=address.client_id,
        server_version=link.client.serverVersion(),
        accounts=link.accounts,
        in_use=in_use,
    )


def _unhealthy(
    address: GatewayAddress, in_use: tuple[int, ...], cause: ConnectCause, detail: str
) -> Unhealthy:
    return Unhealthy(
        host=address.host,
        port=address.port,
        client_ids=(*in_use, address.client_id),
        cause=cause,
        detail=detail,
    )
