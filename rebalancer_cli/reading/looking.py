"""Reading without trading: what `snapshot`, `price` and `validate-portfolios` share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from rebalancer_adapters.files.settings import Settings
from rebalancer_adapters.ib.session import ReadingSession, reading_session
from rebalancer_cli.leave import Stopped
from rebalancer_cli.reading.accounts import Reader
from rebalancer_cli.reading.market import MarketReader
from rebalancer_cli.wiring import address_of
from rebalancer_core.errors import BrokerFault
from rebalancer_core.ports import BrokerPort

T = TypeVar("T")


async def looked(
    settings: Settings, look: Callable[[Reader], Awaitable[T]]
) -> T | Stopped[BrokerFault]:
    """What `look` read through a session that cannot trade, or why there was no session."""
    async with reading_session(address_of(settings)) as session:
        if not isinstance(session, ReadingSession):
            return Stopped(session)
        return await look(_reader(settings, session.broker))


def _reader(settings: Settings, broker: BrokerPort) -> Reader:
    return Reader(
        broker=broker,
        market=MarketReader(
            broker=broker, pricing=settings.pricing, safety=settings.safety, for_trading=False
        ),
        pause_seconds=0,
        parallel=settings.parallel,
    )
