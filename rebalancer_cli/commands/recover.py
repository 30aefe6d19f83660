"""`rebalance recover`: ask the broker what became of open orders, and write it down."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from rebalancer_adapters.settings.settings import Flags
from rebalancer_cli.archive import opened_journal, refuse, summaries
from rebalancer_cli.bootstrap import GatewaySessions, process_world, run_reports
from rebalancer_cli.exits import Exit
from rebalancer_cli.options import config_option, output_options, valid_settings
from rebalancer_cli.records import recovered_json
from rebalancer_cli.screen.history import NO_OPEN_ORDER
from rebalancer_cli.terminal.interrupts import run_interruptibly
from rebalancer_cli.terminal.people import terminal_people
from rebalancer_cli.terminal.terminal import Terminal
from rebalancer_cli.terminal.waiting import waited_for
from rebalancer_core.application.reconciled import Reconciled
from rebalancer_core.application.recover import Recovered, recover
from rebalancer_core.messages.accounts import of_account
from rebalancer_core.messages.run import corrections_unchecked
from rebalancer_core.reconcile.journal_model import JournalFault
from rebalancer_core.reconcile.run_summary import open_runs


@click.command("recover")
@config_option
@click.option("--cancel", is_flag=True, help="Cancel own orders that are still working.")
@output_options
def command(*, config: Path, cancel: bool, json_output: bool) -> None:
    """Settle open orders on the broker's evidence, and write reports that are still owed.

    What the broker corrected of today's finished orders is taken in, too.

    Sends no order; with --cancel it cancels orders of this program, never others.
    """
    settings = valid_settings(config, Flags())
    people = terminal_people()
    world = process_world(people, run_reports(settings))
    found: list[Reconciled] = []
    with opened_journal(settings) as journal:
        recovering = recover(
            world,
            GatewaySessions(settings=settings),
            journal,
            found.append if json_output else partial(_tell, people.terminal),
            client_id=settings.gateway.client_id,
            cancel_working=cancel,
        )
        recovered = run_interruptibly(waited_for(people.terminal, recovering))
        if isinstance(recovered, JournalFault):
            refuse(recovered)
        code = _exit_of(recovered)
        if json_output:
            click.echo(recovered_json(found, recovered, code))
            raise click.exceptions.Exit(code)
        for line in recovered.written:
            click.echo(line)
        if not open_runs(summaries(journal)):
            click.echo(NO_OPEN_ORDER)
        raise click.exceptions.Exit(code)


def _tell(terminal: Terminal, found: Reconciled) -> None:
    for line in (*found.alarms, *found.lines, *found.open_orders):
        terminal.data(of_account(found.account_id, line))
    if found.unasked is not None:
        terminal.note(of_account(found.account_id, corrections_unchecked(found.unasked)))


def _exit_of(recovered: Recovered) -> Exit:
    if recovered.is_refused:
        return Exit.REFUSED
    if recovered.has_open_orders:
        return Exit.UNKNOWN_OUTCOME
    return Exit.DONE if recovered.is_answered else Exit.NO_DATA
