"""Verdicts on what a computer has for a run: program, files, folders, journal, locks. Pure."""

from __future__ import annotations

import shlex

from attrs import frozen

from rebalancer_core.application.doctor.findings import (
    Check,
    Consequence,
    Finding,
    ok,
    problem,
    problem_said,
    warning,
)
from rebalancer_core.messages import counted, explain_journal
from rebalancer_core.ports import AccountLocks
from rebalancer_core.reconcile.journal_model import JournaledRun, JournalFault
from rebalancer_core.reconcile.past_orders import open_orders
from rebalancer_core.safety.limits import is_paper, mode_violations
from rebalancer_core.values.faults import ReportFault
from rebalancer_core.values.instruments import AccountId
from rebalancer_core.values.portfolios import ModelPortfolio
from rebalancer_core.values.settings import RunSettings

# What the build tests; a test holds these to pyproject.toml.
TESTED_PYTHONS = ("3.11", "3.12", "3.13")
TESTED_IB_ASYNC = "2.1"


@frozen(kw_only=True)
class Versions:
    """What runs here."""

    program: str
    python: str
    ib_async: str


@frozen(kw_only=True)
class WrongInput:
    """One thing wrong in a file, and what helps; a warning stops nothing."""

    words: str
    mend: str
    is_warning: bool = False


@frozen(kw_only=True)
class SettingsFile:
    """settings.ini, with the number of its accounts; None where it is not valid."""

    name: str
    is_there: bool
    accounts: int | None
    wrong: tuple[WrongInput, ...]


@frozen(kw_only=True)
class PortfoliosFile:
    """One portfolios.csv, with its models; None where it is not valid."""

    name: str
    models: tuple[ModelPortfolio, ...] | None
    wrong: tuple[WrongInput, ...]


@frozen(kw_only=True)
class Surroundings:
    """What valid settings name on this computer, as it was found; folders and files by name.

    A fault of `reports` or `state` says why nothing can be written there. `journal` is None where
    no file is: no run has traded yet. `exposed`: the state folder or the journal, where others than
    their owner have a right to them.
    """

    accounts: tuple[AccountId, ...]
    portfolios: tuple[PortfoliosFile, ...]
    report_dir: str
    state_dir: str
    reports: ReportFault | None
    state: ReportFault | JournalFault | None
    journal: tuple[JournaledRun, ...] | JournalFault | None
    journal_path: str
    exposed: frozenset[str]
    locks: AccountLocks


def judge_versions(found: Versions) -> Finding:
    """Whether these versions are among the tested ones."""
    words = f"rebalance {found.program}, Python {found.python}, ib_async {found.ib_async}"
    if _series(found.python) not in TESTED_PYTHONS:
        tested = ", ".join(TESTED_PYTHONS)
        return warning(Check.PROGRAM, words, f"this Python is untested; tested are {tested}")
    if _series(found.ib_async) != TESTED_IB_ASYNC:
        mend = f"this ib_async is untested; install {TESTED_IB_ASYNC}, as the lock file has it"
        return warning(Check.PROGRAM, words, mend)
    return ok(Check.PROGRAM, words)


def judge_settings(file: SettingsFile) -> tuple[Finding, ...]:
    """Every problem and warning of settings.ini, and whether a run could use it."""
    if not file.is_there:
        mend = "rebalance init writes one to start from; --config names another"
        return (
            problem(Check.SETTINGS, f"{file.name} is not there", mend, Consequence.INVALID_INPUT),
        )
    wrong = tuple(_of_file(Check.SETTINGS, each) for each in file.wrong)
    if file.accounts is None:
        return wrong
    accounts = counted(file.accounts, "account")
    return (ok(Check.SETTINGS, f"{file.name}: valid, {accounts}"), *wrong)


def judge_surroundings(settings: RunSettings, found: Surroundings) -> tuple[Finding, ...]:
    """Portfolios, folders, journal, locks and mode."""
    return (
        *_portfolios(found.portfolios),
        _folder(Check.REPORTS, "report_dir", found.report_dir, found.reports),
        _folder(Check.STATE, "state_dir", found.state_dir, found.state),
        *_private(Check.STATE, found.state_dir, "700", found.exposed),
        _journal(found.journal),
        *_private(Check.JOURNAL, found.journal_path, "600", found.exposed),
        *_locks(found.locks),
        *_mode(settings, found.accounts),
    )


def _series(version: str) -> str:
    return ".".join(version.split(".")[:2])


def _of_file(check: Check, wrong: WrongInput) -> Finding:
    mend = wrong.mend or "mend the file"
    if wrong.is_warning:
        return warning(check, wrong.words, mend)
    return problem(check, wrong.words, mend, Consequence.INVALID_INPUT)


def _portfolios(files: tuple[PortfoliosFile, ...]) -> tuple[Finding, ...]:
    found: list[Finding] = []
    for file in files:
        if file.models is not None:
            symbols = {weight.symbol for model in file.models for weight in model.weights}
            models = counted(len(file.models), "model")
            words = f"{file.name}: valid, {counted(len(symbols), 'symbol')}, {models}"
            found.append(ok(Check.PORTFOLIOS, words))
        found.extend(_of_file(Check.PORTFOLIOS, each) for each in file.wrong)
    return tuple(found)


def _folder(
    check: Check, key: str, directory: str, fault: ReportFault | JournalFault | None
) -> Finding:
    if fault is None:
        return ok(check, f"{directory} can be written")
    words = f"{directory} cannot be written: {fault.detail}"
    return problem(check, words, f"mend it or set [io] {key}", Consequence.REFUSED)


def _private(check: Check, path: str, mode: str, exposed: frozenset[str]) -> tuple[Finding, ...]:
    """A warning where others have a right to `path`; `mode` is the one that takes it from them."""
    if path not in exposed:
        return ()
    words = f"{path} is accessible to other users, and it holds your orders"
    mend = (
        f"chmod {mode} {shlex.quote(path)}"
        " (on a disk without permissions: set [io] state_dir to a folder elsewhere)"
    )
    return (warning(check, words, mend),)


def _journal(found: tuple[JournaledRun, ...] | JournalFault | None) -> Finding:
    if found is None:
        return ok(Check.JOURNAL, "there is none yet: the first run that trades makes it")
    if isinstance(found, JournalFault):
        mend = "free the disk or give back the file; keep a damaged one, and look at the account"
        return problem(Check.JOURNAL, explain_journal(found), mend, Consequence.REFUSED)
    left = open_orders(found)
    if left:
        accounts = ", ".join(sorted({order.intent.ticket.account_id for _, order in left}))
        words = f"{counted(len(left), 'order')} without a last word, in {accounts}"
        return problem(Check.JOURNAL, words, "rebalance recover", Consequence.UNKNOWN_OUTCOME)
    return ok(Check.JOURNAL, f"{counted(len(found), 'run')}, every order has its last word")


def _locks(found: AccountLocks) -> tuple[Finding, ...]:
    if not found.refused:
        return (ok(Check.LOCKS, f"no other process trades {', '.join(found.held)}"),)
    mend = "wait for that process to end, or mend [io] state_dir"
    return tuple(
        problem(Check.LOCKS, each.why, mend, Consequence.REFUSED) for each in found.refused
    )


def _mode(settings: RunSettings, ids: tuple[AccountId, ...]) -> tuple[Finding, ...]:
    gateway = settings.gateway
    breaches = tuple(
        problem_said(Check.MODE, each.sentence, "mend settings.ini", Consequence.REFUSED)
        for account_id in ids
        for each in mode_violations(account_id, gateway.port, settings.safety)
    )
    if breaches:
        return breaches
    live = ", ".join(account_id for account_id in ids if not is_paper(account_id))
    kind = f"LIVE, real money: {live}" if live else "PAPER"
    sending = "a run only previews" if gateway.read_only else "a run may trade, after a yes"
    state = "true" if gateway.read_only else "false"
    return (ok(Check.MODE, f"{kind}; [ibkr] read_only = {state}: {sending}"),)
