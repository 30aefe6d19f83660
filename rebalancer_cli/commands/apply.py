"""`rebalance apply FILE`: a saved plan is shown, asked about and sent as it is, or refused."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click
from attrs import evolve

from rebalancer_adapters.ground.file_text import shown_path
from rebalancer_adapters.settings.settings import Flags
from rebalancer_cli.exits import Exit
from rebalancer_cli.inputs import LocatedInputs
from rebalancer_cli.messages import (
    NO_ORDERS_IN_FILE,
    READ_ONLY,
    explain_changed,
    left_out_of_file,
    plan_refused,
    plan_to_apply,
)
from rebalancer_cli.opening import opened_plan, plan_argument
from rebalancer_cli.options import config_option, csv_option, environment, output_options
from rebalancer_cli.problems import leave
from rebalancer_cli.rules import changed_inputs
from rebalancer_cli.run_command import execute
from rebalancer_cli.run_request import RunRequest
from rebalancer_cli.run_start import run_log
from rebalancer_cli.terminal.people import TerminalPeople
from rebalancer_cli.terminal.terminal import process_terminal
from rebalancer_cli.valid_inputs import valid_inputs
from rebalancer_core.reconcile.saved_plan import SavedPlan


@click.command("apply")
@plan_argument
@config_option
@csv_option
@output_options
@click.option("--yes", "without_prompt", is_flag=True, help="Trade without asking.")
def command(
    *,
    file: Path,
    config: Path,
    csv: Path | None,
    json_output: bool,
    without_prompt: bool,
) -> None:
    """Trade the plan that FILE keeps, after a yes. FILE is what `plan -o` wrote.

    It is refused when the file, its inputs, the account or the prices are not what they were.
    """
    terminal = process_terminal(json_output=json_output)
    with run_log(config, environment()) as log:
        saved = opened_plan(file)
        inputs = valid_inputs(config, Flags(csv=csv))
        why_not = tuple(map(explain_changed, changed_inputs(saved, inputs)))
        if why_not or inputs.settings.gateway.read_only:
            leave(Exit.REFUSED, plan_refused(shown_path(file), why_not or (READ_ONLY,)))
        terminal.note(plan_to_apply(shown_path(file), saved.created, saved.expires))
        for each in saved.left_out:
            terminal.note(left_out_of_file(each.account_id, each.error))
        ordered = _ordered(inputs, saved)
        if not ordered.accounts:
            terminal.note(NO_ORDERS_IN_FILE)
            TerminalPeople(terminal=terminal, command="apply").result((), saved.created)
            return
        request = RunRequest(without_prompt=without_prompt, apply=saved, command="apply")
        code = asyncio.run(execute(ordered, request, terminal, log))
    raise click.exceptions.Exit(code)


def _ordered(inputs: LocatedInputs, saved: SavedPlan) -> LocatedInputs:
    """The inputs of the accounts for which the file has orders, counted from 1."""
    ids = {each.plan.account_id for each in saved.accounts if each.plan.orders}
    accounts = tuple(each for each in inputs.accounts if each.settings.account_id in ids)
    numbered = tuple(evolve(each, number=n) for n, each in enumerate(accounts, start=1))
    return evolve(inputs, accounts=numbered, unfit=())
