"""`rebalance report RUN`: the reports and the page of a run again, with what is known by now."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from rebalancer_adapters.ib.session import TradingSession, trading_session
from rebalancer_adapters.journal.sqlite_journal import SqliteJournal
from rebalancer_adapters.reports.csv_reports import CsvReports
from rebalancer_adapters.settings.settings import Flags, Settings
from rebalancer_cli.archive import all_runs, opened_journal
from rebalancer_cli.bootstrap import address_of
from rebalancer_cli.exits import Exit
from rebalancer_cli.options import config_option, valid_settings
from rebalancer_cli.screen.outcomes import render_outcomes
from rebalancer_cli.terminal.interrupts import run_interruptibly
from rebalancer_cli.terminal.terminal import process_terminal
from rebalancer_core.application.journaling import amend, take_in
from rebalancer_core.application.owed_reports import write_one
from rebalancer_core.messages import explain
from rebalancer_core.reconcile.journal_model import JournaledRun
from rebalancer_core.reconcile.journal_record import recorded
from rebalancer_core.reporting.journal_view import journaled_facts, journaled_report
from rebalancer_core.values.results import Failed, unwrap_or_failed


@click.command("report")
@click.argument("run_id", metavar="RUN")
@config_option
@click.option("--offline", is_flag=True, help="Do not ask the gateway for late commissions.")
def command(
    *,
    run_id: str,
    config: Path,
    offline: bool,
) -> None:
    """Write the reports and the page of RUN (see `status`) anew; none is overwritten."""
    settings = valid_settings(config, Flags())
    with opened_journal(settings) as journal:
        run = _found(run_id, all_runs(journal))
        if not offline:
            run_interruptibly(_refresh(settings, journal, run))
            run = _found(run_id, all_runs(journal))
        _write(settings, journal, run)


def _found(run_id: str, runs: tuple[JournaledRun, ...]) -> JournaledRun:
    for run in runs:
        if run.started.run_id == run_id:
            return run
    known = ", ".join(run.started.run_id for run in runs[-5:]) or "none"
    raise click.UsageError(f"no run {run_id} in the journal; the last are: {known}")


async def _refresh(settings: Settings, journal: SqliteJournal, run: JournaledRun) -> None:
    """Take in executions and commissions that the broker still tells; trouble is only told."""
    async with trading_session(address_of(settings)) as session:
        if not isinstance(session, TradingSession):
            click.echo(f"not refreshed: {explain(session)}", err=True)
            return
        for account in run.accounts:
            answer = unwrap_or_failed(
                await session.order_desk().evidence(account.approval.account_id)
            )
            if isinstance(answer, Failed):
                click.echo(f"not refreshed: {explain(answer.error)}", err=True)
                return
            finished = tuple(order for order in account.orders if order.is_finished)
            amended = amend(journal, finished, answer, datetime.now(UTC))
            for line in (*amended.lines, *amended.faults):
                click.echo(f"{account.approval.account_id}: {line}", err=True)
            for order in account.orders:
                if not order.is_finished:
                    take_in(journal, order, answer, datetime.now(UTC))


def _write(settings: Settings, journal: SqliteJournal, run: JournaledRun) -> None:
    terminal = process_terminal()
    reports = CsvReports(directory=settings.io.report_dir, started_at=run.started.started_at)
    fault = reports.check_writable()
    for account in run.accounts:
        click.echo(render_outcomes(recorded(account), terminal.width).rstrip("\n"))
        if fault is None:
            for line in write_one(journal, reports, run, account):
                click.echo(line)
    if fault is None:
        written = unwrap_or_failed(
            reports.write_page(journaled_facts(run), tuple(map(journaled_report, run.accounts)))
        )
        fault = written.error if isinstance(written, Failed) else None
        if not isinstance(written, Failed):
            click.echo(f"page of run {run.started.run_id} written: {written}")
    if fault is not None:
        click.echo(f"cannot write {fault.path}: {fault.detail}", err=True)
        raise click.exceptions.Exit(Exit.UNREPORTED)
