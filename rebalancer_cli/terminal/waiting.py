"""Work that a person waits for at this terminal: progress goes on, and the log is shown on wish."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from rebalancer_cli.screen.console import console_text
from rebalancer_cli.terminal.heartbeat import beating
from rebalancer_cli.terminal.loudness import Loudness
from rebalancer_cli.terminal.terminal import Terminal

T = TypeVar("T")
_LOGGERS = ("rebalancer_cli", "rebalancer_adapters")


async def waited_for(terminal: Terminal, work: Awaitable[T]) -> T:
    """What the work comes to; the live line is kept up meanwhile, and gone afterwards."""
    with _log_shown(terminal):
        async with beating(terminal.live):
            return await work


@contextmanager
def _log_shown(terminal: Terminal) -> Iterator[None]:
    """With `--verbose`, for the block, what is logged is on stderr, too."""
    if terminal.loudness is not Loudness.VERBOSE:
        yield
        return
    handler = _OnScreen(terminal)
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        # A command that keeps no log has set no level.
        logger.setLevel(logger.level or logging.INFO)
        logger.addHandler(handler)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.removeHandler(handler)
            logger.setLevel(level)


class _OnScreen(logging.Handler):
    def __init__(self, terminal: Terminal) -> None:
        super().__init__()
        self._terminal = terminal

    def emit(self, record: logging.LogRecord) -> None:
        level = "" if record.levelno == logging.INFO else f"{record.levelname.lower()}: "
        self._terminal.note(f"log: {level}{console_text(record.getMessage())}")
