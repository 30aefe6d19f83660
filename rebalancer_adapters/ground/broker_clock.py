"""The broker's clock: expiries, deadlines and reports go by its time and not by this machine's."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

from attrs import define, field


@define
class BrokerClock:
    """The broker's clock, UTC: what it said last plus the time since, steadily (a `Clock`)."""

    _stated: datetime = field(factory=lambda: datetime.now(UTC))
    _heard_at: float = field(factory=time.monotonic)

    def hear(self, stated: datetime) -> None:
        """Go by this time from now on."""
        self._stated, self._heard_at = stated, time.monotonic()

    def now(self) -> datetime:
        """The broker's time now."""
        return self._stated + timedelta(seconds=time.monotonic() - self._heard_at)

    def monotonic(self) -> float:
        """Seconds from some fixed instant; never set back."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)
