"""What the user sees and types: data on stdout, the rest on stderr; printing never stops us."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import threading
from typing import TextIO

from attrs import field, frozen

if sys.platform == "win32":
    import msvcrt
else:
    import termios


@frozen(kw_only=True)
class Terminal:
    """One run's screen. With `json_output` stdout carries one object and nothing else.

    A stream is None where the process was started without it (`>&-`, some schedulers).
    """

    out: TextIO | None
    err: TextIO | None
    json_output: bool = False
    keyboard: int | None = None
    _broken: set[str] = field(factory=set, init=False)

    @property
    def width(self) -> int:
        """Columns to print in; 120 where there is no terminal to ask."""
        return shutil.get_terminal_size((120, 40)).columns

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
        """Print a message or progress, to stderr."""
        self._print(self.err, text)

    async def ask(self, prompt: str) -> str | None:
        """The line typed after `prompt`; None at the end of input or without a keyboard.

        What was typed before the prompt stood there is thrown away, so that no pasted `y`
        answers for the next account.
        """
        if self.keyboard is None or not self.can_ask:
            return None
        _forget_typed_ahead(self.keyboard)
        self._print(self.err, prompt, end="")
        line: str | None = None
        try:
            line = await _typed_line(self.keyboard)
        finally:
            if line is None:  # Ctrl+C or Ctrl+D: what follows begins on a line of its own.
                self.note("")
        return line.strip() if line is not None else None

    def _print(self, stream: TextIO | None, text: str, end: str = "\n") -> None:
        if stream is None or stream.name in self._broken:
            return
        try:
            stream.write(text + end)
            stream.flush()
        except (OSError, ValueError):
            # A closed pipe or a vanished console: the log goes on, and so does the run.
            self._broken.add(stream.name)


def process_terminal(*, json_output: bool = False) -> Terminal:
    """The process's own screen and keyboard; letters that it cannot show become `?`."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    return Terminal(
        out=sys.stdout, err=sys.stderr, json_output=json_output, keyboard=_keyboard_number()
    )


def _keyboard_number() -> int | None:
    try:
        return sys.stdin.fileno() if sys.stdin is not None else None
    except (OSError, ValueError):
        return None


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
