"""`rebalance snapshot`: the accounts and their prices as the broker tells them, saved or shown."""

from __future__ import annotations

from pathlib import Path

import click

from rebalancer_adapters.saved.snapshot_json import snapshot_to_json
from rebalancer_adapters.settings.settings import Flags
from rebalancer_cli.exits import Exit
from rebalancer_cli.inputs import LocatedInputs
from rebalancer_cli.looking import read_or_exit
from rebalancer_cli.options import account_option, config_option, csv_option, json_option
from rebalancer_cli.run_exits import exit_of
from rebalancer_cli.screen.tables import render_snapshot
from rebalancer_cli.valid_inputs import valid_inputs
from rebalancer_core.application.offline import worths_of
from rebalancer_core.application.types import Reading
from rebalancer_core.messages.accounts import of_account
from rebalancer_core.reporting.summary import AccountReport
from rebalancer_core.values.account import AccountSnapshot, Snapshot


@click.command("snapshot")
@config_option
@csv_option
@account_option
@json_option
def command(
    *,
    config: Path,
    csv: Path | None,
    accounts: tuple[str, ...],
    json_output: bool,
) -> None:
    """Read the accounts and one price a symbol; `--json` is what `run --snapshot` reads."""
    inputs = valid_inputs(config, Flags(csv=csv, accounts=accounts, read_only=True))
    reading = read_or_exit(inputs)
    code = _printed(inputs, reading, json_output=json_output)
    unfit = inputs.unfit and code is Exit.DONE
    raise click.exceptions.Exit(Exit.PARTIAL if unfit else code)


def _printed(inputs: LocatedInputs, reading: Reading, *, json_output: bool) -> Exit:
    failures = tuple(entry for entry in reading.accounts if isinstance(entry, AccountReport))
    for report in failures:
        click.echo(of_account(report.account_id, report.error), err=True)
    saved = Snapshot(
        as_of=reading.market.as_of,
        accounts=tuple(entry for entry in reading.accounts if isinstance(entry, AccountSnapshot)),
        quotes=reading.market.quotes,
    )
    if json_output:
        click.echo(snapshot_to_json(saved).rstrip("\n"))
    else:
        click.echo(render_snapshot(saved, worths_of(saved, inputs.accounts)).rstrip("\n"))
    code = exit_of(failures, unreported=False)
    return Exit.PARTIAL if failures and saved.accounts else code
