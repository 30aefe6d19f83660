"""Every account of a reading as a draft that can be shown; nothing here could send an order."""

from __future__ import annotations

from rebalancer_core.application.draft import PlanSource, unbalanced
from rebalancer_core.application.run_output import RunOutput
from rebalancer_core.application.types import AccountInputs, Draft, Market, Reading, Run
from rebalancer_core.reporting.summary import AccountReport
from rebalancer_core.values.account import AccountSnapshot


def drafts(run: Run, plans: PlanSource, reading: Reading) -> tuple[Draft | AccountReport, ...]:
    """A draft, or the report of its failure, for every account of the reading."""
    return tuple(
        entry
        if isinstance(entry, AccountReport)
        else draft_of(run, plans, account, entry, reading.market)
        for account, entry in zip(run.inputs.accounts, reading.accounts, strict=True)
    )


def preview_all(
    output: RunOutput, entries: tuple[Draft | AccountReport, ...]
) -> tuple[AccountReport, ...]:
    """Every account as far as its preview."""
    return tuple(
        output.previewed(entry) if isinstance(entry, Draft) else entry for entry in entries
    )


def draft_of(
    run: Run,
    plans: PlanSource,
    account: AccountInputs,
    snapshot: AccountSnapshot,
    market: Market,
) -> Draft | AccountReport:
    """The draft of one account, or the report of why there is none."""
    return unbalanced(snapshot, market, run) or plans.plan_for(account, snapshot, market)
