"""A clock that tests set, for use cases that wait."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar

from attrs import define

T = TypeVar("T")


@define
class SetClock:
    """The broker's time as a test sets it; sleeping passes at once (a `Clock`)."""

    at: datetime
    seconds: float = 0.0

    def now(self) -> datetime:
        return self.at + timedelta(seconds=self.seconds)

    def hear(self, stated: datetime) -> None:
        self.at, self.seconds = stated, 0.0

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds


async def one_by_one(work: tuple[Callable[[], Awaitable[T]], ...]) -> tuple[T, ...]:
    """The work in its order (a `Together`)."""
    return tuple([await each() for each in work])


def passed(_point: str) -> None:
    """A named place where nothing happens."""
