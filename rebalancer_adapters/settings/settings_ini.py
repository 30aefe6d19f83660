"""settings.ini becomes Settings, whole and checked, or every problem at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from attrs import evolve
from returns.result import Failure, Result, Success

from rebalancer_adapters.ground.file_text import NO_SUCH_FILE, FileText, read_text
from rebalancer_adapters.ground.problems import Kind, Problem, in_file_order
from rebalancer_adapters.settings.accounts import AccountIds, account_ids, check_chosen
from rebalancer_adapters.settings.band_checks import check_bands
from rebalancer_adapters.settings.blend import blend
from rebalancer_adapters.settings.build import build_settings
from rebalancer_adapters.settings.checks import check_together
from rebalancer_adapters.settings.ini_text import parse_ini
from rebalancer_adapters.settings.keys import ACCOUNT_KEYS, KEYS
from rebalancer_adapters.settings.names import check_names
from rebalancer_adapters.settings.settings import Flags, Settings
from rebalancer_adapters.settings.sources import Sources, wrong_with
from rebalancer_adapters.settings.symbols import check_symbols
from rebalancer_core.values.portfolios import Blend

_MISSING = "`rebalance init` writes one to start from, --config names another"


def load_settings(
    path: Path, environment: Mapping[str, str], flags: Flags
) -> Result[Settings, tuple[Problem, ...]]:
    """Settings of `path` with `REBALANCE_*` of `environment` and `flags` applied, or problems.

    Paths in the file and the environment are relative to the file's own folder. `flags.accounts`
    that the file does not list are problems of usage; all others are of the file.
    """
    file = read_text(path)
    if isinstance(file, Problem):
        return Failure((evolve(file, fix=_MISSING) if file.problem == NO_SUCH_FILE else file,))
    return settings_from_text(file, path, environment, flags)


def settings_from_text(
    file: FileText, path: Path, environment: Mapping[str, str], flags: Flags
) -> Result[Settings, tuple[Problem, ...]]:
    """As `load_settings` for a text already read; `path` is only what paths are relative to."""
    sources = Sources(
        file=file.name, ini=parse_ini(file.text, file.name), environment=environment, flags=flags
    )
    accounts = account_ids(sources)
    mixed = blend(sources)
    usage = check_chosen(flags.accounts, accounts.ids) if accounts.ids else ()
    problems = (*usage, *in_file_order(_problems(sources, accounts, mixed)))
    if flags.strict:
        problems = tuple(map(_stopping, problems))
    if not isinstance(mixed, Blend) or not all(problem.is_warning for problem in problems):
        return Failure(problems)
    settings = build_settings(sources, path.absolute(), file.sha256, accounts, mixed)
    return Success(evolve(settings, warnings=problems))


def _stopping(problem: Problem) -> Problem:
    return evolve(problem, kind=Kind.WRONG) if problem.is_warning else problem


def _problems(
    sources: Sources, accounts: AccountIds, mixed: Blend | tuple[Problem, ...]
) -> tuple[Problem, ...]:
    general = (
        problem for key in KEYS for problem in wrong_with(key, sources.said(key.section, key.name))
    )
    own = (
        problem
        for account in accounts.ids
        for key in ACCOUNT_KEYS
        for problem in wrong_with(key, sources.said_for(account, key))
    )
    return (
        *sources.ini.problems,
        *check_names(sources, accounts.written),
        *accounts.problems,
        *(() if isinstance(mixed, Blend) else mixed),
        *general,
        *own,
        *check_together(sources, accounts),
        *check_symbols(sources),
        *check_bands(sources, accounts),
    )
