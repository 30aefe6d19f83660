"""The process's own streams: what cannot be printed is lost, and it stops no command."""

from __future__ import annotations

import io
import os
import select
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

Failed = Callable[[OSError], None]


def guard_streams() -> None:
    """Make stdin, stdout and stderr of this process safe to use; before anything is printed.

    A full disk, or a reader that left, ends that stream and nothing else; that stdout could not be
    written is told on stderr. Letters that a console cannot show become `?`. A stream that the
    process was started without (`>&-`, some schedulers) is an empty one.
    """
    _take_standard_numbers()
    sys.stderr = _guarded(sys.stderr, 2, _say_nothing)
    sys.stdout = _guarded(sys.stdout, 1, _tell)
    if sys.stdin is None:
        sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0, closefd=False)))


def unfailing(file: io.RawIOBase, failed: Failed, *, encoding: str, at_once: bool) -> TextIO:
    """A stream to that file, which swallows everything from its first error on; `failed` hears it.

    `at_once`: every line is written when it is complete, as on a terminal.
    """
    buffer = io.BufferedWriter(_Unfailing(file, failed))
    return io.TextIOWrapper(buffer, encoding=encoding, errors="replace", line_buffering=at_once)


class _Unfailing(io.RawIOBase):
    def __init__(self, file: io.RawIOBase, failed: Failed) -> None:
        self._file = file
        self._failed = failed
        self._is_broken = False

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return self._file.isatty()

    def fileno(self) -> int:
        return self._file.fileno()

    def write(self, data: ReadableBuffer, /) -> int:
        while not self._is_broken:
            try:
                written = self._file.write(data)
            except OSError as error:
                self._is_broken = True
                self._failed(error)
            else:
                if written is not None:
                    return written
                # A full pipe that another program made non-blocking.
                select.select([], [self._file], [])
        return memoryview(data).nbytes


def _guarded(stream: TextIO | None, number: int, failed: Failed) -> TextIO:
    if stream is None:
        file = io.FileIO(number, "w", closefd=False)
        return unfailing(file, failed, encoding="utf-8", at_once=False)
    if not isinstance(stream, io.TextIOWrapper):
        return stream
    raw = stream.buffer.raw if isinstance(stream.buffer, io.BufferedWriter) else stream.buffer
    return unfailing(raw, failed, encoding=stream.encoding, at_once=stream.line_buffering)


def _take_standard_numbers() -> None:
    """Else the next file to be opened would be stdout, and get what belongs there."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(number)


def _tell(error: OSError) -> None:
    if not isinstance(error, BrokenPipeError):  # Whoever reads just the first lines wants no more.
        sys.stderr.write(f"cannot write to stdout: {error.strerror or error}\n")


def _say_nothing(_error: OSError) -> None:
    """There is nowhere left to say it."""
