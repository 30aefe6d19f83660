"""Opening and closing one session: in sync with the gateway, or not at all."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from attrs import evolve

from rebalancer_adapters.ib.address import GatewayAddress, cannot, hint
from rebalancer_adapters.ib.attempt import IdInUse, attempt
from rebalancer_adapters.ib.link import Link
from rebalancer_adapters.ib.raw_events import DamageListener
from rebalancer_core.values.faults import BrokerFault, ConnectCause

_CLOSING_SECONDS = 2

# Where nobody set up a log, the library's own words shall not mix with ours on the screen.
logging.getLogger("ib_async").addHandler(logging.NullHandler())


@asynccontextmanager
async def connected(address: GatewayAddress, *, trading: bool) -> AsyncIterator[Link | BrokerFault]:
    """A session for the length of the block, or why there is none.

    A session that trades hears of the open orders of its client id first; where the gateway shows
    none for its Read-Only API (321) it is a session all the same, that no order leaves over. The
    faults: CannotConnect (connection refused, 326 client id in use, a closed socket, a silent one,
    a version or an encoding that cannot be read) and BrokerSilent (no end of open orders).
    """
    link = await _connect(address, trading=trading)
    if not isinstance(link, Link):
        yield link
        return
    listener = DamageListener(link.inbox)
    listener.start()
    try:
        yield link
    finally:
        listener.stop()
        await _close(link)


async def _connect(address: GatewayAddress, *, trading: bool) -> Link | BrokerFault:
    found = await _reached(address, trading=trading)
    for other in address.other_ids:
        if not isinstance(found, IdInUse):
            break
        found = await _reached(evolve(address, client_id=other), trading=trading)
    if isinstance(found, Link) and found.client_id != address.client_id:
        words = f"client id {address.client_id} is in use; connected as {found.client_id}"
        found.inbox.notices.append(words)
    return found.fault if isinstance(found, IdInUse) else found


async def _reached(address: GatewayAddress, *, trading: bool) -> Link | BrokerFault | IdInUse:
    pause = address.backoff_seconds
    for _ in range(address.attempts - 1):
        try:
            return await attempt(address, trading=trading)
        except ConnectionRefusedError:
            await asyncio.sleep(pause)
            pause *= 2
    try:
        return await attempt(address, trading=trading)
    except ConnectionRefusedError:
        return cannot(address, ConnectCause.REFUSED, "connection refused", hint(address))


async def _close(link: Link) -> None:
    """Good-bye: what the client library still holds back goes first, then the socket closes.

    A socket that closes on unread answers is reset, and what it sent last can be lost with it; an
    answer to a question asked behind it says that the gateway has read everything.
    """
    if not link.client.isReady():
        return
    if not link.drained.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(link.drained.wait(), _CLOSING_SECONDS)
        await link.inbox.server_time.ask(link.client.reqCurrentTime, _CLOSING_SECONDS)
    link.inbox.stopped.clear()
    link.ib.disconnect()
    with suppress(TimeoutError):
        await asyncio.wait_for(link.inbox.stopped.wait(), _CLOSING_SECONDS)
