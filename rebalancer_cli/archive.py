"""Opening the journal for a command: read, and the end of the command where it cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TypeVar

import click

from rebalancer_adapters.journal.sqlite_journal import SqliteJournal, open_journal
from rebalancer_adapters.settings.settings import Settings
from rebalancer_cli.bootstrap import journal_path
from rebalancer_cli.exits import Exit
from rebalancer_core.messages import explain_journal
from rebalancer_core.ports import JournalPort
from rebalancer_core.reconcile.journal_model import JournaledRun, JournalFault

T = TypeVar("T")


@contextmanager
def opened_journal(settings: Settings) -> Iterator[SqliteJournal]:
    """The journal of these settings for the block; exit 5 where it cannot be opened."""
    journal = open_journal(journal_path(settings))
    if isinstance(journal, JournalFault):
        click.echo(explain_journal(journal), err=True)
        raise click.exceptions.Exit(Exit.REFUSED)
    with closing(journal):
        yield journal


def all_runs(journal: JournalPort) -> tuple[JournaledRun, ...]:
    """Every run; exit 5 where the journal is damaged."""
    return or_exit(journal.runs())


def or_exit(answer: T | JournalFault) -> T:
    """The answer of the journal; exit 5 where it is damaged."""
    if isinstance(answer, JournalFault):
        click.echo(explain_journal(answer), err=True)
        raise click.exceptions.Exit(Exit.REFUSED)
    return answer
