"""Every account of a reading as a draft that can be shown; nothing here could send an order."""

from __future__ import annotations

from rebalancer_core.application.draft import PlanSource, unbalanced
from rebalancer_core.application.run_output import RunOutput
from rebalancer_core.application.types import AccountInputs, Draft, Market, Reading, Run
from rebalancer_core.application.what_ifs import without_refused
from rebalancer_core.ports import WhatIfPort
from rebalancer_core.reporting.summary import AccountReport
from rebalancer_core.values.account import AccountSnapshot
from rebalancer_core.values.work import Work


def drafts(run: Run, plans: PlanSource, reading: Reading) -> tuple[Draft | AccountReport, ...]:
    """A draft, or the report of its failure, for every account of the reading."""
    found: list[Draft | AccountReport] = []
    for account, entry in zip(run.inputs.accounts, reading.accounts, strict=True):
        run.world.people.stage(Work.PLANS, len(found), len(reading.accounts))
        found.append(
            entry
            if isinstance(entry, AccountReport)
            else draft_of(run, plans, account, entry, reading.market)
        )
    return tuple(found)


def preview_all(
    output: RunOutput, entries: tuple[Draft | AccountReport, ...]
) -> tuple[AccountReport, ...]:
    """Every account as far as its preview."""
    return tuple(
        output.previewed(entry) if isinstance(entry, Draft) else entry for entry in entries
    )


async def preview_asked(
    output: RunOutput, plans: PlanSource, desk: WhatIfPort, entry: Draft | AccountReport
) -> tuple[AccountReport, Draft | None]:
    """The preview of what the broker would take, as far as it says, and the draft that was shown.

    None where there is nothing to show.
    """
    if isinstance(entry, AccountReport):
        return entry, None
    show_asking(output.run, entry)
    taken = await without_refused(entry, desk, output.run.inputs.settings.execution, plans)
    if isinstance(taken, AccountReport):
        return taken, None
    return output.previewed(taken.draft, taken.margin, taken.unasked), taken.draft


def show_asking(run: Run, draft: Draft) -> None:
    """Show that the broker is asked about this plan."""
    total = len(run.inputs.accounts) + len(run.inputs.unfit)
    run.world.people.stage(Work.PREVIEWS, draft.account.number - 1, total)


def draft_of(
    run: Run,
    plans: PlanSource,
    account: AccountInputs,
    snapshot: AccountSnapshot,
    market: Market,
) -> Draft | AccountReport:
    """The draft of one account, or the report of why there is none."""
    return unbalanced(snapshot, market, run) or plans.plan_for(account, snapshot, market)
