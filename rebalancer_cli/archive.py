"""Opening the journal for a command: read, and the end of the command where it cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import NoReturn, TypeVar

from returns.result import Result

from rebalancer_adapters.journal.sqlite_journal import SqliteJournal, open_journal
from rebalancer_adapters.settings.settings import Settings
from rebalancer_cli.bootstrap import journal_path
from rebalancer_cli.exits import Exit
from rebalancer_cli.problems import leave
from rebalancer_core.messages import explain_journal
from rebalancer_core.ports import JournalPort
from rebalancer_core.reconcile.journal_model import JournaledRun, JournalFault
from rebalancer_core.reconcile.run_summary import RunSummary, open_runs
from rebalancer_core.values.results import Failed, unwrap_or_failed

T = TypeVar("T")


@contextmanager
def opened_journal(settings: Settings) -> Iterator[SqliteJournal]:
    """The journal of these settings for the block; exit 5 where it cannot be opened."""
    with closing(or_exit(open_journal(journal_path(settings)))) as journal:
        yield journal


def summaries(journal: JournalPort) -> tuple[RunSummary, ...]:
    """Every run without its orders, oldest first; exit 5 where the journal is damaged."""
    return or_exit(journal.summaries())


def runs_with_open_orders(
    journal: JournalPort, runs: tuple[RunSummary, ...]
) -> tuple[JournaledRun, ...]:
    """Those of these runs that have an order without a last word; exit 5 as above."""
    return or_exit(journal.runs_named(open_runs(runs)))


def or_exit(answer: Result[T, JournalFault]) -> T:
    """The answer of the journal; exit 5 where it is damaged."""
    told = unwrap_or_failed(answer)
    if isinstance(told, Failed):
        refuse(told.error)
    return told


def refuse(fault: JournalFault) -> NoReturn:
    """Say that the journal cannot be used, and end with exit 5."""
    leave(Exit.REFUSED, explain_journal(fault))
