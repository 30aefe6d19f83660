"""Ctrl+C, SIGTERM, a closed window: end the run, or ask it to wind up once orders are out."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager


class Interrupts:
    """Whether the user asked to stop; listens from `listening` on (SPEC 6.7)."""

    def __init__(self) -> None:
        self.requested = False
        self._orders_out = False
        self._task: asyncio.Task[object] | None = None

    def arrive(self) -> None:
        """The user asks to stop. While orders are out only the flag is set: they are followed."""
        self.requested = True
        if not self._orders_out and self._task is not None:
            self._task.cancel()

    @contextmanager
    def orders_out(self) -> Iterator[None]:
        """While this is open a signal does not cut the work off, it only sets `requested`."""
        self._orders_out = True
        try:
            yield
        finally:
            self._orders_out = False

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Take the process's signals for the current task, and give them back at the end."""
        self._task = asyncio.current_task()
        loop = asyncio.get_running_loop()
        if sys.platform == "win32":
            before = signal.signal(signal.SIGINT, lambda _number, _frame: _wake(loop, self))
            try:
                yield
            finally:
                signal.signal(signal.SIGINT, before)
                self._task = None
            return
        taken = _taken()
        for number in taken:
            loop.add_signal_handler(number, self.arrive)
        try:
            yield
        finally:
            for number in taken:
                loop.remove_signal_handler(number)
            self._task = None


def _taken() -> tuple[signal.Signals, ...]:
    """The signals that end a run; what the caller had ignored (nohup) stays ignored."""
    if sys.platform == "win32":
        return (signal.SIGINT,)
    ours = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    return tuple(number for number in ours if signal.getsignal(number) is not signal.SIG_IGN)


def _wake(loop: asyncio.AbstractEventLoop, interrupts: Interrupts) -> None:
    loop.call_soon_threadsafe(interrupts.arrive)
