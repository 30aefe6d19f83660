"""A run at a gateway, from the first connection to the summary."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from rebalancer_adapters.ground.file_text import shown_path
from rebalancer_cli.bootstrap import GatewaySessions
from rebalancer_cli.exits import Exit
from rebalancer_cli.inputs import LocatedInputs
from rebalancer_cli.keeping import keep_plan
from rebalancer_cli.messages import not_saved, plan_saved
from rebalancer_cli.run_exits import detailed_exit_of, exit_of
from rebalancer_cli.run_request import Keep, RunRequest
from rebalancer_cli.screen.endings import RunEnd
from rebalancer_cli.terminal.interrupts import Interrupts
from rebalancer_core.application.rebalance_run import RebalanceRun
from rebalancer_core.application.run_output import RunOutput
from rebalancer_core.application.types import Run, UnknownTargets
from rebalancer_core.messages import explain_fault
from rebalancer_core.reconcile.saved_plan import SavedPlan
from rebalancer_core.reporting.summary import AccountReport

LOG = logging.getLogger(__name__)


async def gateway_run(
    run: Run,
    inputs: LocatedInputs,
    request: RunRequest,
    interrupts: Interrupts,
    stopped: Callable[..., None],
) -> RunEnd:
    """Plan, show, ask and trade; every account has a report at the end.

    `stopped` is told the sentences why, where the run ends before any account has one.
    """
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
            why = unknown.sentences(inputs.accounts)
            for sentence in why:
                LOG.error("%s", sentence)
            stopped(*why)
            return RunEnd(code=Exit.INVALID_INPUT)
        code = _summed_up(rebalance)
        if request.keep is not None:
            code = _keep(request.keep, inputs, rebalance, code)
        reports = rebalance.complete()
        return RunEnd(
            code=detailed_exit_of(code, reports) if request.detailed else code,
            of_saved_plan=request.apply is not None,
            reports=reports,
            run_id=run.run_id,
            page=rebalance.output.page,
            unwritten=tuple(rebalance.output.lost),
        )


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
