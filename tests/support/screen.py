"""The program on a terminal: what it shows is read, answers are typed, signals sent. POSIX only."""

import os
import signal
import struct
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.output import Output
from tests.support.processes import launch
from tests.support.timing import PATIENCE_SECONDS

if sys.platform != "win32":
    import fcntl
    import pty
    import termios


class Screen:
    """`rebalance ARGS` on a pseudo terminal; `with` ends the process when the test does.

    with Screen("run", "--config", path) as screen:
        screen.wait_for("Proceed? [y/N]: ")
        screen.type("y")
        assert screen.finish() == 0
    """

    def __init__(
        self,
        *args: str | Path,
        env: Mapping[str, str] | None = None,
        columns: int = 120,
    ) -> None:
        self._keyboard, terminal = pty.openpty()
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        streams = (terminal, terminal, terminal)
        self._process = launch(args, streams, env=env, own_session=True)
        os.close(terminal)
        self._output = Output(self._keyboard, errors="replace")

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
        self._output.close()

    @property
    def process_group(self) -> int:
        """The group that Ctrl+C on this terminal would reach."""
        return os.getpgid(self._process.pid)

    @property
    def text(self) -> str:
        """All that was shown so far, typed letters included, lines ended by a line feed."""
        return self._output.text

    def wait_for(self, words: str) -> None:
        """Come back once `words` are shown after the last words waited for; else the test fails."""
        self._output.wait_for(words, PATIENCE_SECONDS, lambda: self._process.poll() is not None)

    def type(self, line: str) -> None:
        """Type a line and press Enter."""
        self.paste(line + "\n")

    def paste(self, text: str) -> None:
        """Type exactly this; "\x04" at the start of a line is the end of input (Ctrl+D)."""
        os.write(self._keyboard, text.encode())

    def interrupt(self, number: signal.Signals = signal.SIGINT) -> None:
        """Send a signal, as Ctrl+C or a shutdown does."""
        self._process.send_signal(number)

    def finish(self) -> int:
        """Wait for the end; the exit code."""
        code = self._process.wait(timeout=PATIENCE_SECONDS)
        self._output.finish()
        return code
