"""The page of a run as the journal knows it: accounts whose plan was approved, and no others."""

from __future__ import annotations

from rebalancer_core.reconcile.journal_model import JournaledAccount, JournaledRun
from rebalancer_core.reconcile.journal_record import recorded
from rebalancer_core.reporting.page.run_page import RunFacts, render_page
from rebalancer_core.reporting.summary import AccountReport, status_of

_FROM_THE_JOURNAL = (
    "Made anew from the journal. Accounts whose plan was not approved are not in it: the run's"
    " summary and log name them."
)


def page_again(run: JournaledRun) -> str:
    """The page of one run with what is known by now of its orders."""
    facts = RunFacts(
        run_id=run.started.run_id,
        started_at=run.started.started_at,
        can_trade=True,
        warnings=(_FROM_THE_JOURNAL,),
    )
    return render_page(facts, tuple(_report(account) for account in run.accounts))


def _report(account: JournaledAccount) -> AccountReport:
    record = recorded(account)
    return AccountReport(
        account_id=record.account_id,
        status=status_of(record),
        error="; ".join(record.notes),
        plan=record.plan,
        record=record,
    )
