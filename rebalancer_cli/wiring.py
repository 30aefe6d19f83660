"""The composition root: which broker, which clock, which files a run is made of."""

from __future__ import annotations

import asyncio
import logging
import secrets
from datetime import datetime

from attrs import frozen

from rebalancer_adapters.ground.file_text import shown_path
from rebalancer_cli.broker_clock import BrokerClock
from rebalancer_cli.drafting import Planner
from rebalancer_cli.exits import Exit, exit_of
from rebalancer_cli.failpoints import reach
from rebalancer_cli.reading.market import UnknownTargets, unlisted_sentence
from rebalancer_cli.reading.offline import reading_of
from rebalancer_cli.records import Records
from rebalancer_cli.saved.keeping import Keep, keep_plan
from rebalancer_cli.screen.terminal import Terminal
from rebalancer_cli.stages import Inputs, Run
from rebalancer_cli.walk import Walk
from rebalancer_cli.workflow import drafts, preview_all
from rebalancer_core.messages import explain_fault
from rebalancer_core.ports import ReportPort
from rebalancer_core.reconcile.saved_plan import SavedPlan
from rebalancer_core.reporting.summary import AccountReport, AccountStatus
from rebalancer_core.values.account import Snapshot
from rebalancer_core.values.instruments import AccountId

LOG = logging.getLogger(__name__)


@frozen(kw_only=True)
class Job:
    """One run as asked for. `may_trade` false: no order desk is ever made.

    `keep` is the file that a preview is saved in, `saved` the plan file that is to be sent.
    """

    inputs: Inputs
    reports: ReportPort
    terminal: Terminal
    started_at: datetime
    may_trade: bool
    without_prompt: bool
    keep: Keep | None = None
    saved: SavedPlan | None = None


async def rebalance(job: Job) -> Exit:
    """Run against the gateway; every account has a report at the end, whatever came between."""
    reach("F01")
    clock = BrokerClock()
    run = _run(job, clock)
    records = Records(run=run, can_trade=job.may_trade)
    walk = Walk(run=run, clock=clock, records=records, may_trade=job.may_trade, saved=job.saved)
    with walk.interrupts.listening():
        invalid: UnknownTargets | None = None
        try:
            invalid = await walk.all_accounts()
        except asyncio.CancelledError:
            if not walk.interrupts.requested:
                raise
        # Still listening: a signal that comes now is too late, and shall not lose the summary.
        return _summed_up(walk, invalid, job.keep)


def rebalance_offline(job: Job, saved: Snapshot) -> Exit:
    """Plan from a saved snapshot: there is no gateway, so there is nothing to trade with."""
    clock = BrokerClock()
    clock.hear(saved.as_of)
    run = _run(job, clock)
    records = Records(run=run, can_trade=False)
    planner = Planner(run=run, offline=True)
    drawn = drafts(run, planner, reading_of(saved, job.inputs.accounts))
    reports = preview_all(records, drawn)
    records.summed_up(reports)
    return exit_of(reports, unreported=bool(records.lost))


def _summed_up(walk: Walk, invalid: UnknownTargets | None, keep: Keep | None) -> Exit:
    if invalid is not None:
        _tell_unknown(walk.run.terminal, invalid)
        return Exit.INVALID_INPUT
    bugs = walk.records.bugs
    reports = _complete(walk.run.inputs, walk.finished, bugs)
    reach("F24")
    walk.records.summed_up(reports)
    code = exit_of(reports, unreported=bool(walk.records.lost), bug=bool(bugs))
    return code if keep is None else _kept(walk, keep, reports, code)


def _kept(walk: Walk, keep: Keep, reports: tuple[AccountReport, ...], code: Exit) -> Exit:
    """Save what was previewed; nothing is saved where no account has a plan."""
    terminal = walk.run.terminal
    if code not in {Exit.DONE, Exit.PARTIAL}:
        terminal.note(f"{shown_path(keep.path)} is not written: there is no whole preview to save")
        return code
    kept = keep_plan(keep, walk.run, tuple(walk.previewed), reports)
    if not isinstance(kept, SavedPlan):
        LOG.error("%s", explain_fault(kept))
        terminal.note(explain_fault(kept))
        return Exit.REFUSED
    terminal.note(
        f"Plan saved in {shown_path(keep.path)}; `rebalance apply` takes it"
        f" until {kept.expires:%a %Y-%m-%d %H:%M} UTC"
    )
    return code


def _run(job: Job, clock: BrokerClock) -> Run:
    return Run(
        inputs=job.inputs,
        run_id=secrets.token_hex(4),
        started_at=job.started_at,
        now=clock.now,
        reports=job.reports,
        terminal=job.terminal,
        without_prompt=job.without_prompt,
    )


def _complete(
    inputs: Inputs, finished: list[AccountReport], bugs: list[str]
) -> tuple[AccountReport, ...]:
    """One report an account, in the order of the file; those not reached say what came between."""
    of = {report.account_id: report for report in finished}
    ids = (account.settings.account_id for account in inputs.accounts)
    return tuple(of.get(each) or _not_reached(each, bugs) for each in ids)


def _not_reached(account_id: AccountId, bugs: list[str]) -> AccountReport:
    if bugs:
        why = f"not traded: {'; '.join(bugs)}"
        return AccountReport(account_id=account_id, status=AccountStatus.FAILED, error=why)
    return AccountReport(
        account_id=account_id,
        status=AccountStatus.INTERRUPTED,
        error="interrupted before anything was sent for this account",
    )


def _tell_unknown(terminal: Terminal, unknown: UnknownTargets) -> None:
    for entry in unknown.symbols:
        sentence = unlisted_sentence(entry)
        LOG.error("%s", sentence)
        terminal.note(sentence)
