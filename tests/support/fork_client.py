"""Commands from the fork server: processes as `subprocess.Popen` gives them, without its start."""

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from functools import cache
from threading import Lock
from typing import TypedDict

from tests.support.environment import ROOT, environment, read_at_start

_KILLED = -9


class Order(TypedDict):
    """What `python -m PROGRAM` to be, where, and whether in a session of its own."""

    program: str
    arguments: list[str]
    environment: dict[str, str]
    folder: str
    own_session: bool


class Forked:
    """One command. A signal never meets another process: the number stays taken until the end."""

    def __init__(self, line: socket.socket) -> None:
        self.returncode: int | None = None
        self._line = line
        self._heard = b""
        self._has_stopped = False
        self.pid = int(self._next_word(None) or "0")

    def poll(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        self._listen(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """The exit code, once it has ended; TimeoutExpired when that takes too long."""
        until = None if timeout is None else time.monotonic() + timeout
        while self.returncode is None:
            left = None if until is None else max(0.0, until - time.monotonic())
            if not self._listen(left) and left == 0:
                raise subprocess.TimeoutExpired("a forked command", timeout or 0)
        return self.returncode

    def wait_until_stopped(self, timeout: float) -> bool:
        """Whether a signal stopped it (SIGSTOP) before it ended and before that time is over."""
        until = time.monotonic() + timeout
        while not self._has_stopped and self.returncode is None:
            if not self._listen(max(0.0, until - time.monotonic())) and time.monotonic() > until:
                break
        stopped, self._has_stopped = self._has_stopped, False
        return stopped

    def send_signal(self, number: int) -> None:
        """Send it a signal, if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """SIGKILL."""
        self.send_signal(getattr(signal, "SIGKILL", signal.SIGTERM))

    def _listen(self, timeout: float | None) -> bool:
        """Take in one thing the keeper says, when it comes in time."""
        if self.returncode is not None or (word := self._next_word(timeout)) is None:
            return False
        if word == "stopped":
            self._has_stopped = True
        else:
            # A keeper that is gone was killed with its command, by whoever cleans up.
            self.returncode = int(word or _KILLED)
            self._line.close()
        return True

    def _next_word(self, timeout: float | None) -> str | None:
        while b"\n" not in self._heard:
            if not select.select([self._line], [], [], timeout)[0]:
                return None
            piece = self._line.recv(4096)
            if not piece:
                return ""
            self._heard += piece
        word, _, self._heard = self._heard.partition(b"\n")
        return word.decode()


class ForkServer:
    """The server of this process and its threads; it ends with the process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._control, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.fork_server", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                cwd=ROOT,
                env=environment(),
                pass_fds=[theirs.fileno()],
            )

    def start(self, order: Order, streams: Sequence[int]) -> Forked:
        """Start a command on these descriptors."""
        line, theirs = socket.socketpair()
        with theirs, self._lock:
            socket.send_fds(self._control, [b"o"], [theirs.fileno(), *streams])
        line.sendall(json.dumps(order).encode() + b"\n")
        return Forked(line)

    def close(self) -> None:
        """Let it go; commands that run still go on."""
        self._control.close()
        self._process.wait()


@cache
def _server() -> ForkServer:
    server = ForkServer()
    atexit.register(server.close)
    return server


def can_fork(variables: Mapping[str, str]) -> bool:
    """Whether a process of the server can become one that starts in this environment."""
    return sys.platform == "linux" and read_at_start(variables) == read_at_start(environment())


def fork(order: Order, streams: Sequence[int]) -> Forked:
    """Start a command from this process's server, which is started at the first time."""
    return _server().start(order, streams)
