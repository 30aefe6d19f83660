"""Runs of the journal as a use case wants them: those that may still change, and no others."""

from __future__ import annotations

from datetime import datetime

from rebalancer_core.ports import JournalPort
from rebalancer_core.reconcile.journal_model import JournaledRun, JournalFault
from rebalancer_core.reconcile.run_summary import current_runs
from rebalancer_core.values.results import Failed, unwrap_or_failed


def past_runs(
    journal: JournalPort, now: datetime
) -> tuple[JournaledRun, ...] | Failed[JournalFault]:
    """The runs of which the broker or a person may still say something, oldest first."""
    summaries = unwrap_or_failed(journal.summaries())
    if isinstance(summaries, Failed):
        return summaries
    return unwrap_or_failed(journal.runs_named(current_runs(summaries, now)))
