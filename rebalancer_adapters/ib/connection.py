"""Opening and closing one session: in sync with the gateway, or not at all."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

from attrs import evolve, frozen

from rebalancer_adapters.ib.address import GatewayAddress, Retry, cannot, hint, timed_out
from rebalancer_adapters.ib.gateway_client import GatewayClient
from rebalancer_adapters.ib.handshake import Handshake, Unusable
from rebalancer_adapters.ib.inbox import Inbox
from rebalancer_adapters.ib.library import IB
from rebalancer_adapters.ib.pacing import PacedClient
from rebalancer_adapters.ib.raw_events import HEARD, DamageListener, RawWrapper
from rebalancer_core.values.faults import BrokerFault, BrokerRefused, CannotConnect, ConnectCause
from rebalancer_core.values.instruments import AccountId

_ID_IN_USE = 326
_INVALID_REQUEST = 321
_CLOSING_SECONDS = 2
_CANCEL_AGAIN_SECONDS = 0.1

ConnectFault = BrokerFault
Done = TypeVar("Done")

# Where nobody set up a log, the library's own words shall not mix with ours on the screen.
logging.getLogger("ib_async").addHandler(logging.NullHandler())


@frozen(kw_only=True)
class Link:
    """An open session: `client` asks, `inbox` hears; requests end after `timeout_seconds`.

    `client_id` is the one it was opened under. `drained` is set while the client holds nothing
    back (it sends 40 messages a second).
    """

    ib: IB
    client: GatewayClient
    inbox: Inbox
    drained: asyncio.Event
    accounts: tuple[AccountId, ...]
    timeout_seconds: float
    client_id: int
    retry: Retry


@asynccontextmanager
async def connected(
    address: GatewayAddress, *, trading: bool
) -> AsyncIterator[Link | ConnectFault]:
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


async def _connect(address: GatewayAddress, *, trading: bool) -> Link | ConnectFault:
    found = await _reached(address, trading=trading)
    for other in address.other_ids:
        if not isinstance(found, _IdInUse):
            break
        found = await _reached(evolve(address, client_id=other), trading=trading)
    if isinstance(found, Link) and found.client_id != address.client_id:
        words = f"client id {address.client_id} is in use; connected as {found.client_id}"
        found.inbox.notices.append(words)
    return found.fault if isinstance(found, _IdInUse) else found


@frozen(kw_only=True)
class _IdInUse:
    fault: CannotConnect


async def _reached(address: GatewayAddress, *, trading: bool) -> Link | ConnectFault | _IdInUse:
    pause = address.backoff_seconds
    for _ in range(address.attempts - 1):
        try:
            return await _attempt(address, trading=trading)
        except ConnectionRefusedError:
            await asyncio.sleep(pause)
            pause *= 2
    try:
        return await _attempt(address, trading=trading)
    except ConnectionRefusedError:
        return cannot(address, ConnectCause.REFUSED, "connection refused", hint(address))


async def _attempt(address: GatewayAddress, *, trading: bool) -> Link | ConnectFault | _IdInUse:
    ib, inbox = IB(), Inbox(address.client_id)
    HEARD.set(inbox)
    # ib_async takes another wrapper only like this; the library itself builds these two in a row.
    ib.wrapper = RawWrapper(ib, inbox)
    ib.client = PacedClient(ib.wrapper, inbox.reading)
    ib.client.apiEnd += ib.disconnectedEvent
    drained = asyncio.Event()
    _listen(ib.client, inbox, drained)
    try:
        fault = await _synchronised(ib, inbox, address, trading=trading)
        # It may be gone again.
        accounts = () if fault else tuple(ib.client.getAccounts())
    except asyncio.CancelledError:
        # ib_async would leave the socket open, and stumble over it as the process ends.
        ib.disconnect()
        raise
    except TimeoutError:
        return timed_out(address, inbox.gates.cut_off, accepted=ib.client.conn.numBytesSent > 0)
    except ConnectionRefusedError:
        raise
    except OSError as error:
        return cannot(address, ConnectCause.UNREACHABLE, str(error), hint(address))
    if fault is not None:
        ib.disconnect()
        return fault
    client: GatewayClient = ib.client
    return Link(
        ib=ib,
        client=client,
        inbox=inbox,
        drained=drained,
        accounts=tuple(AccountId(account) for account in accounts),
        timeout_seconds=address.timeout_seconds,
        client_id=address.client_id,
        retry=address.retry,
    )


def _listen(client: PacedClient, inbox: Inbox, drained: asyncio.Event) -> None:
    def closed(_detail: str) -> None:
        # ib_async would wait for the full timeout when the socket closes during the handshake.
        inbox.stopped.set()
        # What it held back is dropped, and it does not say so.
        drained.set()

    client.conn.disconnected += closed
    client.throttleStart += drained.clear
    client.throttleEnd += drained.set
    drained.set()


async def _synchronised(
    ib: IB, inbox: Inbox, address: GatewayAddress, *, trading: bool
) -> ConnectFault | _IdInUse | None:
    handshake = Handshake()
    unusable: list[Unusable] = []

    def hear(data: bytes) -> None:
        found = handshake.hear(data)
        if found is not None:
            unusable.append(found)
            inbox.stopped.set()

    ib.client.conn.hasData += hear
    starting = asyncio.ensure_future(_started(ib, inbox, address, trading=trading))
    stopped = asyncio.ensure_future(inbox.stopped.wait())
    try:
        await asyncio.wait({starting, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if unusable:
            return cannot(address, ConnectCause.UNUSABLE, unusable[0].detail, unusable[0].hint)
        if starting.done() and inbox.refusal is None:
            return starting.result()
        return _refused(address, inbox.refusal)
    finally:
        ib.client.conn.hasData -= hear
        await _give_up(stopped)
        if inbox.stopped.is_set() or not starting.done():
            await _give_up(starting)


async def _started(
    ib: IB, inbox: Inbox, address: GatewayAddress, *, trading: bool
) -> ConnectFault | None:
    """Handshake, then the open orders of this client id; ib_async's own start asks for more, and a
    gateway that leaves one of its questions open keeps it from ending.
    """
    client = ib.client
    ib.wrapper.clientId = address.client_id
    place = (address.host, address.port, address.client_id, address.timeout_seconds)
    await client.connectAsync(*place)  # type: ignore[no-untyped-call]  # it has no annotations
    if not trading:
        return None
    rows = await inbox.open_orders.ask(client.reqOpenOrders, address.timeout_seconds)
    if isinstance(rows, tuple):
        return None
    if isinstance(rows, BrokerRefused) and rows.code == _INVALID_REQUEST:
        inbox.hides_orders(rows.text)
        return None
    return rows


async def _give_up(task: asyncio.Future[Done]) -> None:
    """End a task for good: `wait_for` of Python 3.11 can swallow a cancel while it connects."""
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=_CANCEL_AGAIN_SECONDS)
    if not task.cancelled():
        task.exception()


def _refused(address: GatewayAddress, refusal: tuple[int, str] | None) -> ConnectFault | _IdInUse:
    if refusal is None:
        return cannot(
            address,
            ConnectCause.CLOSED,
            "the gateway closed the connection at once",
            "is this machine among its trusted IP addresses, and client id"
            f" {address.client_id} free?",
        )
    code, text = refusal
    fault = cannot(
        address,
        ConnectCause.ID_IN_USE,
        f"client id {address.client_id} is in use (error {code}: {text})",
        "close the other program that uses it, or wait until the gateway frees it; keep this"
        " id while an order is unresolved (rebalance status)",
    )
    return _IdInUse(fault=fault)


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
