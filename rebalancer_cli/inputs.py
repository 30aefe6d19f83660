"""Loads settings.ini and every portfolios.csv it names; all problems of all files at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from attrs import frozen

from rebalancer_adapters.ground.problems import Problem, sentence
from rebalancer_adapters.portfolios.portfolios_csv import LoadedPortfolios, load_portfolios
from rebalancer_adapters.settings.settings import Flags, Settings
from rebalancer_adapters.settings.settings_ini import load_settings
from rebalancer_core.application.types import AccountInputs, Inputs
from rebalancer_core.planning.targets import blended_targets


@frozen(kw_only=True)
class LocatedInputs(Inputs):
    """Valid inputs with their places on this computer."""

    settings: Settings


@frozen(kw_only=True)
class LoadedInputs:
    """Valid inputs, or None with the problems; `usage` are problems of the flags alone."""

    inputs: LocatedInputs | None
    problems: tuple[Problem, ...] = ()
    usage: tuple[Problem, ...] = ()


def load_inputs(path: Path, environment: Mapping[str, str], flags: Flags) -> LoadedInputs:
    """Both files with environment and flags applied; warnings come along with valid inputs."""
    loaded = load_settings(path, environment, flags)
    if loaded.settings is None:
        return LoadedInputs(inputs=None, problems=loaded.problems, usage=loaded.usage)
    settings = loaded.settings
    files = portfolio_files(settings)
    problems = (
        *loaded.problems,
        *(problem for file in files.values() for problem in file.problems),
    )
    accounts = tuple(
        AccountInputs(
            number=number,
            settings=account,
            portfolios=portfolios,
            targets=blended_targets(portfolios, settings.blend),
            portfolios_file=str(account.portfolios_path),
            portfolios_sha256=files[account.portfolios_path].sha256,
        )
        for number, account in enumerate(settings.accounts, start=1)
        if (portfolios := files[account.portfolios_path].portfolios) is not None
    )
    stops = any(file.portfolios is None for file in files.values()) or (
        flags.strict and bool(problems)
    )
    warnings = tuple(sentence(problem) for problem in problems)
    inputs = (
        None if stops else LocatedInputs(settings=settings, accounts=accounts, warnings=warnings)
    )
    return LoadedInputs(inputs=inputs, problems=problems)


def portfolio_files(settings: Settings) -> dict[Path, LoadedPortfolios]:
    """Every portfolios file the accounts use, each loaded once."""
    paths = dict.fromkeys(account.portfolios_path for account in settings.accounts)
    return {path: load_portfolios(path, settings.blend) for path in paths}
