"""Opening and closing one session: in sync with the gateway, or not at all."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

from attrs import frozen
from ib_async.ib import IB, StartupFetch

from rebalancer_adapters.ib.address import GatewayAddress, hint
from rebalancer_adapters.ib.gateway_client import GatewayClient
from rebalancer_adapters.ib.inbox import Inbox
from rebalancer_adapters.ib.pacing import PacedClient
from rebalancer_adapters.ib.raw_events import HEARD, DamageListener, RawWrapper
from rebalancer_core.values.faults import BrokerSilent, CannotConnect
from rebalancer_core.values.instruments import AccountId

# Account values are asked for with each snapshot: one silent account shall not stop the others.
_IN_SYNC = StartupFetch.POSITIONS | StartupFetch.ORDERS_OPEN | StartupFetch.EXECUTIONS
_ID_IN_USE = 326
_CLOSING_SECONDS = 2
_CANCEL_AGAIN_SECONDS = 0.1

ConnectFault = CannotConnect | BrokerSilent
Done = TypeVar("Done")

# Where nobody set up a log, the library's own words shall not mix with ours on the screen.
logging.getLogger("ib_async").addHandler(logging.NullHandler())


@frozen(kw_only=True)
class Link:
    """An open session: `client` asks, `inbox` hears; requests end after `timeout_seconds`.

    `drained` is set while the client holds nothing back (it sends 40 messages a second).
    """

    ib: IB
    client: GatewayClient
    inbox: Inbox
    drained: asyncio.Event
    accounts: tuple[AccountId, ...]
    timeout_seconds: float


@asynccontextmanager
async def connected(
    address: GatewayAddress, *, trading: bool
) -> AsyncIterator[Link | ConnectFault]:
    """A session for the length of the block, or why there is none.

    With `trading` false ib_async connects read-only and asks for no open orders. The faults:
    CannotConnect (nobody listens, 326 client id in use, 321 read-only API, a closed socket, a
    silent one) and BrokerSilent (a start-up answer did not come: positions would look empty).
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
        return _cannot(address, "nobody listens there", hint(address))


async def _attempt(address: GatewayAddress, *, trading: bool) -> Link | ConnectFault:
    ib, inbox = IB(), Inbox(address.client_id)
    HEARD.set(inbox)
    # ib_async takes another wrapper only like this; the library itself builds these two in a row.
    ib.wrapper = RawWrapper(ib, inbox)
    ib.client = PacedClient(ib.wrapper)
    ib.client.apiEnd += ib.disconnectedEvent
    drained = asyncio.Event()
    _listen(ib.client, inbox, drained)
    try:
        fault = await _synchronise(ib, inbox, address, trading=trading)
    except asyncio.CancelledError:
        # ib_async would leave the socket open, and stumble over it as the process ends.
        ib.disconnect()
        raise
    except TimeoutError:
        detail = f"no answer to the handshake within {address.timeout_seconds:g} s"
        return _cannot(address, detail, "is the gateway logged in, with no dialog open?")
    except ConnectionRefusedError:
        raise
    except OSError as error:
        return _unsynchronised(address, error)
    if fault is not None:
        ib.disconnect()
        return fault
    client: GatewayClient = ib.client
    return Link(
        ib=ib,
        client=client,
        inbox=inbox,
        drained=drained,
        accounts=tuple(AccountId(account) for account in ib.managedAccounts()),
        timeout_seconds=address.timeout_seconds,
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


async def _synchronise(
    ib: IB, inbox: Inbox, address: GatewayAddress, *, trading: bool
) -> ConnectFault | None:
    connecting = asyncio.ensure_future(
        ib.connectAsync(
            address.host,
            address.port,
            address.client_id,
            timeout=address.timeout_seconds,
            readonly=not trading,
            raiseSyncErrors=True,
            fetchFields=_IN_SYNC,
        )
    )
    stopped = asyncio.ensure_future(inbox.stopped.wait())
    try:
        await asyncio.wait({connecting, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if connecting.done() and inbox.refusal is None:
            connecting.result()
            return None
        return _refused(address, inbox.refusal)
    finally:
        await _give_up(stopped)
        if inbox.stopped.is_set() or not connecting.done():
            await _give_up(connecting)


async def _give_up(task: asyncio.Future[Done]) -> None:
    """End a task for good: `wait_for` of Python 3.11 can swallow a cancel while it connects."""
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=_CANCEL_AGAIN_SECONDS)
    if not task.cancelled():
        task.exception()


def _refused(address: GatewayAddress, refusal: tuple[int, str] | None) -> CannotConnect:
    if refusal is None:
        return _cannot(
            address,
            "the gateway closed the connection at once",
            "is this machine among its trusted IP addresses, and client id"
            f" {address.client_id} free?",
        )
    code, text = refusal
    if code == _ID_IN_USE:
        return _cannot(
            address,
            f"client id {address.client_id} is in use (error {code}: {text})",
            "close the other program that uses it, or wait until the gateway frees it; keep this"
            " id while an order is unresolved (rebalance status)",
        )
    return _cannot(
        address,
        f"error {code}: {text}",
        "switch off Read-Only API in the gateway's API settings, or preview with --dry-run",
    )


def _unsynchronised(address: GatewayAddress, error: OSError) -> ConnectFault:
    """raiseSyncErrors gives ConnectionError([...]) naming each start-up request left unanswered."""
    unanswered = error.args[0] if error.args else None
    if isinstance(unanswered, list):
        asked = "; ".join(str(request) for request in unanswered)
        return BrokerSilent(request=f"start-up ({asked})", seconds=address.timeout_seconds)
    return _cannot(address, str(error), hint(address))


def _cannot(address: GatewayAddress, detail: str, mend: str) -> CannotConnect:
    return CannotConnect(host=address.host, port=address.port, detail=detail, hint=mend)


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
