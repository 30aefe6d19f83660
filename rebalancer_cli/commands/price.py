"""`rebalance price`: the prices a run would use, and why one is not fit for trading."""

from __future__ import annotations

from pathlib import Path

import click

from rebalancer_adapters.settings.settings import Flags
from rebalancer_cli.exits import Exit
from rebalancer_cli.looking import read_only_session
from rebalancer_cli.options import config_option, json_option
from rebalancer_cli.problems import leave
from rebalancer_cli.screen.tables import prices_json, render_prices
from rebalancer_cli.valid_inputs import valid_inputs
from rebalancer_core.application.prices import read_prices
from rebalancer_core.messages import explain, unlisted_line
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
    """Print one price for each SYMBOL as a run would take it. Exit 4 where one has none."""
    inputs = valid_inputs(config, Flags(read_only=True))
    wanted = tuple(dict.fromkeys(Symbol(symbol.strip().upper()) for symbol in symbols))
    prices = read_only_session(inputs.settings, lambda reader: read_prices(reader.market, wanted))
    if isinstance(prices, Failed):
        leave(Exit.NO_DATA, explain(prices.error))
    for entry in prices.unlisted:
        click.echo(unlisted_line(entry), err=True)
    show = prices_json if json_output else render_prices
    click.echo(show(prices.quotes, prices.unlisted))
    if prices.unlisted or any(isinstance(quote, Unpriced) for quote in prices.quotes):
        raise click.exceptions.Exit(Exit.NO_DATA)
