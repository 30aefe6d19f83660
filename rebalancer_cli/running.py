"""One run, from valid inputs to its exit code: proves the records can be kept, then walks."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from attrs import evolve, frozen

from rebalancer_adapters.reports.csv_reports import CsvReports
from rebalancer_adapters.reports.run_log import RunLog, open_run_log
from rebalancer_cli.exits import Exit
from rebalancer_cli.saved.keeping import Keep
from rebalancer_cli.screen.terminal import Terminal
from rebalancer_cli.stages import Inputs
from rebalancer_cli.wiring import Job, rebalance, rebalance_offline
from rebalancer_core.messages import explain_fault
from rebalancer_core.reconcile.saved_plan import SavedPlan
from rebalancer_core.values.account import Snapshot

LOG = logging.getLogger(__name__)


@frozen(kw_only=True)
class Wish:
    """What the flags ask for: `run` alone, to `keep` a preview in a file, or to `apply` one.

    `saved` is the snapshot that stands for a gateway.
    """

    dry_run: bool = False
    without_prompt: bool = False
    saved: Snapshot | None = None
    keep: Keep | None = None
    apply: SavedPlan | None = None


async def perform(inputs: Inputs, wish: Wish, terminal: Terminal) -> Exit:
    """Walk the straight line and come back with the exit code (SPEC 8).

    Where report or log cannot be written nothing is asked of the broker: REFUSED.
    """
    settings = inputs.settings
    started_at = datetime.now(UTC)
    reports = CsvReports(directory=settings.io.report_dir, started_at=started_at)
    fault = reports.check_writable()
    if fault is not None:
        terminal.note(explain_fault(fault))
        return Exit.REFUSED
    log = open_run_log(settings.io.report_dir, started_at, settings.io.log_level)
    if not isinstance(log, RunLog):
        terminal.note(explain_fault(log))
        return Exit.REFUSED
    job = Job(
        inputs=inputs,
        reports=evolve(reports, stamp=log.stamp),
        terminal=terminal,
        started_at=started_at,
        may_trade=not (wish.dry_run or settings.gateway.read_only or wish.saved),
        without_prompt=wish.without_prompt,
        keep=wish.keep,
        saved=wish.apply,
    )
    with log:
        _log_inputs(inputs)
        if wish.apply is not None:
            LOG.info("to apply the plan of %s, sha256 %s", wish.apply.created, wish.apply.sha256)
        code = rebalance_offline(job, wish.saved) if wish.saved else await rebalance(job)
    terminal.note(f"Reports and log: {settings.io.report_dir}")
    return code


def _log_inputs(inputs: Inputs) -> None:
    ids = ", ".join(account.settings.account_id for account in inputs.accounts)
    LOG.info("%s: valid (sha256 %s); %s", inputs.settings.path, inputs.settings.sha256, ids)
    for warning in inputs.warnings:
        LOG.warning("%s", warning)
