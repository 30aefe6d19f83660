"""The end of a command that could not do what it was asked for: a sentence and an exit code."""

from __future__ import annotations

from typing import NoReturn

import click

from rebalancer_cli.exits import Exit
from rebalancer_cli.messages import NOTHING_CHANGED
from rebalancer_cli.problems import leave
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
            leave(Exit.DONE, NOTHING_CHANGED)
        case LockRefused():
            leave(Exit.REFUSED, why.why)
        case JournalFault():
            leave(Exit.REFUSED, explain_journal(why))
        case _:
            leave(Exit.NO_DATA, explain(why))
