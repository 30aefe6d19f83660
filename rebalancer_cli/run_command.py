"""One run, from valid inputs to its exit code: proves the records can be kept, then runs."""

from __future__ import annotations

import logging
import secrets
from datetime import datetime

from rebalancer_adapters.ground.durable_files import prove_writable
from rebalancer_adapters.reports.csv_reports import CsvReports
from rebalancer_cli.bootstrap import process_world
from rebalancer_cli.exits import Exit
from rebalancer_cli.inputs import LocatedInputs
from rebalancer_cli.messages import records_in
from rebalancer_cli.run_request import RunRequest
from rebalancer_cli.run_start import OpenedLog
from rebalancer_cli.screen.endings import RunEnd, render_end
from rebalancer_cli.terminal.interrupts import Interrupts
from rebalancer_cli.terminal.people import TerminalPeople
from rebalancer_cli.terminal.terminal import Terminal
from rebalancer_cli.terminal.waiting import waited_for
from rebalancer_core.application.types import Run
from rebalancer_core.messages import explain_fault
from rebalancer_core.messages.accounts import of_account
from rebalancer_core.ports import ReportPort
from rebalancer_core.values.results import Failed, unwrap_or_failed

LOG = logging.getLogger(__name__)


async def execute(
    inputs: LocatedInputs, request: RunRequest, terminal: Terminal, log: OpenedLog
) -> Exit:
    """Run and come back with the exit code; `log` is the run's, open.

    Where report or log cannot be written nothing is asked of the broker: REFUSED.
    """
    settings, people = inputs.settings, TerminalPeople(terminal=terminal, command=request.command)
    writable = unwrap_or_failed(prove_writable(settings.io.report_dir))
    if isinstance(log, Failed):
        fault = writable.error if isinstance(writable, Failed) else log.error
        people.stopped(explain_fault(fault))
        return Exit.REFUSED
    if isinstance(writable, Failed):
        LOG.error("%s", explain_fault(writable.error))
        people.stopped(explain_fault(writable.error))
        return Exit.REFUSED
    _log_inputs(inputs, request)
    reports = CsvReports(
        directory=settings.io.report_dir, started_at=log.started_at, stamp=log.stamp
    )
    run_id = secrets.token_hex(4)
    log.name_run(run_id)
    running = run_with(inputs, request, people, reports, log.started_at, run_id=run_id)
    end = await waited_for(terminal, running)
    terminal.note(records_in(settings.io.report_dir))
    for line in render_end(end, settings.path):
        terminal.note(line)
    return end.code


async def run_with(
    inputs: LocatedInputs,
    request: RunRequest,
    people: TerminalPeople,
    reports: ReportPort,
    started_at: datetime,
    *,
    run_id: str,
) -> RunEnd:
    """Run with these people and reports; every account has a report at the end."""
    interrupts = Interrupts()
    world = process_world(people, reports, interrupts)
    world.reach("F01")
    run = Run(
        inputs=inputs,
        run_id=run_id,
        started_at=started_at,
        world=world,
        may_trade=not (request.dry_run or inputs.settings.gateway.read_only or request.snapshot),
        without_prompt=request.without_prompt,
    )
    # Each comes with its own part of the program: neither waits for the other's to be loaded.
    if request.snapshot is not None:
        from rebalancer_cli.offline_run import offline_run

        return offline_run(run, request.snapshot, people.stopped, detailed=request.detailed)
    from rebalancer_cli.gateway_run import gateway_run

    return await gateway_run(run, inputs, request, interrupts, people.stopped)


def _log_inputs(inputs: LocatedInputs, request: RunRequest) -> None:
    ids = ", ".join(account.settings.account_id for account in inputs.accounts)
    LOG.info("%s: valid (sha256 %s); %s", inputs.settings.path, inputs.settings.sha256, ids)
    for warning in inputs.warnings:
        LOG.warning("%s", warning)
    for each in inputs.unfit:
        LOG.error("%s", of_account(each.account_id, each.why))
    if request.apply is not None:
        LOG.info("to apply the plan of %s, sha256 %s", request.apply.created, request.apply.sha256)
