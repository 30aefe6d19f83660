"""`rebalance recover`: ask the broker what became of open orders, and write it down."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from rebalancer_adapters.journal.account_lock import locked
from rebalancer_adapters.journal.sqlite_journal import SqliteJournal
from rebalancer_adapters.settings.settings import Flags, Settings
from rebalancer_cli.archive import all_runs, opened_journal, or_exit
from rebalancer_cli.bootstrap import GatewaySessions, process_world, run_reports
from rebalancer_cli.exits import Exit
from rebalancer_cli.options import config_option, valid_settings
from rebalancer_cli.terminal.interrupts import run_interruptibly
from rebalancer_cli.terminal.people import terminal_people
from rebalancer_core.application.reconcile import Reconciliation
from rebalancer_core.application.reconciled import Reconciled, write_owed
from rebalancer_core.application.session_clock import hear_clock
from rebalancer_core.messages import explain
from rebalancer_core.reconcile.past_orders import accounts_to_ask, accounts_with_open_orders
from rebalancer_core.values.instruments import AccountId
from rebalancer_core.values.results import Failed, unwrap_or_failed


@click.command("recover")
@config_option
@click.option("--cancel", is_flag=True, help="Cancel own orders that are still working.")
def command(
    *,
    config: Path,
    cancel: bool,
) -> None:
    """Settle open orders on the broker's evidence, and write reports that are still owed.

    What the broker corrected of today's finished orders is taken in, too.

    Sends no order; with --cancel it cancels orders of this program, never others.
    """
    settings = valid_settings(config, Flags())
    with opened_journal(settings) as journal:
        accounts = accounts_to_ask(all_runs(journal), datetime.now(UTC))
        found: tuple[Reconciled, ...] = ()
        code = Exit.DONE
        if accounts:
            with locked(settings.io.state_dir, accounts) as locks:
                for refused in locks.refused:
                    click.echo(refused.why, err=True)
                if locks.held:
                    found = run_interruptibly(
                        _reconciled(settings, journal, locks.held, cancel=cancel)
                    )
            code = Exit.REFUSED if locks.refused else _exit_of(found, len(locks.held))
        for line in write_owed(journal, run_reports(settings), found):
            click.echo(line)
        if not accounts_with_open_orders(all_runs(journal)):
            click.echo("No order is open: every outcome is known.")
        raise click.exceptions.Exit(code)


async def _reconciled(
    settings: Settings,
    journal: SqliteJournal,
    accounts: tuple[AccountId, ...],
    *,
    cancel: bool,
) -> tuple[Reconciled, ...]:
    """What was found of each account; of none where the broker cannot be asked, which is told."""
    world = process_world(terminal_people(), run_reports(settings))
    async with GatewaySessions(settings=settings).trading() as opened:
        session = unwrap_or_failed(opened)
        if isinstance(session, Failed):
            click.echo(explain(session.error), err=True)
            return ()
        fault = await hear_clock(world.clock, session.broker)
        if fault is not None:
            click.echo(explain(fault), err=True)
            return ()
        reconciliation = Reconciliation(
            broker=session.broker,
            desk=session.order_desk(),
            journal=journal,
            client_id=settings.gateway.client_id,
            clock=world.clock,
            second_look_seconds=world.second_look_seconds,
            cancel_working=cancel,
        )
        found = await reconciliation.reconcile_all(accounts, _tell)
        return or_exit(found)


def _tell(found: Reconciled) -> None:
    for line in (*found.alarms, *found.lines, *found.open_orders):
        click.echo(f"{found.account_id}: {line}")
    if found.unasked:
        click.echo(f"{found.account_id}: {found.unasked}", err=True)


def _exit_of(found: tuple[Reconciled, ...], asked: int) -> Exit:
    if any(each.open_orders for each in found):
        return Exit.UNKNOWN_OUTCOME
    answered = len(found) == asked and not any(each.unasked for each in found)
    return Exit.DONE if answered else Exit.NO_DATA
