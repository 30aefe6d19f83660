"""`rebalance price`: the prices a run would use, and why one is not fit for trading."""

from __future__ import annotations

from pathlib import Path

import click

from rebalancer_adapters.settings.settings import Flags
from rebalancer_cli.exits import Exit
from rebalancer_cli.looking import read_only_session
from rebalancer_cli.options import config_option, json_option, valid_inputs
from rebalancer_cli.screen.tables import prices_json, render_prices
from rebalancer_core.application.types import UnknownTargets
from rebalancer_core.messages import explain, unlisted_sentence
from rebalancer_core.values.account import Unpriced
from rebalancer_core.values.instruments import Symbol
from rebalancer_core.values.results import Failed


@click.command("price")
@click.argument("symbols", nargs=-1, required=True)
@config_option
@json_option
def command(
    *,
    symbols: tuple[str, ...],
    config: Path,
    json_output: bool,
) -> None:
    """Print one price for each SYMBOL as a run would take it."""
    inputs = valid_inputs(config, Flags(read_only=True))
    wanted = tuple(dict.fromkeys(Symbol(symbol.strip().upper()) for symbol in symbols))
    market = read_only_session(inputs.settings, lambda reader: reader.market.read(wanted, ()))
    if isinstance(market, Failed):
        click.echo(explain(market.error), err=True)
        raise click.exceptions.Exit(Exit.NO_DATA)
    if isinstance(market, UnknownTargets):
        for entry in market.symbols:
            click.echo(unlisted_sentence(entry).removeprefix("portfolios.csv: "), err=True)
        raise click.exceptions.Exit(Exit.NO_DATA)
    text = prices_json(market.quotes) if json_output else render_prices(market.quotes)
    click.echo(text.rstrip("\n"))
    if any(isinstance(quote, Unpriced) for quote in market.quotes):
        raise click.exceptions.Exit(Exit.NO_DATA)
