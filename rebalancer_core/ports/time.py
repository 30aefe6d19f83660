"""Clocks, pauses and work side by side."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol, TypeVar

T = TypeVar("T")


class Clock(Protocol):
    """The broker's clock as far as it was heard, and this computer's steady one."""

    def now(self) -> datetime:
        """The broker's time now, UTC."""
        ...

    def hear(self, stated: datetime) -> None:
        """Go by this time of the broker from now on."""
        ...

    def monotonic(self) -> float:
        """Seconds from any fixed instant; never set back."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class Together(Protocol):
    """Runs independent work, perhaps side by side; the results in the order of the work."""

    async def __call__(self, work: tuple[Callable[[], Awaitable[T]], ...]) -> tuple[T, ...]:
        """All results."""
        ...
