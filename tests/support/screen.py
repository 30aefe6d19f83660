"""The program on a terminal: what it shows is read, answers are typed, signals sent. POSIX only."""

import os
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.processes import PROGRAM, environment

if sys.platform != "win32":
    import fcntl
    import pty
    import termios

_PATIENCE_SECONDS = 30.0


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
        self._text = ""
        self._seen = 0
        self._grown = threading.Condition()
        self._keyboard, terminal = pty.openpty()
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        self._process = subprocess.Popen(
            [*PROGRAM, *map(str, args)],
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
            env=environment(env),
            start_new_session=True,
        )
        os.close(terminal)
        # Always reading: a full terminal buffer would hold the program back.
        self._reader = threading.Thread(target=self._read, name="screen", daemon=True)
        self._reader.start()

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
            self._process.wait()
        self._reader.join()
        os.close(self._keyboard)

    @property
    def text(self) -> str:
        """All that was shown so far, typed letters included, lines ended by a line feed."""
        with self._grown:
            return self._text

    def wait_for(self, words: str) -> None:
        """Come back once `words` are shown after the last words waited for; else the test fails."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        with self._grown:
            while (at := self._text.find(words, self._seen)) < 0:
                left = deadline - time.monotonic()
                if left <= 0 or (not self._reader.is_alive() and self._process.poll() is not None):
                    raise AssertionError(f"{words!r} was never shown:\n{self._text[self._seen :]}")
                self._grown.wait(min(left, 0.2))
            self._seen = at + len(words)

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
        code = self._process.wait(timeout=_PATIENCE_SECONDS)
        self._reader.join()
        return code

    def _read(self) -> None:
        while True:
            try:
                piece = os.read(self._keyboard, 65536)
            except OSError:  # Linux says EIO once the program has closed its end.
                piece = b""
            if not piece:
                return
            with self._grown:
                text = piece.decode("utf-8", errors="replace")
                self._text += text.replace("\r\n", "\n")
                self._grown.notify_all()
