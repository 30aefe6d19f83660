"""Verdicts on this computer: the program, the two files, folders, journal and locks. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path

from attrs import evolve, frozen

from rebalancer_adapters.ground.problems import Problem, sentence
from rebalancer_adapters.settings.settings import Settings
from rebalancer_cli.doctor.findings import Check, Finding, ok, problem, problem_said, warning
from rebalancer_cli.exits import Exit
from rebalancer_cli.inputs import PortfoliosRead, problems_of
from rebalancer_cli.screen.figures import counted
from rebalancer_core.messages import explain_journal
from rebalancer_core.ports import AccountLocks
from rebalancer_core.reconcile.journal_model import JournaledRun, JournalFault
from rebalancer_core.reconcile.past_orders import open_orders
from rebalancer_core.safety.limits import is_paper, mode_breaches
from rebalancer_core.values.faults import ReportFault
from rebalancer_core.values.results import Failed

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
class Surroundings:
    """What valid settings name on this computer, as it was found.

    A fault of `reports` or `state` says why nothing can be written there. `journal` is None where
    no file is: no run has traded yet. `exposed`: the state folder or the journal, where others than
    their owner have a right to them.
    """

    portfolios: Mapping[Path, PortfoliosRead]
    reports: ReportFault | None
    state: ReportFault | JournalFault | None
    journal: tuple[JournaledRun, ...] | JournalFault | None
    journal_path: Path
    exposed: frozenset[Path]
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


def judge_settings(
    config: Path, loaded: Settings | Failed[tuple[Problem, ...]], *, is_there: bool
) -> tuple[Finding, ...]:
    """Every problem and warning of settings.ini, and whether a run could use it."""
    if not is_there:
        mend = "rebalance init writes one to start from; --config names another"
        return (problem(Check.SETTINGS, f"{config} is not there", mend, Exit.INVALID_INPUT),)
    if isinstance(loaded, Failed):
        return tuple(_of_file(Check.SETTINGS, each) for each in loaded.error)
    accounts = counted(len(loaded.accounts), "account")
    warned = (_of_file(Check.SETTINGS, each) for each in loaded.warnings)
    return (ok(Check.SETTINGS, f"{config}: valid, {accounts}"), *warned)


def judge_surroundings(settings: Settings, found: Surroundings) -> tuple[Finding, ...]:
    """Portfolios, folders, journal, locks and mode."""
    state_dir = settings.io.state_dir
    return (
        *_portfolios(found.portfolios),
        _folder(Check.REPORTS, "report_dir", settings.io.report_dir, found.reports),
        _folder(Check.STATE, "state_dir", state_dir, found.state),
        *_private(Check.STATE, state_dir, "700", found.exposed),
        _journal(found.journal),
        *_private(Check.JOURNAL, found.journal_path, "600", found.exposed),
        *_locks(found.locks),
        *_mode(settings),
    )


def _series(version: str) -> str:
    return ".".join(version.split(".")[:2])


def _of_file(check: Check, wrong: Problem) -> Finding:
    words, mend = sentence(evolve(wrong, fix="")), wrong.fix or "mend the file"
    if wrong.is_warning:
        return warning(check, words, mend)
    return problem(check, words, mend, Exit.INVALID_INPUT)


def _portfolios(files: Mapping[Path, PortfoliosRead]) -> tuple[Finding, ...]:
    found: list[Finding] = []
    for path, file in files.items():
        if not isinstance(file, Failed):
            symbols = {weight.symbol for model in file.portfolios for weight in model.weights}
            models = counted(len(file.portfolios), "model")
            words = f"{path}: valid, {counted(len(symbols), 'symbol')}, {models}"
            found.append(ok(Check.PORTFOLIOS, words))
        found.extend(_of_file(Check.PORTFOLIOS, each) for each in problems_of(file))
    return tuple(found)


def _folder(
    check: Check, key: str, directory: Path, fault: ReportFault | JournalFault | None
) -> Finding:
    if fault is None:
        return ok(check, f"{directory} can be written")
    words = f"{directory} cannot be written: {fault.detail}"
    return problem(check, words, f"mend it or set [io] {key}", Exit.REFUSED)


def _private(check: Check, path: Path, mode: str, exposed: frozenset[Path]) -> tuple[Finding, ...]:
    """A warning where others have a right to `path`; `mode` is the one that takes it from them."""
    if path not in exposed:
        return ()
    words = f"{path} is accessible to other users, and it holds your orders"
    mend = (
        f"chmod {mode} {shlex.quote(str(path))}"
        " (on a disk without permissions: set [io] state_dir to a folder elsewhere)"
    )
    return (warning(check, words, mend),)


def _journal(found: tuple[JournaledRun, ...] | JournalFault | None) -> Finding:
    if found is None:
        return ok(Check.JOURNAL, "there is none yet: the first run that trades makes it")
    if isinstance(found, JournalFault):
        mend = "free the disk or give back the file; keep a damaged one, and look at the account"
        return problem(Check.JOURNAL, explain_journal(found), mend, Exit.REFUSED)
    left = open_orders(found)
    if left:
        accounts = ", ".join(sorted({order.intent.ticket.account_id for _, order in left}))
        words = f"{counted(len(left), 'order')} without a last word, in {accounts}"
        return problem(Check.JOURNAL, words, "rebalance recover", Exit.UNKNOWN_OUTCOME)
    return ok(Check.JOURNAL, f"{counted(len(found), 'run')}, every order has its last word")


def _locks(found: AccountLocks) -> tuple[Finding, ...]:
    if not found.refused:
        return (ok(Check.LOCKS, f"no other process trades {', '.join(found.held)}"),)
    mend = "wait for that process to end, or mend [io] state_dir"
    return tuple(problem(Check.LOCKS, each.why, mend, Exit.REFUSED) for each in found.refused)


def _mode(settings: Settings) -> tuple[Finding, ...]:
    gateway, ids = settings.gateway, tuple(each.account_id for each in settings.accounts)
    breaches = tuple(
        problem_said(Check.MODE, each.sentence, "mend settings.ini", Exit.REFUSED)
        for account_id in ids
        for each in mode_breaches(account_id, gateway.port, settings.safety)
    )
    if breaches:
        return breaches
    live = ", ".join(account_id for account_id in ids if not is_paper(account_id))
    kind = f"LIVE, real money: {live}" if live else "PAPER"
    sending = "a run only previews" if gateway.read_only else "a run may trade, after a yes"
    state = "true" if gateway.read_only else "false"
    return (ok(Check.MODE, f"{kind}; [ibkr] read_only = {state}: {sending}"),)
