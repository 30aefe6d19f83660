"""The end of a command that could not do what it was asked for: a sentence and an exit code."""

from __future__ import annotations

from typing import NoReturn

import click

from rebalancer_cli.exits import Exit
from rebalancer_cli.messages import NOTHING_CHANGED
from rebalancer_core.application.resolve import NotResolved, Withdrawn
from rebalancer_core.messages import explain, explain_journal
from rebalancer_core.messages.resolving import explain_misdeclared
from rebalancer_core.ports import LockRefused
from rebalancer_core.reconcile.declarations import Misdeclared
from rebalancer_core.reconcile.journal_model import JournalFault


def leave_unresolved(why: NotResolved) -> NoReturn:
    """Say why `resolve` took nothing down, and end."""
    match why:
        case Misdeclared():
            raise click.UsageError(explain_misdeclared(why.why))
        case Withdrawn(is_silent=True):
            raise click.Abort
        case Withdrawn():
            _end(NOTHING_CHANGED, Exit.DONE)
        case LockRefused():
            _end(why.why, Exit.REFUSED)
        case JournalFault():
            _end(explain_journal(why), Exit.REFUSED)
        case _:
            _end(explain(why), Exit.NO_DATA)


def _end(sentence: str, code: Exit) -> NoReturn:
    click.echo(sentence, err=True)
    raise click.exceptions.Exit(code)
