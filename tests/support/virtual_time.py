"""An event loop whose seconds pass at once: what waits is woken in its order, and nobody sleeps."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import TypeVar

T = TypeVar("T")


class VirtualLoop(asyncio.SelectorEventLoop):
    """Time begins at 0 and jumps to the next timer; only for code that awaits nothing outside."""

    def __init__(self) -> None:
        self.seconds = 0.0
        super().__init__(_AtOnce(self._pass))

    def time(self) -> float:
        return self.seconds

    def _pass(self, seconds: float | None) -> None:
        assert seconds is not None, "everything waits, and for nothing that could come"
        self.seconds += max(0.0, seconds)


class _AtOnce(selectors.SelectSelector):
    def __init__(self, passes: Callable[[float | None], None]) -> None:
        super().__init__()
        self._passes = passes

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready:
            self._passes(timeout)
        return ready


def at_once(work: Coroutine[object, object, T]) -> T:
    """What `work` comes to, in no time of ours."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)


def virtual_seconds() -> float:
    """The time of the loop that runs."""
    return asyncio.get_running_loop().time()
