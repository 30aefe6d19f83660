"""The journal in SQLite: each write is on the disk when the call comes back, and stays there."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from attrs import define, field
from returns.result import Failure, Result, Success

from rebalancer_adapters.ground.durable_files import reason
from rebalancer_adapters.journal.codec import UnreadableError, to_text
from rebalancer_adapters.journal.entries import Draft, Kind, break_in
from rebalancer_adapters.journal.files import connect, make_file
from rebalancer_adapters.journal.replay import runs_of
from rebalancer_adapters.journal.rows import all_entries, append, run_of
from rebalancer_adapters.journal.schema import prepare, unfit
from rebalancer_core.orders.events import OrderEvent
from rebalancer_core.orders.tickets import leg_of
from rebalancer_core.reconcile.journal_model import (
    Approval,
    Intent,
    JournaledEvent,
    JournaledRun,
    JournalFault,
    RunStarted,
)
from rebalancer_core.values.instruments import AccountId

T = TypeVar("T")

_BUSY_MS = 2000
# Another process is at it, or the entry itself was refused: the file is as sound as before.
_PASSING = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CONSTRAINT})

# A damaged file may quote its damage, and then Python cannot decode SQLite's own message.
_TROUBLE = (sqlite3.Error, OSError, UnicodeDecodeError)


def _nothing() -> None:
    """Nobody waits for an entry to be about to become durable."""


def open_journal(
    path: Path, busy_ms: int = _BUSY_MS, before_commit: Callable[[], None] = _nothing
) -> Result[SqliteJournal, JournalFault]:
    """The journal in the file `path`, created with its folder where there is none.

    `before_commit` is called when an intent is inserted and not yet committed.
    A fault where the file cannot be opened, is damaged, is of a newer program, or is no journal.
    """
    try:
        if not path.exists():
            make_file(path, busy_ms)
        if not path.is_file() or path.stat().st_size == 0:
            detail = "it is empty, or no regular file"
            return Failure(JournalFault(path=str(path), detail=detail))
        return _opened(path, connect(path), busy_ms, before_commit)
    except _TROUBLE as trouble:
        return Failure(JournalFault(path=str(path), detail=_words(trouble)))


def _opened(
    path: Path,
    connection: sqlite3.Connection,
    busy_ms: int,
    before_commit: Callable[[], None],
) -> Result[SqliteJournal, JournalFault]:
    try:
        prepare(connection, busy_ms)
        why_not = unfit(connection)
    except _TROUBLE:
        connection.close()
        raise
    if why_not:
        connection.close()
        return Failure(JournalFault(path=str(path), detail=why_not))
    return Success(SqliteJournal(path=path, connection=connection, before_commit=before_commit))


@define(kw_only=True)
class SqliteJournal:
    """`JournalPort` on one SQLite file. Mutable on purpose: an I/O error ends its writing.

    After a failed write or flush nobody knows what is on the disk, and a second flush may claim a
    success that is none. So nothing is written any more until the journal is opened and checked
    again.
    """

    path: Path
    _connection: sqlite3.Connection
    _before_commit: Callable[[], None] = _nothing
    _broken: str = field(default="", init=False)

    def start(self, run: RunStarted) -> Result[None, JournalFault]:
        """A run that may trade begins; each run id once."""
        return self._write(Draft(run=run.run_id, kind=Kind.RUN, body=to_text(run)))

    def approve(self, approval: Approval) -> Result[None, JournalFault]:
        """The user said yes to one account's plan; each account once a run."""
        draft = Draft(
            run=approval.run_id,
            kind=Kind.APPROVAL,
            account=approval.account_id,
            body=to_text(approval),
        )
        return self._write(draft)

    def intend(self, intent: Intent) -> Result[None, JournalFault]:
        """An order is about to leave; a second intent for its reference or its leg is a fault."""
        ticket = intent.ticket
        draft = Draft(
            run=intent.run_id,
            kind=Kind.INTENT,
            account=ticket.account_id,
            order_ref=ticket.order_ref,
            con_id=ticket.con_id,
            side=str(ticket.side.value),
            leg=leg_of(ticket.order_ref),
            body=to_text(intent),
        )
        return self._write(draft, self._before_commit)

    def note(self, event: OrderEvent, at: datetime) -> Result[None, JournalFault]:
        """An order's event, as heard at `at`; a fault for an order that was never intended."""
        body = to_text(JournaledEvent(at=at, event=event))
        run = self._guarded(lambda: run_of(self._connection, event.order_ref))
        return run.bind(
            lambda run_id: self._write(
                Draft(run=run_id, kind=Kind.EVENT, order_ref=event.order_ref, body=body)
            )
        )

    def reported(self, run_id: str, account_id: AccountId) -> Result[None, JournalFault]:
        """The post-trade report of this account is on the disk."""
        return self._write(Draft(run=run_id, kind=Kind.REPORTED, account=account_id, body="{}"))

    def runs(self) -> Result[tuple[JournaledRun, ...], JournalFault]:
        """Every run, oldest first, each order with its events; the hash chain verified."""
        return self._guarded(lambda: _verified(self._connection))

    def close(self) -> None:
        """Let go of the file. Nothing is pending: every write was committed."""
        self._connection.close()

    def _write(
        self, draft: Draft, before_commit: Callable[[], None] = _nothing
    ) -> Result[None, JournalFault]:
        if self._broken:
            return Failure(self._fault(f"nothing is written after an error: {self._broken}"))
        return self._guarded(lambda: append(self._connection, draft, before_commit))

    def _guarded(self, step: Callable[[], Result[T, str]]) -> Result[T, JournalFault]:
        """What the step came to; a fault where it refuses, or the file cannot be used."""
        try:
            return step().alt(self._fault)
        except _TROUBLE as trouble:
            if not _is_passing(trouble):
                self._broken = _words(trouble)
            return Failure(self._fault(_words(trouble)))

    def _fault(self, detail: str) -> JournalFault:
        return JournalFault(path=str(self.path), detail=detail)


def _verified(connection: sqlite3.Connection) -> Result[tuple[JournaledRun, ...], str]:
    """The runs; a failure says where what stands there is not what was written."""
    try:
        entries, counted = all_entries(connection)
        broken = break_in(entries, counted)
        return Failure(broken) if broken else Success(runs_of(entries))
    except UnreadableError as trouble:
        return Failure(str(trouble))


def _is_passing(trouble: Exception) -> bool:
    # Python's own complaints (closed, not UTF-8) carry no code.
    code: object = getattr(trouble, "sqlite_errorcode", None)
    return isinstance(code, int) and code & 0xFF in _PASSING


def _words(trouble: Exception) -> str:
    """The system's word for what went wrong."""
    if isinstance(trouble, OSError):
        return reason(trouble)
    name: object = getattr(trouble, "sqlite_errorname", type(trouble).__name__)
    return f"{trouble} ({name})"
