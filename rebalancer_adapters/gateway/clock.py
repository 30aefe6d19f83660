"""Clock rules: the gateway reads the time and waits only through one of these clocks."""

import asyncio
import heapq
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Protocol

Seconds = float | Decimal


class Clock(Protocol):
    """The time of the simulated market, always in UTC."""

    def now(self) -> datetime:
        """The present instant, with UTC as its zone."""
        ...

    async def sleep(self, seconds: Seconds) -> None:
        """Return when that many seconds of this clock have passed."""
        ...


class SystemClock:
    """The clock of this computer."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: Seconds) -> None:
        await asyncio.sleep(float(seconds))


class OffsetClock:
    """A clock that starts at a chosen instant and then runs at the usual pace."""

    def __init__(self, start: datetime) -> None:
        self._offset = start.astimezone(UTC) - datetime.now(UTC)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._offset

    async def sleep(self, seconds: Seconds) -> None:
        await asyncio.sleep(float(seconds))


class ManualClock:
    """A clock that stands still until `advance` is called: tests decide what time it is."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)
        self._sleepers: list[tuple[datetime, int, asyncio.Event]] = []
        self._count = 0

    def now(self) -> datetime:
        return self._now

    async def sleep(self, seconds: Seconds) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        self._count += 1
        awake = asyncio.Event()
        due = self._now + timedelta(seconds=float(seconds))
        heapq.heappush(self._sleepers, (due, self._count, awake))
        await awake.wait()

    async def advance(self, seconds: Seconds) -> None:
        """Move the clock forward; everyone due by then wakes in the order of the due times."""
        goal = self._now + timedelta(seconds=float(seconds))
        await _let_others_run()
        while self._sleepers and self._sleepers[0][0] <= goal:
            due, _, awake = heapq.heappop(self._sleepers)
            self._now = max(self._now, due)
            awake.set()
            await _let_others_run()
        self._now = goal
        await _let_others_run()


async def _let_others_run() -> None:
    for _ in range(10):  # a woken task may start another wait in a later turn of the loop
        await asyncio.sleep(0)
