"""Dialogs in the gateway's window: orders that wait for an answer, known and answered by nobody."""

from collections.abc import Callable
from decimal import Decimal

from rebalancer_adapters.gateway.clock import Clock
from rebalancer_adapters.gateway.exchange.tasks import Tasks

UNTIL_ANSWERED = Decimal(86_400)
"""Nobody answers by itself: a test's clock lets these go, or a day that passes."""


class Dialogs:
    """The orders behind them, the oldest first; `enter` is what happens after the answer Yes."""

    def __init__(self, clock: Clock, tasks: Tasks) -> None:
        self._clock = clock
        self._tasks = tasks
        self._waiting: dict[int, Callable[[], None]] = {}
        self._count = 0

    def hold(self, seconds: Decimal, enter: Callable[[], None]) -> None:
        """Answer Yes in that many seconds, unless the gateway restarts before."""
        self._count += 1
        self._waiting[self._count] = enter
        self._tasks.run(self._answer(self._count, seconds))

    def drop(self) -> None:
        """The dialogs die, and their orders with them."""
        self._waiting.clear()

    def submit_all(self) -> None:
        """The dialogs die, their orders go out."""
        waiting, self._waiting = self._waiting, {}
        for enter in waiting.values():
            enter()

    async def _answer(self, number: int, seconds: Decimal) -> None:
        try:
            await self._clock.sleep(seconds)
            enter = self._waiting.get(number)
            if enter is not None:
                enter()
        finally:
            self._waiting.pop(number, None)
