"""The broker's clock: prices are old by its time, whatever this computer's clock says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from rebalancer_adapters.ib.link import Link
from rebalancer_adapters.ib.numbers import to_instant
from rebalancer_adapters.ib.requests import RequestFault, retried
from rebalancer_adapters.ib.standing import Confirmation
from rebalancer_core.values.faults import ImpossibleAnswer

# This computer's two clocks part by more where it slept, or was set.
_APART_SECONDS = 1.0
# The broker states whole seconds: a smaller difference is none.
_RESOLUTION = timedelta(seconds=2)


class ServerClock:
    """Local time plus the difference that the broker's last answer showed."""

    def __init__(self, link: Link, local: Callable[[], datetime]) -> None:
        self._link = link
        self._local = local
        self._difference = timedelta(0)
        self._asked: Confirmation | None = None
        self._asked_at = local()

    def now(self) -> datetime:
        """The broker's time, UTC, without asking."""
        return self._local() + self._difference

    async def heard(self) -> datetime | RequestFault | ImpossibleAnswer:
        """The broker's time, UTC, by its last answer; asked now where that is no source any more.

        That is where it is old or of another link, and where this computer slept or was set since.
        """
        asked, now = self._asked, asyncio.get_running_loop().time()
        if self._link.inbox.lost is None and asked is not None:
            passed = (self._local() - self._asked_at).total_seconds()
            is_steady = abs(passed - (now - asked.at)) <= _APART_SECONDS
            if is_steady and asked.holds(now, self._link.inbox.link):
                return self.now()
        return await self.ask()

    async def ask(self) -> datetime | RequestFault | ImpossibleAnswer:
        """The broker's time, UTC, asked now."""
        self._asked = None
        at, link = asyncio.get_running_loop().time(), self._link.inbox.link
        local = self._local()
        answer = await retried(self._answered, self._link.retry)
        if not isinstance(answer, tuple):
            return answer
        stated = to_instant(answer[-1])
        if stated is None:
            words = f"{answer[-1]} seconds since 1970"
            return ImpossibleAnswer(request="server time", answer=words)
        difference = stated - self._local()
        self._difference = difference if abs(difference) >= _RESOLUTION else timedelta(0)
        self._asked, self._asked_at = Confirmation(at=at, link=link), local
        return self.now()

    async def _answered(self) -> tuple[int, ...] | RequestFault:
        return await self._link.inbox.server_time.ask(
            self._link.client.reqCurrentTime, self._link.timeout_seconds
        )
