"""Verdicts on what a computer has for a run: program, files, folders, journal, locks. Pure."""

from __future__ import annotations

from attrs import frozen

from rebalancer_core.application.doctor.findings import (
    Check,
    Consequence,
    Finding,
    ok,
    problem,
    warning,
)
from rebalancer_core.messages.doctor import computer as facts
from rebalancer_core.messages.doctor.fact import JournalUnusable, from_sentence
from rebalancer_core.messages.safety import explain_rule
from rebalancer_core.ports import AccountLocks
from rebalancer_core.reconcile.journal_model import JournalFault
from rebalancer_core.reconcile.run_summary import RunSummary
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
    fix: str
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
    journal: tuple[RunSummary, ...] | JournalFault | None
    journal_path: str
    exposed: frozenset[str]
    locks: AccountLocks


def judge_versions(found: Versions) -> Finding:
    """Whether these versions are among the tested ones."""
    known = facts.KnownVersions(program=found.program, python=found.python, ib_async=found.ib_async)
    if _series(found.python) not in TESTED_PYTHONS:
        return warning(Check.PROGRAM, facts.UntestedPython(versions=known, tested=TESTED_PYTHONS))
    if _series(found.ib_async) != TESTED_IB_ASYNC:
        return warning(Check.PROGRAM, facts.UntestedIbAsync(versions=known, tested=TESTED_IB_ASYNC))
    return ok(Check.PROGRAM, known)


def judge_settings(file: SettingsFile) -> tuple[Finding, ...]:
    """Every problem and warning of settings.ini, and whether a run could use it."""
    if not file.is_there:
        missing = facts.NoSettings(name=file.name)
        return (problem(Check.SETTINGS, missing, Consequence.INVALID_INPUT),)
    wrong = tuple(_of_file(Check.SETTINGS, each) for each in file.wrong)
    if file.accounts is None:
        return wrong
    valid = facts.ValidSettings(name=file.name, accounts=file.accounts)
    return (ok(Check.SETTINGS, valid), *wrong)


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
    fact = facts.WrongInFile(said=wrong.words, helps=wrong.fix)
    if wrong.is_warning:
        return warning(check, fact)
    return problem(check, fact, Consequence.INVALID_INPUT)


def _portfolios(files: tuple[PortfoliosFile, ...]) -> tuple[Finding, ...]:
    found: list[Finding] = []
    for file in files:
        if file.models is not None:
            symbols = {weight.symbol for model in file.models for weight in model.weights}
            valid = facts.ValidPortfolios(
                name=file.name, symbols=len(symbols), models=len(file.models)
            )
            found.append(ok(Check.PORTFOLIOS, valid))
        found.extend(_of_file(Check.PORTFOLIOS, each) for each in file.wrong)
    return tuple(found)


def _folder(
    check: Check, key: str, directory: str, fault: ReportFault | JournalFault | None
) -> Finding:
    if fault is None:
        return ok(check, facts.FolderWritable(directory=directory))
    unwritable = facts.FolderUnwritable(directory=directory, detail=fault.detail, key=key)
    return problem(check, unwritable, Consequence.REFUSED)


def _private(check: Check, path: str, mode: str, exposed: frozenset[str]) -> tuple[Finding, ...]:
    """A warning where others have a right to `path`; `mode` is the one that takes it from them."""
    if path not in exposed:
        return ()
    return (warning(check, facts.Exposed(path=path, mode=mode)),)


def _journal(found: tuple[RunSummary, ...] | JournalFault | None) -> Finding:
    if found is None:
        return ok(Check.JOURNAL, facts.NoJournalYet())
    if isinstance(found, JournalFault):
        return problem(Check.JOURNAL, JournalUnusable(fault=found), Consequence.REFUSED)
    left = tuple(account for run in found for account in run.accounts if account.open_orders)
    if left:
        unknown = facts.OrdersOpen(
            orders=sum(account.open_orders for account in left),
            accounts=tuple(sorted({account.account_id for account in left})),
        )
        return problem(Check.JOURNAL, unknown, Consequence.UNKNOWN_OUTCOME)
    return ok(Check.JOURNAL, facts.NoOrderOpen(runs=len(found)))


def _locks(found: AccountLocks) -> tuple[Finding, ...]:
    if not found.refused:
        return (ok(Check.LOCKS, facts.LocksFree(held=found.held)),)
    return tuple(
        problem(Check.LOCKS, facts.LockTaken(why=each.why), Consequence.REFUSED)
        for each in found.refused
    )


def _mode(settings: RunSettings, ids: tuple[AccountId, ...]) -> tuple[Finding, ...]:
    gateway = settings.gateway
    breaches = tuple(
        problem(
            Check.MODE,
            from_sentence(explain_rule(each.rule), "fix settings.ini"),
            Consequence.REFUSED,
        )
        for account_id in ids
        for each in mode_violations(account_id, gateway.port, settings.safety)
    )
    live = tuple(account_id for account_id in ids if not is_paper(account_id))
    fits = facts.ModeFits(live=live, read_only=gateway.read_only)
    return breaches or (ok(Check.MODE, fits),)
