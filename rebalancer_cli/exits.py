"""The exit codes, for people and for cron."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """What a run ended with, for people and for cron."""

    DONE = 0
    BUG = 1
    USAGE = 2
    INVALID_INPUT = 3
    NO_DATA = 4
    REFUSED = 5
    PARTIAL = 6
    UNKNOWN_OUTCOME = 7
    UNREPORTED = 8
    TRADES_WANTED = 10
    INTERRUPTED = 130
