"""The run's log: one file a run, one line an event, in UTC; no text can forge a line of it."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from returns.result import Failure, Result, Success

from rebalancer_adapters.ground.durable_files import free_names, reason
from rebalancer_adapters.reports.json_lines import JsonLines
from rebalancer_core.reporting.cells import file_time
from rebalancer_core.values.faults import ReportFault

# Ours at the level the user chose; the broker's library only when it warns.
OWN_LOGGERS = ("rebalancer_cli", "rebalancer_adapters")
LIBRARY_LOGGER = "ib_async"
TEXT, JSON = "text", "json"
_NAME = "rebalance_"


class RunLog:
    """An open log file. Writing to it never raises: the first trouble is kept in `fault`.

    `started_at` is when it was opened (UTC): when the run began.
    """

    def __init__(
        self, path: Path, stream: TextIO, level: str, started_at: datetime, style: str = TEXT
    ) -> None:
        self.path = path
        self.started_at = started_at
        self._stream = stream
        self._handler = _QuietHandler(stream, str(path))
        self._json = JsonLines() if style == JSON else None
        self._handler.setFormatter(self._json or _OneLine())
        levels = [*((name, level) for name in OWN_LOGGERS), (LIBRARY_LOGGER, "WARNING")]
        self._before = [
            (logging.getLogger(name), logging.getLogger(name).level) for name, _ in levels
        ]
        for name, wanted in levels:
            logging.getLogger(name).setLevel(wanted)
            logging.getLogger(name).addHandler(self._handler)

    @property
    def stamp(self) -> str:
        """The time in the file's name, with its number where two runs began in one second."""
        return self.path.stem.removeprefix(_NAME)

    @property
    def fault(self) -> ReportFault | None:
        """The first trouble in writing a line, or None."""
        return self._handler.fault

    def name_run(self, run_id: str) -> None:
        """From now on every JSON event says that it is of this run."""
        if self._json is not None:
            self._json.run_id = run_id

    def close(self) -> None:
        """Stop logging to the file and close it; the loggers are as they were before."""
        for logger, level in self._before:
            logger.removeHandler(self._handler)
            logger.setLevel(level)
        self._handler.close()
        try:
            self._stream.close()
        except OSError as trouble:
            self._handler.note(trouble)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_run_log(
    directory: Path, started_at: datetime, level: str, style: str = TEXT
) -> Result[RunLog, ReportFault]:
    """`rebalance_<ts>.log` in `directory`, readable by its owner only where the system can.

    `level` is a name of the logging module (`INFO`), `style` is TEXT or JSON. Two runs in
    one second have two files.
    """
    stem = f"{_NAME}{file_time(started_at)}"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        path, stream = _create(free_names(directory, stem, ".log"))
    except OSError as trouble:
        fault = ReportFault(path=str(directory / f"{stem}.log"), detail=reason(trouble))
        return Failure(fault)
    return Success(RunLog(path, stream, level, started_at, style))


def escaped(text: str) -> str:
    """`text` on one line: control, line-end, bidirectional and surrogate characters as escapes."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in text
    )


def _create(names: Iterator[Path]) -> tuple[Path, TextIO]:
    path = next(names)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
    except FileExistsError:
        return _create(names)
    return path, os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace", newline="\n")


class _OneLine(logging.Formatter):
    """`2026-01-02T15:04:05.123Z INFO logger: message`; a traceback follows, indented."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, tz=UTC).strftime("%Y-%m-%dT%H:%M:%S")
        head = f"{at}.{int(record.msecs):03d}Z {record.levelname} {record.name}: "
        trace = self.formatException(record.exc_info) if record.exc_info else ""
        lines = [head + escaped(record.getMessage())]
        return "\n".join([*lines, *(f"    {escaped(line)}" for line in trace.split("\n") if line)])


class _QuietHandler(logging.StreamHandler[TextIO]):
    """Keeps the first trouble instead of printing a traceback in the middle of trading."""

    def __init__(self, stream: TextIO, path: str) -> None:
        super().__init__(stream)
        self.fault: ReportFault | None = None
        self._path = path

    def note(self, trouble: BaseException | None) -> None:
        detail = reason(trouble) if isinstance(trouble, OSError) else str(trouble)
        self.fault = self.fault or ReportFault(path=self._path, detail=detail)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802 - logging's own
        self.note(sys.exception())
