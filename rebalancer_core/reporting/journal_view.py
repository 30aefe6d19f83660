"""A run as the journal knows it: accounts whose plan was approved, and no others."""

from __future__ import annotations

from rebalancer_core.messages.reports import FROM_THE_JOURNAL
from rebalancer_core.reconcile.journal_model import JournaledAccount, JournaledRun
from rebalancer_core.reporting.journal_record import recorded
from rebalancer_core.reporting.run_facts import RunFacts
from rebalancer_core.reporting.summary import AccountReport, error_of, notes_of, status_of


def journaled_facts(run: JournaledRun) -> RunFacts:
    """What the records of a run say of it when they are rebuilt from the journal."""
    return RunFacts(
        run_id=run.started.run_id,
        started_at=run.started.started_at,
        can_trade=True,
        warnings=(FROM_THE_JOURNAL,),
    )


def journaled_report(account: JournaledAccount) -> AccountReport:
    """One account's report with what is known by now of its orders."""
    record = recorded(account)
    status = status_of(record)
    return AccountReport(
        account_id=record.account_id,
        status=status,
        error=error_of(record, status),
        notes=notes_of(record, status),
        plan=record.plan,
        record=record,
    )
