"""One connection for one run: a session that reads, or one that may also trade."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from returns.result import Failure, Result, Success

from rebalancer_adapters.ib.address import GatewayAddress, Patience
from rebalancer_adapters.ib.broker import IbBroker
from rebalancer_adapters.ib.connection import connected
from rebalancer_adapters.ib.link import Link
from rebalancer_adapters.ib.order_desk import IbOrderDesk, IbWhatIfs
from rebalancer_core.values.faults import BrokerFault, LinkLost


def utc_now() -> datetime:
    """This computer's clock, UTC."""
    return datetime.now(UTC)


def _nothing() -> None:
    """Nobody watches."""


class ReadingSession:
    """A session without any way to send an order."""

    def __init__(self, link: Link, broker: IbBroker) -> None:
        self._link = link
        self.broker = broker

    @property
    def api_version(self) -> int:
        """The version of the wire protocol agreed on with the gateway (157 to 178)."""
        return self._link.client.serverVersion()

    @property
    def client_id(self) -> int:
        """The client id under which it was opened."""
        return self._link.client_id

    @property
    def lost(self) -> LinkLost | None:
        """Why this session is over: then only a new connection helps. None while it is not."""
        return self._link.inbox.over

    @property
    def closed_gate(self) -> str:
        """Why no order could leave for now, such as prices that may be stale; else empty."""
        return self._link.inbox.closed_gate

    def what_ifs(self) -> IbWhatIfs:
        """What orders would do; nothing is ordered."""
        return IbWhatIfs(self._link)

    def notices(self) -> tuple[str, ...]:
        """What the gateway said to nobody in particular (2104, 2106, 100, ...), oldest first."""
        return tuple(self._link.inbox.notices)


class TradingSession(ReadingSession):
    """A session that may trade."""

    def __init__(self, link: Link, broker: IbBroker, desk: IbOrderDesk) -> None:
        super().__init__(link, broker)
        self._desk = desk

    def order_desk(self) -> IbOrderDesk:
        """The session's one order desk."""
        return self._desk


@asynccontextmanager
async def reading_session(
    address: GatewayAddress,
    *,
    patience: Patience | None = None,
    local: Callable[[], datetime] = utc_now,
) -> AsyncIterator[Result[ReadingSession, BrokerFault]]:
    """A session that reads, for the length of the block, or the fault that prevented it."""
    async with connected(address, trading=False) as link:
        if not isinstance(link, Link):
            yield Failure(link)
            return
        broker = await _broker(link, patience or Patience(), local)
        yield broker.map(lambda heard: ReadingSession(link, heard))


@asynccontextmanager
async def trading_session(
    address: GatewayAddress,
    *,
    patience: Patience | None = None,
    local: Callable[[], datetime] = utc_now,
    handed: Callable[[], None] = _nothing,
) -> AsyncIterator[Result[TradingSession, BrokerFault]]:
    """A session that may trade, for the length of the block, or the fault that prevented it.

    `handed` is called for each order as soon as the client library has it.
    """
    async with connected(address, trading=True) as link:
        if not isinstance(link, Link):
            yield Failure(link)
            return
        broker = await _broker(link, patience or Patience(), local)
        yield broker.map(lambda heard: TradingSession(link, heard, IbOrderDesk(link, handed)))


async def _broker(
    link: Link, patience: Patience, local: Callable[[], datetime]
) -> Result[IbBroker, BrokerFault]:
    """The broker with its clock set: without it no price has an age."""
    broker = IbBroker(link, patience, local)
    fault = await broker.set_clock()
    return Success(broker) if fault is None else Failure(fault)
