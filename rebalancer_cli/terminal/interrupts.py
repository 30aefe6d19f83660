"""Signals in a running loop: end the work, or ask it to wind up once orders are out."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, nullcontext
from types import FrameType
from typing import TypeVar

from rebalancer_cli.terminal.signals import Interrupted, after_listening, ending_signals

T = TypeVar("T")


class Interrupts:
    """Whether the user asked to stop; listens from `listening` on."""

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
        """Take the process's signals for the current task; afterwards they come too late.

        Where one process rehearses several runs at a time, the first takes them for all.
        """
        self._task = asyncio.current_task()
        _LISTENING.append(self)
        try:
            with _signals_taken() if len(_LISTENING) == 1 else nullcontext():
                yield
        finally:
            _LISTENING.remove(self)
            self._task = None


_LISTENING: list[Interrupts] = []


def run_interruptibly(work: Coroutine[object, object, T]) -> T:
    """`asyncio.run` for work that any signal may cut off; then it raises Interrupted."""

    async def listened() -> T:
        with Interrupts().listening():
            return await work

    try:
        return asyncio.run(listened())
    except asyncio.CancelledError:
        raise Interrupted from None


@contextmanager
def _signals_taken() -> Iterator[None]:
    """Not by the loop's own handlers: it ends with the default ones, and these kill."""
    loop = asyncio.get_running_loop()

    def heard(_number: int, _frame: FrameType | None) -> None:
        for each in _LISTENING:
            loop.call_soon_threadsafe(each.arrive)

    with _woken(loop):
        before = {number: signal.signal(number, heard) for number in ending_signals()}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, after_listening(handler))


@contextmanager
def _woken(loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    """A signal wakes the loop: else one that comes just before it waits is heard after the wait."""
    if sys.platform == "win32":  # Its loop sees to that itself.
        yield
        return
    heard, told = socket.socketpair()
    with heard, told:
        heard.setblocking(False)
        told.setblocking(False)
        loop.add_reader(heard, heard.recv, 4096)
        before = signal.set_wakeup_fd(told.fileno(), warn_on_full_buffer=False)
        try:
            yield
        finally:
            signal.set_wakeup_fd(before)
            loop.remove_reader(heard)
