"""Another process of ours: it says on a pipe what it achieved, and can be killed at any time.

It is forked off a process that has no threads, so it starts quickly and safely.
"""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

from attrs import frozen

Work = Callable[[Connection, Path], object]

if sys.platform == "win32":
    _FORKS = multiprocessing.get_context("spawn")
else:
    _FORKS = multiprocessing.get_context("forkserver")
    _FORKS.set_forkserver_preload(
        [
            "pytest",
            "tests.adapters.journal.test_account_lock",
            "tests.adapters.journal.test_crash",
        ]
    )


@frozen(kw_only=True)
class Child:
    """A running child process and the wire to it."""

    pid: int | None
    wire: Connection
    kill: Callable[[], None]

    def hear(self) -> bytes:
        """The next word; empty when the child has ended."""
        try:
            return self.wire.recv_bytes()
        except (EOFError, ConnectionResetError):
            return b""

    def rest(self) -> bytes:
        """All it still says until it ends."""
        return b"".join(iter(self.hear, b""))

    def go(self) -> None:
        """Let a child that waits on its wire go on."""
        self.wire.send_bytes(b"go")


@contextmanager
def forked(work: Work, path: Path) -> Iterator[Child]:
    """A child process that does `work(wire, path)`; killed and reaped when the block ends."""
    here, there = _FORKS.Pipe()
    process = _FORKS.Process(target=work, args=(there, path), daemon=True)
    process.start()
    there.close()
    try:
        yield Child(pid=process.pid, wire=here, kill=process.kill)
    finally:
        process.kill()
        process.join()
        process.close()
        here.close()
