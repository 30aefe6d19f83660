"""Every portfolios file that the accounts use, each loaded once."""

from __future__ import annotations

from pathlib import Path

from rebalancer_adapters.ground.problems import Problem
from rebalancer_adapters.portfolios.portfolios_csv import LoadedPortfolios, load_portfolios
from rebalancer_adapters.settings.settings import Settings
from rebalancer_core.values.results import Failed, unwrap_or_failed

PortfoliosRead = LoadedPortfolios | Failed[tuple[Problem, ...]]


def portfolio_files(settings: Settings) -> dict[Path, PortfoliosRead]:
    """Every portfolios file the accounts use, each loaded once."""
    paths = dict.fromkeys(account.portfolios_path for account in settings.accounts)
    return {path: unwrap_or_failed(load_portfolios(path, settings.blend)) for path in paths}


def problems_of(file: PortfoliosRead) -> tuple[Problem, ...]:
    """What is wrong with it; nothing where it could be read."""
    return file.error if isinstance(file, Failed) else ()
