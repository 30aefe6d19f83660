"""Plays one numbered case in a folder of its own and judges it."""

import signal
import tempfile
from pathlib import Path
from subprocess import TimeoutExpired

from attrs import frozen

from tests.faults.matrix import CASES
from tests.faults.oracle import violations
from tests.faults.play import play


@frozen(kw_only=True)
class Verdict:
    """What a case came to: its exit codes in order, the promises it broke, all that was said."""

    number: int
    exits: tuple[int, ...] = ()
    sent: int = 0
    broken: tuple[str, ...] = ()
    text: str = ""


def hear_interrupts() -> None:
    """Let processes that are started from now on hear Ctrl+C: a shell's background jobs do not."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def judged(number: int) -> Verdict:
    """Play the case and judge it; a case that hangs breaks a promise too."""
    with tempfile.TemporaryDirectory(prefix=f"fault-{number}-") as folder:
        try:
            story = play(CASES[number], Path(folder))
        except (AssertionError, TimeoutExpired) as trouble:
            return Verdict(number=number, broken=(f"it never came to an end: {trouble}",))
        return Verdict(
            number=number,
            exits=tuple(ended.code for act in story.acts for ended in act.ended),
            sent=len(story.acts[0].sent),
            broken=violations(CASES[number], story),
            text=story.text,
        )
