"""The program in a process of its own, as a shell starts it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from attrs import frozen

from tests.support.environment import environment
from tests.support.fork_client import Forked, can_fork, fork
from tests.support.output import Output
from tests.support.timing import PATIENCE_SECONDS

_THE_PROGRAM = "rebalancer_cli"
PROGRAM = (sys.executable, "-m", _THE_PROGRAM)


@frozen(kw_only=True)
class Finished:
    """How a process ended and what it said."""

    code: int
    stdout: str
    stderr: str

    @property
    def text(self) -> str:
        """Both streams, for tests that do not care which."""
        return self.stdout + self.stderr

    @property
    def document(self) -> object:
        """stdout as the one JSON document it must be."""
        return json.loads(self.stdout)


class Process(Protocol):
    """What a test may do with a process, forked or started."""

    pid: int

    def poll(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""

    def wait(self, timeout: float | None = None) -> int:
        """The exit code, once it has ended."""

    def send_signal(self, number: int, /) -> None:
        """Send it a signal, if it still runs."""

    def kill(self) -> None:
        """SIGKILL, where there is one."""


def launch(
    arguments: Sequence[str | Path],
    streams: tuple[int, int, int],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    own_session: bool = False,
    anew: bool = False,
    program: str = _THE_PROGRAM,
) -> Process:
    """Start `rebalance ARGUMENTS`, or another program of this checkout, on these descriptors.

    It is forked from a process that has loaded the program already. `anew`, an environment that
    Python reads at its start, and other systems than Linux start it from nothing.
    """
    words, wanted = [str(each) for each in arguments], environment(env)
    if not anew and can_fork(wanted):
        return fork(
            {
                "program": program,
                "arguments": words,
                "environment": wanted,
                "folder": str(cwd or Path.cwd()),
                "own_session": own_session,
            },
            streams,
        )
    stdin, stdout, stderr = streams
    return subprocess.Popen(
        [sys.executable, "-m", program, *words],
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        env=wanted,
        cwd=cwd,
        start_new_session=own_session,
    )


class Running:
    """A process that runs beside the test; `with` ends it when the test does."""

    def __init__(
        self,
        *args: str | Path,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        anew: bool = False,
        program: str = _THE_PROGRAM,
    ) -> None:
        nothing = os.open(os.devnull, os.O_RDWR)
        (out, theirs_out), (err, theirs_err) = os.pipe(), os.pipe()
        streams = (nothing, theirs_out, theirs_err)
        try:
            self._process = launch(args, streams, env=env, cwd=cwd, anew=anew, program=program)
        finally:
            for number in streams:
                os.close(number)
        self._stdout, self._stderr = Output(out), Output(err)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.wait()
        for output in (self._stdout, self._stderr):
            output.close()

    def first_line(self) -> str:
        """The first line on stdout, as soon as it is there."""
        self._stdout.wait_for("\n", PATIENCE_SECONDS, lambda: self.has_ended)
        return self._stdout.text.splitlines(keepends=True)[0]

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    @property
    def is_forked(self) -> bool:
        """Whether it comes from the fork server."""
        return isinstance(self._process, Forked)

    @property
    def has_ended(self) -> bool:
        """Whether the process is over."""
        return self._process.poll() is not None

    def wait_until_stopped(self) -> bool:
        """Whether it came to the failpoint that stops it, before it ended. Linux only."""
        process = self._process
        return isinstance(process, Forked) and process.wait_until_stopped(PATIENCE_SECONDS)

    def go_on(self) -> None:
        """Let a stopped process go on."""
        if sys.platform != "win32":
            self._process.send_signal(signal.SIGCONT)

    def interrupt(self) -> None:
        """Ctrl+C."""
        self._process.send_signal(signal.SIGINT)

    def kill(self) -> None:
        """The end without any warning: SIGKILL."""
        self._process.kill()

    def finish(self, timeout: float = PATIENCE_SECONDS) -> Finished:
        """Wait for the end; all of both streams. TimeoutExpired when it hangs."""
        until = time.monotonic() + timeout
        code = self._process.wait(timeout)
        left = max(1.0, until - time.monotonic())
        return Finished(
            code=code, stdout=self._stdout.finish(left), stderr=self._stderr.finish(left)
        )


def rebalance(
    *args: str | Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    timeout: float = PATIENCE_SECONDS,
    anew: bool = False,
    program: str = _THE_PROGRAM,
) -> Finished:
    """`rebalance ARGS` to its end, without a keyboard; a hanging program fails the test."""
    with Running(*args, env=env, cwd=cwd, anew=anew, program=program) as running:
        return running.finish(timeout)
