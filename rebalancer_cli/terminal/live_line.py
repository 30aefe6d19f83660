"""One line of progress below everything else: drawn over on a terminal, now and then in a file.

It is erased with spaces, never with an escape sequence, and is narrower than the screen, so that
no terminal scrolls or wraps. Whatever else is printed erases it first.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Hashable, Mapping
from typing import TextIO

from attrs import define, field, frozen

from rebalancer_cli.screen.console import console_text

# What a line says after so many seconds, from the whole of it to the shortest form.
Words = Callable[[float], tuple[str, ...]]

_DRAWN_SECONDS = 0.2
_CHANGED_SECONDS = 5.0
_SAME_SECONDS = 30.0
_DUMB_SECONDS = 2.0
_LEAST_COLUMNS, _MOST_COLUMNS = 20, 1000


@frozen(kw_only=True)
class Way:
    """How a stream shows progress: `is_drawn` over one line, or a line after so many seconds."""

    is_drawn: bool = False
    changed_seconds: float = _CHANGED_SECONDS
    same_seconds: float = _SAME_SECONDS


def way_of(stream: TextIO, environment: Mapping[str, str]) -> Way:
    """Drawn on a terminal; a `TERM=dumb` gets lines, but as often as a person needs them."""
    if not stream.isatty():
        return Way()
    if environment.get("TERM") == "dumb":
        return Way(changed_seconds=_DUMB_SECONDS, same_seconds=_DUMB_SECONDS)
    return Way(is_drawn=True)


@define(kw_only=True)
class LiveLine:
    """Mutable: what is shown now, and since when. `seconds` is a clock that never jumps."""

    stream: TextIO
    way: Way
    is_quiet: bool = False
    seconds: Callable[[], float] = time.monotonic
    columns: Callable[[], int] = field(default=lambda: shutil.get_terminal_size((120, 40)).columns)
    _words: Words | None = field(default=None, init=False)
    _key: Hashable = field(default=None, init=False)
    _topic: Hashable = field(default=None, init=False)
    _printed: Hashable = field(default=None, init=False)
    _since: float = field(default=0.0, init=False)
    _shown_at: float = field(default=0.0, init=False)
    _drawn: int = field(default=0, init=False)

    def show(self, key: Hashable, words: Words, topic: Hashable = None) -> None:
        """Show this from now on; where `key` is the same, nothing changed but the time.

        The time goes on while the `topic` is the same.
        """
        if self.is_quiet:
            return
        now = self.seconds()
        if self._words is None and not self.way.is_drawn:
            self._shown_at = now  # What is over soon is not worth a line of a file.
        if self._words is None or topic is None or topic != self._topic:
            self._since = now
        self._words, self._key, self._topic = words, key, topic
        self.tick()

    def tick(self) -> None:
        """Show it again where it is time; called at least once a second."""
        if self._words is None:
            return
        passed = self.seconds() - self._shown_at
        if self.way.is_drawn:
            if not self._drawn or passed >= _DRAWN_SECONDS:
                self._draw(self._words)
            return
        is_new = self._key != self._printed
        if passed >= (self.way.changed_seconds if is_new else self.way.same_seconds):
            self._printed = self._key
            self._shown_at = self.seconds()
            self._write(f"{console_text(self._said(self._words)[0])}\n")

    def erase(self) -> None:
        """Make room for a line of another kind; the next tick draws it again."""
        if self._drawn:
            self._write(f"\r{' ' * self._drawn}\r")
            self._drawn = 0

    def end(self) -> None:
        """Nothing is in progress any more."""
        self.erase()
        self._words = None
        self._key = self._printed = None

    def _said(self, words: Words) -> tuple[str, ...]:
        return words(max(0.0, self.seconds() - self._since))

    def _draw(self, words: Words) -> None:
        room = min(max(self.columns(), _LEAST_COLUMNS), _MOST_COLUMNS) - 1
        said = [console_text(each) for each in self._said(words)]
        text = next((each for each in said if len(each) <= room), said[-1][:room])
        self._write(f"\r{text}{' ' * (min(self._drawn, room) - len(text))}")
        self._drawn, self._shown_at = len(text), self.seconds()

    def _write(self, text: str) -> None:
        self.stream.write(text)
        self.stream.flush()


def live_line(stream: TextIO, *, is_quiet: bool) -> LiveLine:
    """The one line of progress of this stream of the process."""
    return LiveLine(stream=stream, way=way_of(stream, os.environ), is_quiet=is_quiet)
