"""Another process of ours: it says on a pipe what it achieved, and can be killed at any time."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

from attrs import frozen

Say = Callable[[bytes], object]


@frozen(kw_only=True)
class Child:
    """A running child process and what it says, one byte at a time."""

    pid: int
    ear: int

    def hear(self) -> bytes:
        """The next byte; empty when the child has ended."""
        return os.read(self.ear, 1)

    def rest(self) -> bytes:
        """All it still says until it ends."""
        return b"".join(iter(self.hear, b""))

    def kill(self) -> None:
        """As the power switch would: no handler runs, no buffer is flushed."""
        os.kill(self.pid, signal.SIGKILL)


@contextmanager
def forked(work: Callable[[Say], object]) -> Iterator[Child]:
    """A child process that does `work`; when the block ends it is killed and reaped."""
    ear, mouth = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(ear)
        _work_and_leave(work, mouth)
    os.close(mouth)
    child = Child(pid=pid, ear=ear)
    try:
        yield child
    finally:
        child.kill()
        os.waitpid(pid, 0)
        os.close(ear)


def _work_and_leave(work: Callable[[Say], object], mouth: int) -> NoReturn:
    try:
        work(lambda word: os.write(mouth, word))
    finally:
        os._exit(0)  # the only way out that runs nothing of the test runner
