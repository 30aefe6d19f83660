"""A finding is one line about one thing a run needs; the worst finding decides the exit code."""

from __future__ import annotations

from enum import Enum

from attrs import frozen

from rebalancer_cli.exits import Exit


class Check(Enum):
    """What is looked at, in the order in which a run needs it."""

    PROGRAM = "program"
    SETTINGS = "settings"
    PORTFOLIOS = "portfolios"
    REPORTS = "reports"
    STATE = "state"
    JOURNAL = "journal"
    LOCKS = "locks"
    GATEWAY = "gateway"
    API_VERSION = "api-version"
    CLOCK = "clock"
    READ_ONLY_API = "read-only-api"
    ACCOUNTS = "accounts"
    MODE = "mode"
    LEDGER = "ledger"
    MARKET_DATA = "market-data"
    MARKET_HOURS = "market-hours"


class Level(Enum):
    """How bad it is. A warning stops no run; SKIPPED says why nobody could look."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"
    SKIPPED = "skipped"


# An order nobody knows the fate of first, then in the order in which a run would stop (SPEC 8).
_WORST_FIRST = (Exit.UNKNOWN_OUTCOME, Exit.INVALID_INPUT, Exit.NO_DATA, Exit.REFUSED)


@frozen(kw_only=True)
class Finding:
    """What one check found; `code` is what a run would end with, DONE unless it is a problem."""

    check: Check
    level: Level
    words: str
    mend: str = ""
    code: Exit = Exit.DONE


def ok(check: Check, words: str) -> Finding:
    """All is well."""
    return Finding(check=check, level=Level.OK, words=words)


def warning(check: Check, words: str, mend: str) -> Finding:
    """No run stops for it, and somebody should know it."""
    return Finding(check=check, level=Level.WARNING, words=words, mend=mend)


def problem(check: Check, words: str, mend: str, code: Exit) -> Finding:
    """A run would stop for it, with this code."""
    return Finding(check=check, level=Level.PROBLEM, words=words, mend=mend, code=code)


def skipped(check: Check, why: str) -> Finding:
    """Not looked at."""
    return Finding(check=check, level=Level.SKIPPED, words=why)


def problem_said(check: Check, sentence: str, otherwise: str, code: Exit) -> Finding:
    """A problem from a sentence for people, which may name its mend after an arrow itself.

    >>> found = problem_said(Check.GATEWAY, "nobody listens -> start it", "ask", Exit.NO_DATA)
    >>> found.words, found.mend
    ('nobody listens', 'start it')
    """
    words, _, mend = sentence.partition(" -> ")
    return problem(check, words, mend or otherwise, code)


def in_order(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The findings in the order of the checks; those of one check stay as they are."""
    ranks = {check: rank for rank, check in enumerate(Check)}
    return tuple(sorted(findings, key=lambda finding: ranks[finding.check]))


def exit_of_findings(findings: tuple[Finding, ...]) -> Exit:
    """The code of the worst problem, DONE where there is none."""
    codes = {finding.code for finding in findings}
    return next((code for code in _WORST_FIRST if code in codes), Exit.DONE)
