"""One connection for one run: a session that reads, or one that may also trade."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
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
        broker = IbBroker(link, patience or Patience(), local)
        with _subscribed(broker):
            fault = await broker.set_clock()
            yield Failure(fault) if fault else Success(ReadingSession(link, broker))


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
        broker = IbBroker(link, patience or Patience(), local)
        with _subscribed(broker):
            fault = await broker.set_clock()
            desk = IbOrderDesk(link, handed)
            yield Failure(fault) if fault else Success(TradingSession(link, broker, desk))


@contextmanager
def _subscribed(broker: IbBroker) -> Iterator[None]:
    """What the broker subscribes to ends with this."""
    try:
        yield
    finally:
        broker.leave()
