"""`rebalance resolve`: record the outcome of an order that the broker cannot confirm."""

from __future__ import annotations

from pathlib import Path

import click

from rebalancer_adapters.settings.settings import Flags
from rebalancer_cli.archive import opened_journal
from rebalancer_cli.bootstrap import GatewaySessions, process_world, run_reports
from rebalancer_cli.exits import Exit
from rebalancer_cli.messages import EMPTY_REASON
from rebalancer_cli.options import config_option, json_option, valid_settings
from rebalancer_cli.records import resolved_json
from rebalancer_cli.refusals import leave_unresolved
from rebalancer_cli.terminal.interrupts import run_interruptibly
from rebalancer_cli.terminal.people import terminal_people
from rebalancer_core.application.resolve import resolve
from rebalancer_core.application.silent_orders import Closed
from rebalancer_core.reconcile.declarations import Declaration


@click.command("resolve")
@click.argument("order_ref", required=False)
@click.option("--filled", help="Shares that were filled, 0 when none was.")
@click.option("--reason", help="Why you are sure; recorded in the journal.")
@click.option("--account", "account_id", help="With --all-silent: the account.")
@click.option(
    "--all-silent", is_flag=True, help="Close every order of --account that was never acknowledged."
)
@click.option("--yes", "without_prompt", is_flag=True, help="Do not ask for confirmation.")
@config_option
@json_option
def command(
    *,
    order_ref: str | None,
    filled: str | None,
    reason: str | None,
    account_id: str | None,
    all_silent: bool,
    without_prompt: bool,
    config: Path,
    json_output: bool,
) -> None:
    """Record what became of ORDER_REF, after you looked at the account at the broker.

    An order that the gateway never acknowledged may wait in a dialog of its window. With --filled 0
    such an order is cancelled at the gateway and the broker is asked twice; then it is closed if
    you can say "gateway restarted" or "dialog answered No" (typed, or as --reason).

    Sends no order. The account is free again once none of its orders is open.
    """
    settings = valid_settings(config, Flags(read_only=True))
    if reason is not None and not reason.strip():
        raise click.UsageError(EMPTY_REASON)
    people = terminal_people()
    world = process_world(people, run_reports(settings))
    declared = Declaration(
        order_ref=order_ref,
        filled=filled,
        reason=reason,
        account_id=account_id,
        all_silent=all_silent,
    )
    with opened_journal(settings) as journal:
        sessions = GatewaySessions(settings=settings)
        closed = run_interruptibly(
            resolve(world, sessions, journal, people, declared, without_prompt=without_prompt)
        )
    if not isinstance(closed, Closed):
        leave_unresolved(closed)
    code = Exit.UNKNOWN_OUTCOME if closed.refused else Exit.DONE
    if json_output:
        click.echo(resolved_json(closed, code))
    for line in () if json_output else closed.recorded:
        click.echo(line)
    for line in closed.refused:
        click.echo(line, err=True)
    raise click.exceptions.Exit(code)
