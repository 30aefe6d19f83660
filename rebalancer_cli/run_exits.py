"""Exit codes tell the truth, and the worst truth wins."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from rebalancer_cli.exits import Exit
from rebalancer_core.application.doctor.findings import Consequence, Finding, worst_of
from rebalancer_core.reporting.summary import AccountReport, AccountStatus

_FAILURES = frozenset({AccountStatus.FAILED, AccountStatus.REFUSED, AccountStatus.BLOCKED})
_CONSEQUENCES: Mapping[Consequence, Exit] = MappingProxyType(
    {
        Consequence.UNKNOWN_OUTCOME: Exit.UNKNOWN_OUTCOME,
        Consequence.INVALID_INPUT: Exit.INVALID_INPUT,
        Consequence.NO_DATA: Exit.NO_DATA,
        Consequence.REFUSED: Exit.REFUSED,
        Consequence.NONE: Exit.DONE,
    }
)
_SHOWN = frozenset({AccountStatus.BLOCKED})
_TRADED = frozenset({AccountStatus.DONE, AccountStatus.PARTIAL})


def exit_of(
    reports: tuple[AccountReport, ...],
    *,
    unreported: bool,
    bug: bool = False,
    only_previewed: bool = False,
) -> Exit:
    """The code of a run; `unreported` = a report could not be written, `bug` = one ended the run.

    Unknown before a bug before interrupted before unreported (where anything was traded) before
    partial. When no account got anywhere the code says why; when only some did not, the run is
    partial. In a run that is `only_previewed` a blocked account was shown, and is no failure.
    """
    statuses = {report.status for report in reports}
    if AccountStatus.UNKNOWN in statuses:
        return Exit.UNKNOWN_OUTCOME
    if bug:
        return Exit.BUG
    if AccountStatus.INTERRUPTED in statuses:
        return Exit.INTERRUPTED
    if unreported and statuses & _TRADED:
        return Exit.UNREPORTED
    if AccountStatus.PARTIAL in statuses:
        return Exit.PARTIAL
    failures = statuses & (_FAILURES - _SHOWN if only_previewed else _FAILURES)
    if not failures:
        return Exit.REFUSED if unreported else Exit.DONE
    if statuses - failures - {AccountStatus.NOT_TOUCHED}:
        return Exit.PARTIAL
    return Exit.NO_DATA if AccountStatus.FAILED in failures else Exit.REFUSED


def detailed_exit_of(code: Exit, reports: tuple[AccountReport, ...]) -> Exit:
    """The code of a preview with `--detailed-exitcode`; `code` is the one without.

    TRADES_WANTED where an account wants a trade that could be sent, else REFUSED where one is
    blocked or refused. A code that says that something went wrong stays what it is.
    """
    if code is not Exit.DONE:
        return code
    if any(each.status is AccountStatus.PREVIEWED and not each.breaches for each in reports):
        return Exit.TRADES_WANTED
    if any(each.status is AccountStatus.BLOCKED or each.breaches for each in reports):
        return Exit.REFUSED
    return code


def exit_of_findings(findings: tuple[Finding, ...]) -> Exit:
    """The code of `doctor`: what a run would end with for the worst problem."""
    return _CONSEQUENCES[worst_of(findings)]
