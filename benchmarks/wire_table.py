"""What a run must send at least, and the table that shows it beside what it sent."""

from __future__ import annotations

from attrs import frozen
from tabulate import tabulate

from benchmarks.wire_market import SYMBOLS
from benchmarks.wire_runs import WireRun

_POSITIONS_AT_ONCE = _VALUES_AT_ONCE = 50
_MESSAGES_A_SECOND = 40
_MOST = 1.1


@frozen(kw_only=True)
class Line:
    """One row: what was counted of which run, what it came to, and what it must not exceed."""

    what: str
    run: str
    found: float
    most: float
    unit: str = ""

    @property
    def is_kept(self) -> bool:
        """Whether it is what it must be."""
        return self.found <= self.most


def line(what: str, run: str, found: float, *, most: float, unit: str = "") -> Line:
    """A row of the table."""
    return Line(what=what, run=run, found=found, most=most, unit=unit)


def floor_of(run: WireRun) -> int:
    """The messages that the protocol and the fresh looks of R 7.8 want.

    `6 + N + 3M`: start, positions, open orders, completed orders, executions and time; values of
    each account; details, stream and its end of each symbol. Traded: each order, and 6 an account
    for two fresh looks. Above 50 accounts positions are asked of each, and no more than 50
    subscriptions of values stay open.
    """
    count = 6 + run.accounts + 3 * len(SYMBOLS)
    if run.accounts > _POSITIONS_AT_ONCE:
        count += run.accounts + run.accounts - _VALUES_AT_ONCE
    return count + run.orders + (6 * run.accounts if run.trades else 0)


def wanted_rows(run: WireRun) -> tuple[Line, ...]:
    """Messages over their floor, seconds over those of the messages, rows of positions."""
    floor = floor_of(run)
    held = len(SYMBOLS) * run.accounts
    least = run.messages / _MESSAGES_A_SECOND
    counted = f"{run.messages}/{floor}"
    timed = f"{run.seconds:.1f}/{least:.1f} s"
    sent = line("messages / floor", run.title, run.messages / floor, most=_MOST, unit=counted)
    rows = line("position rows / held", run.title, run.position_rows / held, most=4)
    if not run.trades:
        return sent, rows
    paced = run.seconds / least
    return sent, rows, line("seconds x 40 / messages", run.title, paced, most=1.2, unit=timed)


def render_lines(lines: tuple[Line, ...]) -> str:
    """The table for people."""
    rows = [
        (
            each.what,
            each.run,
            f"{each.found:.2f}",
            each.unit,
            f"<= {each.most:g}",
            "" if each.is_kept else "MISSED",
        )
        for each in lines
    ]
    headers = ("what", "run", "found", "of", "must be", "")
    return tabulate(rows, headers=headers, tablefmt="github", disable_numparse=True)


def render_kinds(run: WireRun) -> str:
    """Messages of a run by their name."""
    rows = [(name, count) for name, count in run.sent.items()]
    return tabulate(rows, headers=("message", "sent"), tablefmt="github")
