"""`rebalance doctor`: everything a run needs, a line each, before it is needed."""

from __future__ import annotations

from pathlib import Path

import click

from rebalancer_adapters.settings.settings import Flags
from rebalancer_cli.bootstrap import GatewaySessions
from rebalancer_cli.computer import examined
from rebalancer_cli.exits import Exit
from rebalancer_cli.options import config_option, csv_option, json_option, valid_settings
from rebalancer_cli.run_exits import exit_of_findings
from rebalancer_cli.screen.findings import findings_json, render_findings
from rebalancer_cli.screen.health import health_json, render_health
from rebalancer_cli.terminal.interrupts import run_interruptibly
from rebalancer_cli.terminal.terminal import Terminal, process_terminal
from rebalancer_core.application.doctor.connection import judge_health


@click.command("doctor")
@config_option
@csv_option
@click.option(
    "--connect-only",
    is_flag=True,
    help="Only whether the gateway serves a session, in at most 3 s; for health checks.",
)
@json_option
def command(
    *,
    config: Path,
    csv: Path | None,
    connect_only: bool,
    json_output: bool,
) -> None:
    """Check everything that a run needs: files, folders, journal, gateway, accounts, prices.

    Sends no order and changes no file; folders that are missing are made, as a run makes them.
    Exit 0 unless there is a problem; else the code a run would end with.

    With --connect-only the gateway's state in one word: healthy (exit 0), connection-refused,
    silent, client-id-in-use, logged-out, closed, unreachable or unusable (exit 4).
    """
    terminal = process_terminal(json_output=json_output)
    if connect_only:
        raise click.exceptions.Exit(_connect(config, terminal))
    findings = examined(config, csv, terminal)
    if json_output:
        terminal.data(findings_json(findings))
    else:
        terminal.show(render_findings(findings, terminal.width))
    raise click.exceptions.Exit(exit_of_findings(findings))


def _connect(config: Path, terminal: Terminal) -> Exit:
    settings = valid_settings(config, Flags())
    found = run_interruptibly(GatewaySessions(settings=settings).health())
    terminal.data(health_json(found) if terminal.json_output else render_health(found))
    return exit_of_findings((judge_health(found),))
