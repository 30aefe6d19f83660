"""`rebalance doctor`: everything a run needs, a line each, before it is needed."""

from __future__ import annotations

from pathlib import Path

import click

from rebalancer_cli.computer import examined
from rebalancer_cli.exits import exit_of_findings
from rebalancer_cli.options import config_option, csv_option, json_option
from rebalancer_cli.screen.findings import findings_json, render_findings
from rebalancer_cli.terminal.terminal import process_terminal


@click.command("doctor")
@config_option
@csv_option
@json_option
def command(
    *,
    config: Path,
    csv: Path | None,
    json_output: bool,
) -> None:
    """Check everything that a run needs: files, folders, journal, gateway, accounts, prices.

    Sends no order and changes no file; folders that are missing are made, as a run makes them.
    Exit 0 unless there is a problem; else the code a run would end with.
    """
    terminal = process_terminal(json_output=json_output)
    findings = examined(config, csv, terminal)
    if json_output:
        terminal.data(findings_json(findings))
    else:
        terminal.show(render_findings(findings, terminal.width))
    raise click.exceptions.Exit(exit_of_findings(findings))
