"""What the user sees and types: data on stdout, the rest on stderr."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import threading
from typing import TextIO

from attrs import field, frozen

from rebalancer_cli.terminal.live_line import LiveLine, live_line
from rebalancer_cli.terminal.loudness import Loudness, chosen

if sys.platform == "win32":
    import msvcrt
else:
    import termios


@frozen(kw_only=True)
class Terminal:
    """One run's screen. With `json_output` stdout carries one object and nothing else."""

    out: TextIO
    err: TextIO
    json_output: bool = False
    keyboard: int | None = None
    loudness: Loudness = Loudness.NORMAL
    live: LiveLine = field()

    @live.default
    def _of_stderr(self) -> LiveLine:
        return live_line(self.err, is_quiet=self.loudness is Loudness.QUIET)

    @property
    def width(self) -> int:
        """Columns to print in, 20 to 1000; 120 where there is no terminal to ask."""
        return min(max(shutil.get_terminal_size((120, 40)).columns, 20), 1000)

    @property
    def can_ask(self) -> bool:
        """Whether somebody sits at a keyboard."""
        return self.keyboard is not None and os.isatty(self.keyboard)

    def show(self, text: str) -> None:
        """Print what the run is about: to stdout, or to stderr beside a JSON object."""
        self._print(self.err if self.json_output else self.out, text)

    def data(self, text: str) -> None:
        """Print what programs read, to stdout."""
        self._print(self.out, text)

    def note(self, text: str) -> None:
        """Print a message, to stderr."""
        self._print(self.err, text)

    def doing(self, text: str) -> None:
        """Print what is being done, to stderr, unless silence was asked for."""
        if self.loudness is not Loudness.QUIET:
            self.note(text)

    async def ask(self, prompt: str) -> str | None:
        """The line typed after `prompt`; None at the end of input or without a keyboard.

        What was typed before the prompt stood there is thrown away, so that no pasted `y`
        answers for the next account.
        """
        if self.keyboard is None or not self.can_ask:
            return None
        _forget_typed_ahead(self.keyboard)
        self.live.end()
        _print(self.err, prompt, end="")
        line: str | None = None
        try:
            line = await _typed_line(self.keyboard)
        finally:
            if line is None:  # Ctrl+C or Ctrl+D: what follows begins on a line of its own.
                self.note("")
        return line.strip() if line is not None else None

    def _print(self, stream: TextIO, text: str) -> None:
        self.live.erase()
        _print(stream, text)
        self.live.tick()


def process_terminal(*, json_output: bool = False) -> Terminal:
    """The process's own screen and keyboard."""
    return Terminal(
        out=sys.stdout,
        err=sys.stderr,
        json_output=json_output,
        keyboard=_keyboard_number(),
        loudness=chosen(),
    )


def _keyboard_number() -> int | None:
    try:
        return sys.stdin.fileno() if sys.stdin is not None else None
    except (OSError, ValueError):
        return None


def _print(stream: TextIO, text: str, end: str = "\n") -> None:
    stream.write(text + end)
    stream.flush()


async def _typed_line(keyboard: int) -> str | None:
    # A daemon thread, so that Ctrl+C at the prompt need not wait for a line; os.read, so that no
    # buffer's lock is held when the interpreter ends.
    loop = asyncio.get_running_loop()
    typed: asyncio.Future[bytes] = loop.create_future()

    def deliver(line: bytes) -> None:
        if not typed.done():
            typed.set_result(line)

    def read() -> None:
        try:
            line = os.read(keyboard, 4096)
        except OSError:
            line = b""
        loop.call_soon_threadsafe(deliver, line)

    threading.Thread(target=read, daemon=True, name="keyboard").start()
    line = await typed
    return line.decode("utf-8", errors="replace") if line else None


def _forget_typed_ahead(keyboard: int) -> None:
    if sys.platform == "win32":
        while msvcrt.kbhit():
            msvcrt.getwch()
    else:
        termios.tcflush(keyboard, termios.TCIFLUSH)
