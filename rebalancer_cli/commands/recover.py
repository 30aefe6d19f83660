"""`rebalance recover`: ask the broker what became of open orders, and write it down."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from rebalancer_adapters.ib.session import TradingSession, trading_session
from rebalancer_adapters.journal.account_lock import locked
from rebalancer_adapters.journal.sqlite_journal import SqliteJournal
from rebalancer_adapters.reports.csv_reports import CsvReports
from rebalancer_adapters.settings.settings import Flags, Settings
from rebalancer_cli.broker_clock import BrokerClock
from rebalancer_cli.exits import Exit
from rebalancer_cli.options import config_option, valid_settings
from rebalancer_cli.recovery.archive import all_runs, opened_journal
from rebalancer_cli.recovery.missing_reports import write_missing
from rebalancer_cli.recovery.recovering import Recovered, Recovery
from rebalancer_cli.screen.interrupts import run_interruptibly
from rebalancer_cli.walk import address_of
from rebalancer_core.messages import explain
from rebalancer_core.reconcile.past_orders import accounts_to_ask, accounts_with_open_orders
from rebalancer_core.values.instruments import AccountId


@click.command("recover")
@config_option
@click.option("--cancel", is_flag=True, help="Cancel own orders that are still working.")
def command(
    config: Path,
    cancel: bool,  # noqa: FBT001 - click passes flags by name
) -> None:
    """Settle open orders on the broker's evidence, and write reports that are still owed.

    What the broker corrected of today's finished orders is taken in, too.

    Sends no order; with --cancel it cancels orders of this program, never others.
    """
    settings = valid_settings(config, Flags())
    with opened_journal(settings) as journal:
        accounts = accounts_to_ask(all_runs(journal), datetime.now(UTC))
        found: tuple[Recovered, ...] = ()
        code = Exit.DONE
        if accounts:
            with locked(settings.io.state_dir, accounts) as locks:
                for refused in locks.refused:
                    click.echo(refused.why, err=True)
                if locks.held:
                    found = run_interruptibly(
                        _recovered(settings, journal, locks.held, cancel=cancel)
                    )
            code = Exit.REFUSED if locks.refused else _exit_of(found, len(locks.held))
        _write_owed(settings, journal, found)
        if not accounts_with_open_orders(all_runs(journal)):
            click.echo("No order is open: every outcome is known.")
        raise click.exceptions.Exit(code)


async def _recovered(
    settings: Settings,
    journal: SqliteJournal,
    accounts: tuple[AccountId, ...],
    *,
    cancel: bool,
) -> tuple[Recovered, ...]:
    """What was found of each account; of none where the broker cannot be asked, which is told."""
    async with trading_session(address_of(settings)) as session:
        if not isinstance(session, TradingSession):
            click.echo(explain(session), err=True)
            return ()
        clock = BrokerClock()
        fault = await clock.ask(session.broker)
        if fault is not None:
            click.echo(explain(fault), err=True)
            return ()
        recovery = Recovery(
            broker=session.broker,
            desk=session.order_desk(),
            journal=journal,
            client_id=settings.gateway.client_id,
            now=clock.now,
            cancel_working=cancel,
        )
        found: tuple[Recovered, ...] = ()
        for account_id in accounts:
            each = await recovery.recover(account_id, all_runs(journal))
            found = (*found, each)
            for line in (*each.alarms, *each.lines, *each.open_orders):
                click.echo(f"{account_id}: {line}")
            if each.unasked:
                click.echo(f"{account_id}: {each.unasked}", err=True)
    return found


def _exit_of(found: tuple[Recovered, ...], asked: int) -> Exit:
    if any(each.open_orders for each in found):
        return Exit.UNKNOWN_OUTCOME
    answered = len(found) == asked and not any(each.unasked for each in found)
    return Exit.DONE if answered else Exit.NO_DATA


def _write_owed(settings: Settings, journal: SqliteJournal, found: tuple[Recovered, ...]) -> None:
    reports = CsvReports(directory=settings.io.report_dir, started_at=datetime.now(UTC))
    settled = frozenset(report for each in found for report in each.settled)
    amended = frozenset(report for each in found for report in each.amended)
    for line in write_missing(journal, reports, settled, amended):
        click.echo(line)
