"""When bytes came in: noted as the socket gives them, however late a session comes to read them."""

import asyncio
from collections import deque
from collections.abc import Iterable
from datetime import datetime
from typing import SupportsIndex

from attrs import frozen

from rebalancer_adapters.gateway.clock import Clock


@frozen(kw_only=True)
class Arrived:
    """Bytes that came in together, and when; none at the end of the connection."""

    at: datetime
    data: bytes


class TimedReader(asyncio.StreamReader):
    """A stream that knows when each of its bytes came in."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._parts: deque[tuple[datetime, int]] = deque()

    def feed_data(self, data: Iterable[SupportsIndex]) -> None:
        part = bytes(data)
        self._parts.append((self._clock.now(), len(part)))
        super().feed_data(part)

    async def next(self) -> Arrived:
        """What the socket gave next; waits for it. ConnectionError when the connection broke."""
        first = await self.read(1)
        if not first:
            return Arrived(at=self._clock.now(), data=b"")
        at, size = self._parts.popleft()
        return Arrived(at=at, data=first + await self.read(size - 1))
