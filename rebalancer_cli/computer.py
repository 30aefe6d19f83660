"""What only this computer can tell before a run: versions, files, folders, journal, locks."""

from __future__ import annotations

import os
import platform
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

from attrs import evolve
from returns.result import Result

from rebalancer_adapters.ground.broker_clock import BrokerClock
from rebalancer_adapters.ground.durable_files import prove_writable
from rebalancer_adapters.ground.private_folders import is_open_to_others
from rebalancer_adapters.ground.problems import Problem, sentence
from rebalancer_adapters.journal.account_lock import locked
from rebalancer_adapters.journal.proof import prove_journal
from rebalancer_adapters.journal.sqlite_journal import open_journal
from rebalancer_adapters.settings.settings import Flags, Settings
from rebalancer_adapters.settings.settings_ini import load_settings
from rebalancer_cli.bootstrap import GatewaySessions, journal_path
from rebalancer_cli.messages import asking
from rebalancer_cli.options import environment
from rebalancer_cli.portfolio_files import PortfoliosRead, portfolio_files, problems_of
from rebalancer_cli.program import VERSION
from rebalancer_cli.terminal.interrupts import run_interruptibly
from rebalancer_cli.terminal.terminal import Terminal
from rebalancer_core.application.doctor.at_the_gateway import examine_gateway
from rebalancer_core.application.doctor.computer import (
    PortfoliosFile,
    SettingsFile,
    Surroundings,
    Versions,
    WrongInput,
    judge_settings,
    judge_surroundings,
    judge_versions,
)
from rebalancer_core.application.doctor.findings import Finding, in_order, with_skipped
from rebalancer_core.application.doctor.targets import targets_of
from rebalancer_core.messages.doctor.computer import SettingsInvalid
from rebalancer_core.reconcile.journal_model import JournalFault
from rebalancer_core.reconcile.run_summary import RunSummary
from rebalancer_core.values.results import Failed, unwrap_or_failed

E = TypeVar("E")


def examined(config: Path, csv: Path | None, terminal: Terminal) -> tuple[Finding, ...]:
    """Every finding, in the order of the checks; no check hides another that can be made."""
    settings = unwrap_or_failed(load_settings(config, environment(), Flags(csv=csv)))
    found = (judge_versions(_versions()), *judge_settings(_settings_file(config, settings)))
    if isinstance(settings, Failed):
        return with_skipped(found, SettingsInvalid())
    files = {path: _portfolios_file(path, r) for path, r in portfolio_files(settings).items()}
    around = _surroundings(settings, tuple(files.values()))
    gateway = settings.gateway
    terminal.note(asking(gateway.host, gateway.port, gateway.reading_id))
    targets = targets_of(settings, tuple((a, files[a.portfolios_path]) for a in settings.accounts))
    # Once: a person who asks what is wrong wants to know it now.
    sessions = GatewaySessions(settings=settings, attempts=1)
    examining = examine_gateway(settings, targets, sessions, BrokerClock())
    at_gateway = run_interruptibly(examining)
    return in_order((*found, *judge_surroundings(settings, around), *at_gateway))


def _versions() -> Versions:
    return Versions(
        program=VERSION,
        python=platform.python_version(),
        ib_async=version("ib_async"),
    )


def _settings_file(config: Path, loaded: Settings | Failed[tuple[Problem, ...]]) -> SettingsFile:
    return SettingsFile(
        name=str(config),
        is_there=os.path.lexists(config),
        accounts=None if isinstance(loaded, Failed) else len(loaded.accounts),
        wrong=tuple(map(_wrong, loaded.error if isinstance(loaded, Failed) else loaded.warnings)),
    )


def _portfolios_file(path: Path, read: PortfoliosRead) -> PortfoliosFile:
    return PortfoliosFile(
        name=str(path),
        models=None if isinstance(read, Failed) else read.portfolios,
        wrong=tuple(map(_wrong, problems_of(read))),
    )


def _wrong(problem: Problem) -> WrongInput:
    return WrongInput(
        words=sentence(evolve(problem, fix="")), fix=problem.fix, is_warning=problem.is_warning
    )


def _surroundings(settings: Settings, portfolios: tuple[PortfoliosFile, ...]) -> Surroundings:
    ids = tuple(account.account_id for account in settings.accounts)
    state_dir, path = settings.io.state_dir, journal_path(settings)
    with locked(state_dir, ids) as locks:
        pass  # They are given back at once: the doctor only asks whether they can be had.
    return Surroundings(
        accounts=ids,
        portfolios=portfolios,
        report_dir=str(settings.io.report_dir),
        reports=_fault_of(prove_writable(settings.io.report_dir)),
        # The journal first: it makes a missing folder as a run does, for its owner alone.
        state_dir=str(state_dir),
        state=_fault_of(prove_journal(state_dir)) or _fault_of(prove_writable(state_dir)),
        journal=_journal(path),
        journal_path=str(path),
        exposed=frozenset(str(each) for each in (state_dir, path) if is_open_to_others(each)),
        locks=locks,
    )


def _journal(path: Path) -> tuple[RunSummary, ...] | JournalFault | None:
    """The runs in it, all verified; None where no file is, which is not made either."""
    try:
        if not path.exists():
            return None
    except OSError as trouble:
        return JournalFault(path=str(path), detail=trouble.strerror or str(trouble))
    journal = unwrap_or_failed(open_journal(path))
    if isinstance(journal, Failed):
        return journal.error
    with closing(journal):
        runs = unwrap_or_failed(journal.verify())
    return runs.error if isinstance(runs, Failed) else runs


def _fault_of(proof: Result[None, E]) -> E | None:
    proved = unwrap_or_failed(proof)
    return proved.error if isinstance(proved, Failed) else None
