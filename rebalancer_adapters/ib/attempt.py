"""One attempt to open a session under one client id: in sync with the gateway, or given up."""

from __future__ import annotations

import asyncio
from typing import TypeVar

from attrs import frozen

from rebalancer_adapters.ib.address import GatewayAddress, cannot, hint, timed_out
from rebalancer_adapters.ib.gateway_client import GatewayClient
from rebalancer_adapters.ib.handshake import Handshake, Unusable
from rebalancer_adapters.ib.inbox import Inbox
from rebalancer_adapters.ib.library import IB
from rebalancer_adapters.ib.link import Link
from rebalancer_adapters.ib.pacing import PacedClient
from rebalancer_adapters.ib.raw_events import HEARD, RawWrapper
from rebalancer_core.values.faults import BrokerFault, BrokerRefused, CannotConnect, ConnectCause
from rebalancer_core.values.instruments import AccountId

_INVALID_REQUEST = 321
_CANCEL_AGAIN_SECONDS = 0.1

Done = TypeVar("Done")


@frozen(kw_only=True)
class IdInUse:
    """Another program has the client id (326), and may keep it for long."""

    fault: CannotConnect


async def attempt(address: GatewayAddress, *, trading: bool) -> Link | BrokerFault | IdInUse:
    """The session, or why there is none; ConnectionRefusedError where nothing listens yet."""
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
) -> BrokerFault | IdInUse | None:
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
) -> BrokerFault | None:
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


def _refused(address: GatewayAddress, refusal: tuple[int, str] | None) -> BrokerFault | IdInUse:
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
    return IdInUse(fault=fault)
