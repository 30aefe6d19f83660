"""`rebalance recover`: ask the broker what became of open orders, and write it down."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import click

from rebalancer_adapters.files.settings import Flags, Settings
from rebalancer_adapters.ib.session import TradingSession, trading_session
from rebalancer_adapters.journal.account_lock import locked
from rebalancer_adapters.journal.sqlite_journal import SqliteJournal
from rebalancer_adapters.reports.csv_reports import CsvReports
from rebalancer_cli.exits import Exit
from rebalancer_cli.leave import Stopped, value_or_stop
from rebalancer_cli.options import config_option, valid_settings
from rebalancer_cli.recovery.archive import all_runs, opened_journal
from rebalancer_cli.recovery.missing_reports import write_missing
from rebalancer_cli.recovery.recovering import Recovery
from rebalancer_cli.wiring import BrokerClock, address_of
from rebalancer_core.errors import explain
from rebalancer_core.execution.journal import JournaledRun
from rebalancer_core.values.instruments import AccountId


@click.command("recover")
@config_option
@click.option("--cancel", is_flag=True, help="Cancel own orders that are still working.")
def command(
    config: Path,
    cancel: bool,  # noqa: FBT001 - click passes flags by name
) -> None:
    """Settle open orders on the broker's evidence, and write reports that are still owed.

    Sends no order; with --cancel it cancels orders of this program, never others.
    """
    settings = valid_settings(config, Flags())
    with opened_journal(settings) as journal:
        accounts = accounts_with_open_orders(all_runs(journal))
        if not accounts:
            _write_owed(settings, journal, frozenset())
            click.echo("No order is open: every outcome is known.")
            return
        with locked(settings.io.state_dir, accounts) as locks:
            for refused in locks.refused:
                click.echo(refused.why, err=True)
            settled_runs: set[str] = set()
            code = asyncio.run(
                _recovered(settings, journal, locks.held, settled_runs, cancel=cancel)
            )
        _write_owed(settings, journal, frozenset(settled_runs))
        raise click.exceptions.Exit(Exit.REFUSED if locks.refused else code)


def accounts_with_open_orders(runs: tuple[JournaledRun, ...]) -> tuple[AccountId, ...]:
    """Every account that has an order without a last word."""
    return tuple(
        sorted(
            {
                account.approval.account_id
                for run in runs
                for account in run.accounts
                if any(not order.is_finished for order in account.orders)
            }
        )
    )


async def _recovered(
    settings: Settings,
    journal: SqliteJournal,
    accounts: tuple[AccountId, ...],
    settled_runs: set[str],
    *,
    cancel: bool,
) -> Exit:
    async with trading_session(address_of(settings)) as session:
        if not isinstance(session, TradingSession):
            click.echo(explain(session), err=True)
            return Exit.NO_DATA
        stated = value_or_stop(await session.broker.server_time())
        if isinstance(stated, Stopped):
            click.echo(explain(stated.error), err=True)
            return Exit.NO_DATA
        clock = BrokerClock()
        clock.hear(stated)
        recovery = Recovery(
            broker=session.broker,
            desk=session.order_desk(),
            journal=journal,
            now=clock.now,
            cancel_working=cancel,
        )
        left = 0
        for account_id in accounts:
            found = await recovery.recover(account_id, all_runs(journal))
            left += len(found.open_orders)
            settled_runs |= found.settled_runs
            for line in (*found.lines, *found.open_orders):
                click.echo(f"{account_id}: {line}")
    return Exit.UNKNOWN_OUTCOME if left else Exit.DONE


def _write_owed(settings: Settings, journal: SqliteJournal, settled_runs: frozenset[str]) -> None:
    reports = CsvReports(directory=settings.io.report_dir, started_at=datetime.now(UTC))
    for line in write_missing(journal, reports, settled_runs):
        click.echo(line)
