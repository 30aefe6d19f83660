"""One run, from valid inputs to its exit code: proves the records can be kept, then runs."""

from __future__ import annotations

import asyncio
import logging
import secrets
from datetime import datetime

from attrs import frozen

from rebalancer_adapters.ground.durable_files import prove_writable
from rebalancer_adapters.ground.file_text import shown_path
from rebalancer_adapters.reports.csv_reports import CsvReports
from rebalancer_cli.bootstrap import GatewaySessions, process_world
from rebalancer_cli.exits import Exit, detailed_exit_of, exit_of
from rebalancer_cli.inputs import LocatedInputs
from rebalancer_cli.keeping import Keep, keep_plan
from rebalancer_cli.messages import not_saved, plan_saved, records_in
from rebalancer_cli.run_start import OpenedLog
from rebalancer_cli.terminal.interrupts import Interrupts
from rebalancer_cli.terminal.people import TerminalPeople
from rebalancer_cli.terminal.terminal import Terminal
from rebalancer_core.application.draft import FreshPlan
from rebalancer_core.application.offline import reading_of
from rebalancer_core.application.previews import drafts, preview_all
from rebalancer_core.application.rebalance_run import RebalanceRun
from rebalancer_core.application.run_output import RunOutput
from rebalancer_core.application.run_reports import with_unfit
from rebalancer_core.application.types import Run, UnknownTargets
from rebalancer_core.messages import explain_fault
from rebalancer_core.messages.run import of_account
from rebalancer_core.ports import PeoplePort, ReportPort
from rebalancer_core.reconcile.saved_plan import SavedPlan
from rebalancer_core.reporting.summary import AccountReport
from rebalancer_core.values.account import Snapshot
from rebalancer_core.values.results import Failed, unwrap_or_failed

LOG = logging.getLogger(__name__)


@frozen(kw_only=True)
class RunRequest:
    """What the flags ask for: `run` alone, to `keep` a preview in a file, or to `apply` one.

    `snapshot` stands for a gateway. `detailed`: the exit code of a preview says what is wanted.
    `command` is its name for programs.
    """

    dry_run: bool = False
    without_prompt: bool = False
    snapshot: Snapshot | None = None
    keep: Keep | None = None
    apply: SavedPlan | None = None
    detailed: bool = False
    command: str = "run"


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
        people.note(explain_fault(fault))
        return Exit.REFUSED
    if isinstance(writable, Failed):
        LOG.error("%s", explain_fault(writable.error))
        people.note(explain_fault(writable.error))
        return Exit.REFUSED
    _log_inputs(inputs, request)
    reports = CsvReports(
        directory=settings.io.report_dir, started_at=log.started_at, stamp=log.stamp
    )
    code = await run_with(inputs, request, people, reports, log.started_at)
    terminal.note(records_in(settings.io.report_dir))
    return code


async def run_with(
    inputs: LocatedInputs,
    request: RunRequest,
    people: PeoplePort,
    reports: ReportPort,
    started_at: datetime,
) -> Exit:
    """Run with these people and reports; every account has a report at the end."""
    interrupts = Interrupts()
    world = process_world(people, reports, interrupts)
    world.reach("F01")
    run = Run(
        inputs=inputs,
        run_id=secrets.token_hex(4),
        started_at=started_at,
        world=world,
        may_trade=not (request.dry_run or inputs.settings.gateway.read_only or request.snapshot),
        without_prompt=request.without_prompt,
    )
    if request.snapshot is not None:
        return _offline(run, request.snapshot, detailed=request.detailed)
    rebalance = RebalanceRun(
        run=run,
        sessions=GatewaySessions(settings=inputs.settings),
        output=RunOutput(run=run),
        saved=request.apply,
    )
    with interrupts.listening():
        unknown: UnknownTargets | None = None
        try:
            unknown = await rebalance.all_accounts()
        except asyncio.CancelledError:
            if not interrupts.requested:
                raise
        # Still listening: a signal that comes now is too late, and shall not lose the summary.
        if unknown is not None:
            _tell_unknown(people, unknown)
            return Exit.INVALID_INPUT
        code = _summed_up(rebalance)
        if request.keep is not None:
            code = _keep(request.keep, inputs, rebalance, code)
        return detailed_exit_of(code, rebalance.complete()) if request.detailed else code


def _offline(run: Run, snapshot: Snapshot, *, detailed: bool) -> Exit:
    """Plan from a saved snapshot: there is no gateway, so there is nothing to trade with."""
    run.world.clock.hear(snapshot.as_of)
    output = RunOutput(run=run)
    entries = drafts(
        run, FreshPlan(run=run, offline=True), reading_of(snapshot, run.inputs.accounts)
    )
    reports = with_unfit(run.inputs, preview_all(output, entries))
    output.summed_up(reports)
    code = exit_of(reports, unreported=bool(output.lost), only_previewed=True)
    return detailed_exit_of(code, reports) if detailed else code


def _summed_up(rebalance: RebalanceRun) -> Exit:
    output = rebalance.output
    reports = rebalance.complete()
    rebalance.run.world.reach("F24")
    output.summed_up(reports)
    return exit_of(
        reports,
        unreported=bool(output.lost),
        bug=bool(output.bugs),
        only_previewed=not rebalance.run.may_trade,
    )


def _keep(keep: Keep, inputs: LocatedInputs, rebalance: RebalanceRun, code: Exit) -> Exit:
    """Save what was previewed; nothing is saved where no account has a plan."""
    people, name = rebalance.run.world.people, shown_path(keep.path)
    if code not in {Exit.DONE, Exit.PARTIAL}:
        people.note(not_saved(name))
        return code
    previewed: tuple[AccountReport, ...] = rebalance.complete()
    kept = keep_plan(keep, inputs.settings, rebalance.run, tuple(rebalance.previewed), previewed)
    if not isinstance(kept, SavedPlan):
        LOG.error("%s", explain_fault(kept))
        people.note(explain_fault(kept))
        return Exit.REFUSED
    people.note(plan_saved(name, kept.expires))
    return code


def _tell_unknown(people: PeoplePort, unknown: UnknownTargets) -> None:
    for sentence in unknown.sentences:
        LOG.error("%s", sentence)
        people.note(sentence)


def _log_inputs(inputs: LocatedInputs, request: RunRequest) -> None:
    ids = ", ".join(account.settings.account_id for account in inputs.accounts)
    LOG.info("%s: valid (sha256 %s); %s", inputs.settings.path, inputs.settings.sha256, ids)
    for warning in inputs.warnings:
        LOG.warning("%s", warning)
    for each in inputs.unfit:
        LOG.error("%s", of_account(each.account_id, each.why))
    if request.apply is not None:
        LOG.info("to apply the plan of %s, sha256 %s", request.apply.created, request.apply.sha256)
