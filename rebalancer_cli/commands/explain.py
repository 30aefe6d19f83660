"""`rebalance explain`: how one symbol's trade, or its absence, came about, in each account."""

from __future__ import annotations

from pathlib import Path

import click

from rebalancer_adapters.settings.settings import Flags
from rebalancer_cli.exits import Exit
from rebalancer_cli.looking import offline_or_exit, read_or_exit
from rebalancer_cli.messages import symbol_unknown
from rebalancer_cli.options import (
    account_option,
    config_option,
    csv_option,
    json_option,
    snapshot_option,
)
from rebalancer_cli.run_exits import exit_of
from rebalancer_cli.screen.explanation import explanations_json, render_explanations
from rebalancer_cli.valid_inputs import saved_snapshot, valid_inputs
from rebalancer_core.application.explain import explain_symbol
from rebalancer_core.messages.accounts import of_account
from rebalancer_core.values.instruments import Symbol


@click.command("explain")
@click.argument("symbol")
@config_option
@csv_option
@account_option
@snapshot_option
@json_option
def command(
    *,
    symbol: str,
    config: Path,
    csv: Path | None,
    accounts: tuple[str, ...],
    snapshot_file: Path | None,
    json_output: bool,
) -> None:
    """Say where SYMBOL's target comes from, what was wanted, what bound it, what was decided."""
    inputs = valid_inputs(config, Flags(csv=csv, accounts=accounts, read_only=True))
    saved = saved_snapshot(snapshot_file)
    reading = offline_or_exit(saved, inputs) if saved else read_or_exit(inputs)
    wanted = Symbol(symbol.strip().upper())
    explained = explain_symbol(wanted, inputs, reading)
    for report in explained.failed:
        click.echo(of_account(report.account_id, report.error), err=True)
    if not explained.found and not explained.failed:
        raise click.UsageError(symbol_unknown(wanted))
    if json_output:
        click.echo(explanations_json(explained.found))
    elif explained.found:
        click.echo(render_explanations(explained.found))
    failed = (*explained.failed, *(each.report for each in inputs.unfit))
    code = exit_of(failed, unreported=False)
    raise click.exceptions.Exit(Exit.PARTIAL if failed and explained.found else code)
