"""Loads settings.ini and every portfolios.csv it names; all problems of all files at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from attrs import frozen
from returns.result import Failure, Result, Success

from rebalancer_adapters.ground.problems import Problem, sentence
from rebalancer_adapters.portfolios.portfolios_csv import LoadedPortfolios, load_portfolios
from rebalancer_adapters.settings.settings import Flags, Settings
from rebalancer_adapters.settings.settings_ini import load_settings
from rebalancer_core.application.types import AccountInputs, Inputs
from rebalancer_core.planning.targets import blended_targets
from rebalancer_core.values.results import Failed, unwrap_or_failed

PortfoliosRead = LoadedPortfolios | Failed[tuple[Problem, ...]]


@frozen(kw_only=True)
class LocatedInputs(Inputs):
    """Valid inputs with their places on this computer."""

    settings: Settings


def load_inputs(
    path: Path, environment: Mapping[str, str], flags: Flags
) -> Result[LocatedInputs, tuple[Problem, ...]]:
    """Both files with environment and flags applied; warnings come along with valid inputs."""
    settings = unwrap_or_failed(load_settings(path, environment, flags))
    if isinstance(settings, Failed):
        return Failure(settings.error)
    files = portfolio_files(settings)
    wrong = tuple(each for file in files.values() for each in problems_of(file))
    if wrong:
        return Failure((*settings.warnings, *wrong))
    accounts = tuple(
        AccountInputs(
            number=number,
            settings=account,
            portfolios=file.portfolios,
            targets=blended_targets(file.portfolios, settings.blend),
            portfolios_file=str(account.portfolios_path),
            portfolios_sha256=file.sha256,
        )
        for number, account in enumerate(settings.accounts, start=1)
        if not isinstance(file := files[account.portfolios_path], Failed)
    )
    warnings = tuple(map(sentence, settings.warnings))
    return Success(LocatedInputs(settings=settings, accounts=accounts, warnings=warnings))


def portfolio_files(settings: Settings) -> dict[Path, PortfoliosRead]:
    """Every portfolios file the accounts use, each loaded once."""
    paths = dict.fromkeys(account.portfolios_path for account in settings.accounts)
    return {path: unwrap_or_failed(load_portfolios(path, settings.blend)) for path in paths}


def problems_of(file: PortfoliosRead) -> tuple[Problem, ...]:
    """What is wrong with it; nothing where it could be read."""
    return file.error if isinstance(file, Failed) else ()
