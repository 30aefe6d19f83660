"""`rebalance validate-portfolios`: every problem of the CSV, then each symbol at IBKR."""

from __future__ import annotations

from pathlib import Path

import click

from rebalancer_adapters.portfolios.portfolios_csv import LoadedPortfolios
from rebalancer_adapters.settings.settings import Flags, Settings
from rebalancer_adapters.settings.settings_ini import load_settings
from rebalancer_cli import messages
from rebalancer_cli.exits import Exit
from rebalancer_cli.inputs import portfolio_files, problems_of
from rebalancer_cli.looking import read_only_session
from rebalancer_cli.options import config_option, csv_option, environment
from rebalancer_cli.problems import tell, value_or_exit
from rebalancer_core.messages import explain, unlisted_sentence
from rebalancer_core.values.instruments import Symbol, Unlisted
from rebalancer_core.values.results import Failed, unwrap_or_failed


@click.command("validate-portfolios")
@config_option
@csv_option
@click.option("--all", "every_file", is_flag=True, help="Every file that the accounts use.")
@click.option("--offline", is_flag=True, help="Do not ask a gateway about the symbols.")
def command(
    *,
    config: Path,
    csv: Path | None,
    every_file: bool,
    offline: bool,
) -> None:
    """Check portfolios.csv against the models of settings.ini, and its symbols at IBKR."""
    flags = Flags(csv=csv, read_only=True)
    settings = value_or_exit(load_settings(config, environment(), flags))
    symbols = _checked_files(settings, every_file=every_file)
    if offline:
        click.echo(messages.SYMBOLS_OFFLINE)
        return
    raise click.exceptions.Exit(_checked_symbols(settings, symbols))


def _checked_files(settings: Settings, *, every_file: bool) -> tuple[Symbol, ...]:
    files = portfolio_files(settings)
    chosen = files if every_file else dict(tuple(files.items())[:1])
    problems = tuple(problem for file in chosen.values() for problem in problems_of(file))
    tell(problems)
    if problems:
        raise click.exceptions.Exit(Exit.INVALID_INPUT)
    valid = {path: file for path, file in chosen.items() if not isinstance(file, Failed)}
    for path, file in valid.items():
        models = len(file.portfolios)
        click.echo(messages.portfolios_valid(path, len(_symbols(file)), models))
    for path in files.keys() - chosen.keys():
        click.echo(messages.portfolios_unchecked(path))
    return tuple(sorted({symbol for file in valid.values() for symbol in _symbols(file)}))


def _symbols(file: LoadedPortfolios) -> set[Symbol]:
    return {weight.symbol for model in file.portfolios for weight in model.weights}


def _checked_symbols(settings: Settings, symbols: tuple[Symbol, ...]) -> Exit:
    answer = read_only_session(settings, lambda reader: reader.broker.listings(symbols))
    listed = answer if isinstance(answer, Failed) else unwrap_or_failed(answer)
    if isinstance(listed, Failed):
        click.echo(explain(listed.error), err=True)
        click.echo(messages.SYMBOLS_UNCHECKED, err=True)
        return Exit.NO_DATA
    unknown = tuple(entry for entry in listed if isinstance(entry, Unlisted))
    for entry in unknown:
        click.echo(unlisted_sentence(entry), err=True)
    if unknown:
        return Exit.INVALID_INPUT
    click.echo(messages.symbols_known(len(symbols)))
    return Exit.DONE
