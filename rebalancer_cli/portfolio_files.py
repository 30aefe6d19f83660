"""Every portfolios file that the accounts use, each loaded once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rebalancer_adapters.ground.problems import Kind, Problem
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


def unknown_symbols(
    settings: Settings, files: Mapping[Path, PortfoliosRead], kind: Kind = Kind.WARNING
) -> tuple[Problem, ...]:
    """The `[symbol:NAME]` sections of what no portfolio names; none while a file is wrong."""
    read = [file for file in files.values() if not isinstance(file, Failed)]
    if len(read) < len(files):
        return ()
    known = {symbol for file in read for symbol in file.places}
    return tuple(
        Problem(
            place=place,
            key=f"symbol:{symbol}",
            problem="no portfolio names this symbol",
            fix="check the spelling; it counts only where the symbol is held and unlisted",
            kind=kind,
        )
        for symbol, place in settings.symbol_places.items()
        if symbol not in known
    )
