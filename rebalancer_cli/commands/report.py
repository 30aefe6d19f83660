"""`rebalance report [RUN]`: the reports and the page of a run again, with what is known by now."""

from __future__ import annotations

from pathlib import Path

import click

from rebalancer_adapters.settings.settings import Flags
from rebalancer_cli.archive import opened_journal, or_exit, summaries
from rebalancer_cli.bootstrap import GatewaySessions, process_world, run_reports
from rebalancer_cli.exits import Exit
from rebalancer_cli.messages import NO_RUNS, page_unwritten, page_written, run_unknown
from rebalancer_cli.options import config_option, json_option, valid_settings
from rebalancer_cli.records import report_json
from rebalancer_cli.screen.outcomes import render_outcomes
from rebalancer_cli.terminal.interrupts import run_interruptibly
from rebalancer_cli.terminal.people import terminal_people
from rebalancer_cli.terminal.terminal import process_terminal
from rebalancer_core.application.rebuilt_reports import Rebuilt, rebuild_run, refresh_run
from rebalancer_core.ports import JournalPort
from rebalancer_core.reconcile.journal_model import JournaledRun


@click.command("report")
@click.argument("run_id", metavar="[RUN]", required=False)
@config_option
@click.option("--offline", is_flag=True, help="Do not ask the gateway for late commissions.")
@json_option
def command(*, run_id: str | None, config: Path, offline: bool, json_output: bool) -> None:
    """Write the reports and the page of RUN anew, or of the last run; none is overwritten.

    `rebalance status` lists the runs.
    """
    settings = valid_settings(config, Flags())
    with opened_journal(settings) as journal:
        run = _found(run_id, journal)
        reports = run_reports(settings, run.started.started_at)
        if not offline:
            world, sessions = (
                process_world(terminal_people(), reports),
                GatewaySessions(settings=settings),
            )
            client_id = settings.gateway.client_id
            refreshing = refresh_run(world, sessions, journal, run, client_id=client_id)
            for line in run_interruptibly(refreshing):
                click.echo(line, err=True)
            run = _found(run.started.run_id, journal)
        rebuilt = rebuild_run(journal, reports, run)
    code = Exit.DONE if isinstance(rebuilt.page, str) else Exit.UNREPORTED
    if json_output:
        click.echo(report_json(run, rebuilt, code))
    else:
        _show(run.started.run_id, rebuilt)
    raise click.exceptions.Exit(code)


def _found(run_id: str | None, journal: JournalPort) -> JournaledRun:
    wanted = _last(journal, 1) if run_id is None else (run_id,)
    for run in or_exit(journal.runs_named(wanted)):
        return run
    raise click.UsageError(NO_RUNS if run_id is None else run_unknown(run_id, _last(journal, 5)))


def _last(journal: JournalPort, count: int) -> tuple[str, ...]:
    return tuple(run.run_id for run in summaries(journal)[-count:])


def _show(run_id: str, rebuilt: Rebuilt) -> None:
    width = process_terminal().width
    for account in rebuilt.accounts:
        click.echo(render_outcomes(account.record, width).rstrip("\n"))
        for line in account.written:
            click.echo(line)
    if not isinstance(rebuilt.page, str):
        click.echo(page_unwritten(rebuilt.page), err=True)
    else:
        click.echo(page_written(run_id, rebuilt.page))
