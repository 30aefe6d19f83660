"""`rebalance status`: open orders and past runs, from the journal alone; no gateway is asked."""

from __future__ import annotations

from pathlib import Path

import click

from rebalancer_adapters.settings.settings import Flags
from rebalancer_cli.archive import opened_journal, or_exit, runs_with_open_orders, summaries
from rebalancer_cli.exits import Exit
from rebalancer_cli.options import config_option, json_option, valid_settings
from rebalancer_cli.screen.history import render_status, status_json
from rebalancer_core.reconcile.past_orders import open_orders


@click.command("status")
@config_option
@json_option
@click.option("--verify", is_flag=True, help="Check every entry of the journal, not only new ones.")
@click.option(
    "--recent", default=10, show_default=True, type=click.IntRange(min=1), help="Runs to list."
)
def command(
    *,
    config: Path,
    json_output: bool,
    verify: bool,
    recent: int,
) -> None:
    """Show orders whose outcome is open, and the last runs. Exit 7 while any order is open."""
    settings = valid_settings(config, Flags(read_only=True))
    with opened_journal(settings) as journal:
        runs = or_exit(journal.verify()) if verify else summaries(journal)
        opened = open_orders(runs_with_open_orders(journal, runs))
    text = status_json(runs, opened) if json_output else render_status(runs, opened, recent)
    click.echo(text.rstrip("\n"))
    if opened:
        raise click.exceptions.Exit(Exit.UNKNOWN_OUTCOME)
