"""Requests that are handled later: each when its time comes, those of one time in their order."""

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

from rebalancer_adapters.gateway.clock import Clock
from rebalancer_adapters.gateway.exchange.tasks import Tasks
from rebalancer_adapters.gateway.requests import Request


class Later:
    """The waiting requests of one client."""

    def __init__(self, clock: Clock, tasks: Tasks, handle: Callable[[Request], None]) -> None:
        self._clock = clock
        self._tasks = tasks
        self._handle = handle
        self._waiting: list[tuple[datetime, int, Request]] = []
        self._count = 0

    def put(self, request: Request, seconds: Decimal) -> None:
        """Handle the request in so many seconds."""
        self._count += 1
        due = self._clock.now() + timedelta(seconds=float(seconds))
        heapq.heappush(self._waiting, (due, self._count, request))
        self._tasks.run(self._wait(seconds))

    def drop(self) -> None:
        """Forget what waits."""
        self._waiting.clear()

    async def _wait(self, seconds: Decimal) -> None:
        await self._clock.sleep(seconds)
        # Sleeps that end together wake in any order: whichever wakes first takes the oldest.
        if self._waiting:
            _, _, request = heapq.heappop(self._waiting)
            self._handle(request)
