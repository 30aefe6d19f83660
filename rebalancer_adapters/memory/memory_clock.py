"""A clock in memory: it stands until somebody sleeps, and then passes at once."""

from __future__ import annotations

from datetime import datetime, timedelta

from attrs import define


@define
class MemoryClock:
    """The broker's time, UTC, as it was set plus the seconds slept since (a `Clock`).

    >>> from datetime import timezone
    >>> clock = MemoryClock(datetime(2026, 1, 2, 17, tzinfo=timezone.utc))
    >>> import asyncio
    >>> asyncio.run(clock.sleep(90))
    >>> str(clock.now()), clock.monotonic()
    ('2026-01-02 17:01:30+00:00', 90.0)
    """

    _at: datetime
    _slept: float = 0.0

    def now(self) -> datetime:
        """The broker's time now."""
        return self._at

    def hear(self, stated: datetime) -> None:
        """Go by this time from now on."""
        self._at = stated

    def monotonic(self) -> float:
        """The seconds slept so far."""
        return self._slept

    async def sleep(self, seconds: float) -> None:
        """Be that much later, at once."""
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        """Be that much later, as when a person takes time to answer."""
        self._at += timedelta(seconds=seconds)
        self._slept += seconds
