"""A finding is one line about one thing a run needs; the worst one says how a run would end."""

from __future__ import annotations

from enum import Enum

from attrs import frozen

from rebalancer_core.messages.doctor.fact import Fact


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
    WHAT_IF = "what-if"


class Level(Enum):
    """How bad it is. A warning stops no run; SKIPPED says why nobody could look."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"
    SKIPPED = "skipped"


class Consequence(Enum):
    """What a run would end with, worst first.

    An order nobody knows the fate of comes first, then the order in which a run would stop.
    """

    UNKNOWN_OUTCOME = "an order's outcome is unknown"
    INVALID_INPUT = "the inputs cannot be used"
    NO_DATA = "the broker does not tell enough"
    REFUSED = "nothing may be traded"
    NONE = "a run stops for nothing here"


@frozen(kw_only=True)
class Finding:
    """What one check found; `consequence` is NONE unless it is a problem."""

    check: Check
    level: Level
    fact: Fact
    consequence: Consequence = Consequence.NONE

    @property
    def words(self) -> str:
        """The fact for people."""
        return self.fact.words

    @property
    def fix(self) -> str:
        """What helps where something is amiss; else empty."""
        return self.fact.fix


def ok(check: Check, fact: Fact) -> Finding:
    """All is well."""
    return Finding(check=check, level=Level.OK, fact=fact)


def warning(check: Check, fact: Fact) -> Finding:
    """No run stops for it, and somebody should know it."""
    return Finding(check=check, level=Level.WARNING, fact=fact)


def problem(check: Check, fact: Fact, consequence: Consequence) -> Finding:
    """A run would stop for it."""
    return Finding(check=check, level=Level.PROBLEM, fact=fact, consequence=consequence)


def skipped(check: Check, why: Fact) -> Finding:
    """Not looked at."""
    return Finding(check=check, level=Level.SKIPPED, fact=why)


def in_order(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The findings in the order of the checks; those of one check stay as they are."""
    return tuple(each for check in Check for each in findings if each.check is check)


def with_skipped(findings: tuple[Finding, ...], why: Fact) -> tuple[Finding, ...]:
    """These findings, and every other check as not looked at."""
    looked_at = {finding.check for finding in findings}
    return (*findings, *(skipped(each, why) for each in Check if each not in looked_at))


def worst_of(findings: tuple[Finding, ...]) -> Consequence:
    """What the worst problem comes to, NONE where there is none."""
    found = {finding.consequence for finding in findings}
    return next((each for each in Consequence if each in found), Consequence.NONE)
