"""`rebalance plan`: preview every account, and keep the plans in a file for `apply`."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import click

from rebalancer_adapters.ground.file_text import shown_path
from rebalancer_adapters.settings.settings import Flags
from rebalancer_cli.flows import AskedFlow, flow_options, with_flow
from rebalancer_cli.messages import explain_no_new_file
from rebalancer_cli.new_files import why_not_new
from rebalancer_cli.options import environment, planning_options
from rebalancer_cli.run_command import execute
from rebalancer_cli.run_request import Keep, RunRequest
from rebalancer_cli.run_start import run_log
from rebalancer_cli.terminal.terminal import process_terminal
from rebalancer_cli.valid_inputs import valid_inputs

_DAY_MINUTES = 24 * 60


@click.command("plan")
@planning_options
@click.option(
    "-o",
    "--output",
    "output",
    type=click.Path(path_type=Path),
    help="Save the plans in this new file, for `show` and `apply`.",
)
@click.option(
    "--valid-for",
    "valid_for",
    type=click.IntRange(1, 7 * _DAY_MINUTES),
    metavar="MINUTES",
    default=_DAY_MINUTES,
    show_default=True,
    help="How long the file may be applied; never beyond the next close of the market.",
)
@flow_options
def command(  # noqa: PLR0913 - one parameter a flag, by name
    *,
    config: Path,
    csv: Path | None,
    accounts: tuple[str, ...],
    strict: bool,
    json_output: bool,
    detailed: bool,
    output: Path | None,
    valid_for: int,
    asked: AskedFlow,
) -> None:
    """Plan every account and show each plan; nothing can be sent."""
    if output is not None:
        why_not = why_not_new(output)
        if why_not is not None:
            raise click.UsageError(explain_no_new_file(shown_path(output), why_not))
    flags = Flags(csv=csv, accounts=accounts, read_only=True, strict=strict)
    keep = Keep(path=output, valid_for=timedelta(minutes=valid_for)) if output else None
    request = RunRequest(dry_run=True, keep=keep, detailed=detailed, command="plan")
    terminal = process_terminal(json_output=json_output)
    with run_log(config, environment()) as log:
        inputs = with_flow(valid_inputs(config, flags), asked)
        code = asyncio.run(execute(inputs, request, terminal, log))
    raise click.exceptions.Exit(code)
