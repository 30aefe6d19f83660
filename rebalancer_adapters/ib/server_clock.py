"""The broker's clock: prices are old by its time, whatever this computer's clock says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from rebalancer_adapters.ib.link import Link
from rebalancer_adapters.ib.numbers import to_instant
from rebalancer_adapters.ib.requests import RequestFault, retried
from rebalancer_core.values.faults import ImpossibleAnswer

# The broker states whole seconds: a smaller difference is none.
_RESOLUTION = timedelta(seconds=2)


class ServerClock:
    """Local time plus the difference that the broker's last answer showed."""

    def __init__(self, link: Link, local: Callable[[], datetime]) -> None:
        self._link = link
        self._local = local
        self._difference = timedelta(0)

    def now(self) -> datetime:
        """The broker's time, UTC, without asking."""
        return self._local() + self._difference

    async def ask(self) -> datetime | RequestFault | ImpossibleAnswer:
        """The broker's time, UTC, asked now."""
        answer = await retried(self._asked, self._link.retry)
        if not isinstance(answer, tuple):
            return answer
        stated = to_instant(answer[-1])
        if stated is None:
            words = f"{answer[-1]} seconds since 1970"
            return ImpossibleAnswer(request="server time", answer=words)
        difference = stated - self._local()
        self._difference = difference if abs(difference) >= _RESOLUTION else timedelta(0)
        return self.now()

    async def _asked(self) -> tuple[int, ...] | RequestFault:
        return await self._link.inbox.server_time.ask(
            self._link.client.reqCurrentTime, self._link.timeout_seconds
        )
