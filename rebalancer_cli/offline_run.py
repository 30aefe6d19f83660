"""A run on a saved snapshot: planned and shown; there is no gateway, so nothing can be sent."""

from __future__ import annotations

from collections.abc import Callable

from rebalancer_cli.exits import Exit
from rebalancer_cli.run_exits import detailed_exit_of, exit_of
from rebalancer_cli.screen.endings import RunEnd
from rebalancer_core.application.draft import FreshPlan
from rebalancer_core.application.offline import reading_of
from rebalancer_core.application.previews import drafts, preview_all
from rebalancer_core.application.run_output import RunOutput
from rebalancer_core.application.target_listings import other_contracts
from rebalancer_core.application.types import Run
from rebalancer_core.application.unfit_accounts import with_unfit
from rebalancer_core.messages import unlisted_sentence
from rebalancer_core.values.account import Snapshot


def offline_run(
    run: Run, snapshot: Snapshot, stopped: Callable[..., None], *, detailed: bool
) -> RunEnd:
    """Plan from a saved snapshot: there is no gateway, so there is nothing to trade with.

    `stopped` is told the sentences why, where its contracts are not those of the settings.
    """
    others = other_contracts(snapshot.quotes, run.inputs.settings.contracts)
    if others:
        stopped(*map(unlisted_sentence, others))
        return RunEnd(code=Exit.INVALID_INPUT)
    run.world.clock.hear(snapshot.as_of)
    output = RunOutput(run=run)
    entries = drafts(
        run, FreshPlan(run=run, offline=True), reading_of(snapshot, run.inputs.accounts)
    )
    reports = with_unfit(run.inputs, preview_all(output, entries))
    output.summed_up(reports)
    code = exit_of(reports, unreported=bool(output.lost), only_previewed=True)
    return RunEnd(
        code=detailed_exit_of(code, reports) if detailed else code,
        reports=reports,
        run_id=run.run_id,
        page=output.page,
        unwritten=tuple(output.lost),
    )
