"""Ctrl+C, SIGTERM, a closed window: the first ends the command, those that follow change nothing.

A run with orders out listens itself (interrupts.py); once it is over, a signal comes too late.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from types import FrameType

Handler = Callable[[int, FrameType | None], object] | int | signal.Handlers | None


class Interrupted(KeyboardInterrupt):
    """A signal came.

    KeyboardInterrupt itself, where it passes through an `exec` (dataclasses use it while modules
    load), makes `python -m` end by SIGINT instead of the exit code, even though it was caught.
    """


def ending_signals() -> tuple[signal.Signals, ...]:
    """The signals that end a command; what the caller had ignored (nohup) stays ignored."""
    if sys.platform == "win32":
        return (signal.SIGINT,)
    ours = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    return tuple(number for number in ours if signal.getsignal(number) is not signal.SIG_IGN)


def heed_signals() -> None:
    """From now on the first of them raises Interrupted; for the start of the process."""
    for number in ending_signals():
        signal.signal(number, _end)


def ignore_signals() -> None:
    """The exit code is known, and no signal changes it, not even while Python takes itself down."""
    for number in ending_signals():
        signal.signal(number, signal.SIG_IGN)


def after_listening(before: Handler) -> Handler:
    """What a signal does once a run that listened is over; `before` is what it did before that."""
    if before is _end:
        return _come_too_late
    return signal.SIG_DFL if before is None else before


def _end(_number: int, _frame: FrameType | None) -> None:
    for number in ending_signals():
        signal.signal(number, _come_too_late)
    raise Interrupted


def _come_too_late(_number: int, _frame: FrameType | None) -> None:
    """Nothing: the command is at its end already, and what it owes is still written."""
