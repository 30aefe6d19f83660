"""The program in a process of its own, as a shell starts it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from attrs import frozen

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = (sys.executable, "-m", "rebalancer_cli")
_PATIENCE_SECONDS = 90.0
_OWN_PREFIX = "REBALANCE_"


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


class Running:
    """A process that runs beside the test; `with` ends it when the test does."""

    def __init__(self, *args: str | Path, env: Mapping[str, str] | None = None) -> None:
        self._process = subprocess.Popen(
            [*PROGRAM, *map(str, args)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="backslashreplace",
            env=environment(env),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.communicate()

    def first_line(self) -> str:
        """The first line on stdout, as soon as it is there."""
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def interrupt(self) -> None:
        """Ctrl+C."""
        self._process.send_signal(signal.SIGINT)

    @property
    def has_ended(self) -> bool:
        """Whether the process is over."""
        return self._process.poll() is not None

    def kill(self) -> None:
        """The end without any warning: SIGKILL."""
        self._process.kill()

    def finish(self) -> Finished:
        """Wait for the end; what is left of both streams."""
        stdout, stderr = self._process.communicate(timeout=_PATIENCE_SECONDS)
        return Finished(code=self._process.returncode, stdout=stdout, stderr=stderr)


def rebalance(
    *args: str | Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    timeout: float = _PATIENCE_SECONDS,
) -> Finished:
    """`rebalance ARGS` to its end, without a keyboard; a hanging program fails the test."""
    done = subprocess.run(
        [*PROGRAM, *map(str, args)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="backslashreplace",
        env=environment(env),
        cwd=cwd,
        timeout=timeout,
        check=False,
    )
    return Finished(code=done.returncode, stdout=done.stdout, stderr=done.stderr)


def environment(changes: Mapping[str, str] | None = None) -> dict[str, str]:
    """This environment without the user's settings, colours and window; with `changes`."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(_OWN_PREFIX) and name not in {"COLUMNS", "NO_COLOR", "FORCE_COLOR"}
    }
    own = {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    return kept | own | dict(changes or {})
