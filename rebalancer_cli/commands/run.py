"""`rebalance run`: plan, show, ask, trade, report."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from rebalancer_adapters.settings.settings import Flags
from rebalancer_cli.flows import AskedFlow, flow_options, with_flow
from rebalancer_cli.messages import CONTRADICTING_FLAGS, DETAILED_OF_A_PREVIEW
from rebalancer_cli.options import environment, planning_options, snapshot_option
from rebalancer_cli.run_command import execute
from rebalancer_cli.run_request import RunRequest
from rebalancer_cli.run_start import run_log
from rebalancer_cli.terminal.terminal import process_terminal
from rebalancer_cli.valid_inputs import saved_snapshot, valid_inputs
from rebalancer_core.values.policy import ConfirmMode


@click.command("run")
@planning_options
@click.option("--dry-run", is_flag=True, help="Preview only; overrides every other option.")
@click.option("--read-only", is_flag=True, help="Preview only, as [ibkr] read_only = true.")
@click.option("--yes", "without_prompt", is_flag=True, help="Trade without asking.")
@click.option("--confirm", is_flag=True, help="Ask before trading; this is the default.")
@click.option(
    "--confirm-mode",
    type=click.Choice([mode.value for mode in ConfirmMode]),
    help="Ask for each account, or once for all.",
)
@click.option("--parallel-accounts", is_flag=True, help="Read accounts concurrently.")
@snapshot_option
@flow_options
def command(  # noqa: PLR0913 - one parameter a flag, by name
    *,
    config: Path,
    csv: Path | None,
    accounts: tuple[str, ...],
    strict: bool,
    json_output: bool,
    dry_run: bool,
    read_only: bool,
    without_prompt: bool,
    confirm: bool,
    confirm_mode: str | None,
    parallel_accounts: bool,
    snapshot_file: Path | None,
    detailed: bool,
    asked: AskedFlow,
) -> None:
    """Plan every account, show each plan, ask, trade, and leave a complete record."""
    if confirm and without_prompt:
        raise click.UsageError(CONTRADICTING_FLAGS)
    if detailed and not (dry_run or snapshot_file):
        raise click.UsageError(DETAILED_OF_A_PREVIEW)
    flags = Flags(
        confirm_mode=ConfirmMode(confirm_mode) if confirm_mode else None,
        parallel_accounts=parallel_accounts,
        csv=csv,
        accounts=accounts,
        read_only=read_only,
        strict=strict,
    )
    with run_log(config, environment()) as log:
        inputs = with_flow(valid_inputs(config, flags), asked)
        request = RunRequest(
            dry_run=dry_run,
            without_prompt=without_prompt,
            snapshot=saved_snapshot(snapshot_file),
            detailed=detailed,
        )
        terminal = process_terminal(json_output=json_output)
        code = asyncio.run(execute(inputs, request, terminal, log))
    raise click.exceptions.Exit(code)
