"""The journal in SQLite: each write is on the disk when the call comes back, and stays there."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from attrs import define, field
from returns.result import Failure, Result, Success

from rebalancer_adapters.journal.checked import (
    NOTHING_CHECKED,
    checked_path,
    keep_checked,
    load_checked,
)
from rebalancer_adapters.journal.codec import UnreadableError
from rebalancer_adapters.journal.drafts import (
    draft_of_approval,
    draft_of_event,
    draft_of_intent,
    draft_of_report,
    draft_of_run,
)
from rebalancer_adapters.journal.entries import Draft
from rebalancer_adapters.journal.files import connect, make_file
from rebalancer_adapters.journal.history import History
from rebalancer_adapters.journal.replay import BrokenError
from rebalancer_adapters.journal.rows import append, known_of, run_of
from rebalancer_adapters.journal.schema import damage, prepare, unfit
from rebalancer_adapters.journal.trouble import TROUBLE, is_passing, words_of
from rebalancer_core.orders.events import OrderEvent, OrderRef
from rebalancer_core.reconcile.journal_model import (
    Approval,
    Intent,
    JournaledEvent,
    JournaledRun,
    JournalFault,
    RunStarted,
)
from rebalancer_core.reconcile.run_summary import RunSummary
from rebalancer_core.values.instruments import AccountId
from rebalancer_core.values.results import Failed, unwrap_or_failed

T = TypeVar("T")

_BUSY_MS = 2000

# So many new entries are verified in a tenth of a second: it is not worth to keep that they were.
_WORTH_KEEPING = 256


def _nothing() -> None:
    """Nobody waits for an entry to be about to become durable."""


def open_journal(
    path: Path, busy_ms: int = _BUSY_MS, before_commit: Callable[[], None] = _nothing
) -> Result[SqliteJournal, JournalFault]:
    """The journal in the file `path`, created with its folder where there is none.

    `before_commit` is called when an intent is inserted and not yet committed.
    A fault where the file cannot be opened, is damaged, is of a newer program, or is not a journal.
    """
    try:
        if not path.exists():
            if checked_path(path).exists():
                return Failure(JournalFault(path=str(path), detail=_missing(path)))
            make_file(path, busy_ms)
        if not path.is_file() or path.stat().st_size == 0:
            detail = "it is empty, or no regular file"
            return Failure(JournalFault(path=str(path), detail=detail))
        return _opened(path, connect(path), busy_ms, before_commit)
    except TROUBLE as trouble:
        return Failure(JournalFault(path=str(path), detail=words_of(trouble)))


def _opened(
    path: Path,
    connection: sqlite3.Connection,
    busy_ms: int,
    before_commit: Callable[[], None],
) -> Result[SqliteJournal, JournalFault]:
    journal = SqliteJournal(path=path, connection=connection, before_commit=before_commit)
    try:
        prepare(connection, busy_ms)
        why_not = unfit(connection) or journal.read_on()
    except TROUBLE:
        connection.close()
        raise
    if why_not:
        connection.close()
        return Failure(JournalFault(path=str(path), detail=why_not))
    return Success(journal)


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
    _history: History = field(init=False)

    @_history.default
    def _nothing_read(self) -> History:
        return History(connection=self._connection)

    def start(self, run: RunStarted) -> Result[None, JournalFault]:
        """A run that may trade begins; each run id once."""
        return self._write(draft_of_run(run))

    def approve(self, approval: Approval) -> Result[None, JournalFault]:
        """The user said yes to one account's plan; each account once a run."""
        return self._write(draft_of_approval(approval))

    def intend(self, intent: Intent) -> Result[None, JournalFault]:
        """An order is about to leave; a second intent for its reference or its leg is a fault."""
        return self._write(draft_of_intent(intent), before_commit=self._before_commit)

    def note(self, event: OrderEvent, at: datetime) -> Result[None, JournalFault]:
        """An order's event, as heard at `at`; a fault for an order that was never intended."""
        return self.note_all((JournaledEvent(at=at, event=event),))

    def note_all(self, events: tuple[JournaledEvent, ...]) -> Result[None, JournalFault]:
        """Events that were heard together: all of them are on the disk, or none."""
        drafts: list[Draft] = []
        for heard in events:
            run = unwrap_or_failed(self._run_of(heard.event.order_ref))
            if isinstance(run, Failed):
                return Failure(run.error)
            drafts.append(draft_of_event(run, heard))
        return self._write(*drafts)

    def reported(self, run_id: str, account_id: AccountId) -> Result[None, JournalFault]:
        """The post-trade report of this account is on the disk."""
        return self._write(draft_of_report(run_id, account_id))

    def summaries(self) -> Result[tuple[RunSummary, ...], JournalFault]:
        """Every run, oldest first, without its orders; what was appended is verified first."""
        return self._read(self._history.summaries)

    def runs_named(
        self, run_ids: tuple[str, ...]
    ) -> Result[tuple[JournaledRun, ...], JournalFault]:
        """Those of these runs that there are, oldest first, each with its whole chain verified."""
        return self._read(lambda: self._history.runs_named(run_ids))

    def known(self, refs: frozenset[OrderRef]) -> Result[frozenset[OrderRef], JournalFault]:
        """Those of these references under which an order was intended."""
        return self._read(lambda: refs & known_of(self._connection, refs))

    def verify(self) -> Result[tuple[RunSummary, ...], JournalFault]:
        """Every run, after every page, index and entry was verified, one run at a time.

        A fault also where the file of what was verified before tells another story.
        """
        return self._read(self._all_verified)

    def runs(self) -> Result[tuple[JournaledRun, ...], JournalFault]:
        """Every run with its orders, all verified, for tests: in memory it grows with the years."""
        return self.verify().bind(
            lambda all_runs: self.runs_named(tuple(run.run_id for run in all_runs))
        )

    def read_on(self) -> str:
        """Verify what no earlier command did, on opening; why that fails, else an empty text."""
        checked = load_checked(self.path)
        broken = "" if checked.last_id else damage(self._connection)
        if broken:
            return _damaged(broken)
        try:
            if self._history.begin(checked) >= _WORTH_KEEPING:
                keep_checked(self.path, self._history.checked)
        except (BrokenError, UnreadableError) as trouble:
            return str(trouble)
        return ""

    def _all_verified(self) -> tuple[RunSummary, ...]:
        told = self._history.summaries()
        broken = damage(self._connection)
        if broken:
            raise BrokenError(_damaged(broken))
        self._history.begin(NOTHING_CHECKED)
        found = self._history.checked
        if found.last_id >= _WORTH_KEEPING:
            keep_checked(self.path, found)
        if found.runs[: len(told)] != told:
            raise BrokenError(
                f"{checked_path(self.path)} told of other runs or outcomes; it was made anew"
            )
        return found.runs

    def close(self) -> None:
        """Let go of the file. Nothing is pending: every write was committed."""
        self._connection.close()

    def _run_of(self, order_ref: OrderRef) -> Result[str, JournalFault]:
        return self._guarded(lambda: run_of(self._connection, order_ref))

    def _write(
        self, *drafts: Draft, before_commit: Callable[[], None] = _nothing
    ) -> Result[None, JournalFault]:
        if self._broken:
            return Failure(self._fault(f"nothing is written after an error: {self._broken}"))
        return self._guarded(lambda: append(self._connection, drafts, before_commit))

    def _read(self, question: Callable[[], T]) -> Result[T, JournalFault]:
        """The answer; a fault where what stands in the file is not what was written."""

        def asked() -> Result[T, str]:
            try:
                return Success(question())
            except (BrokenError, UnreadableError) as trouble:
                return Failure(str(trouble))

        return self._guarded(asked)

    def _guarded(self, step: Callable[[], Result[T, str]]) -> Result[T, JournalFault]:
        """What the step came to; a fault where it refuses, or the file cannot be used."""
        try:
            return step().alt(self._fault)
        except TROUBLE as trouble:
            if not is_passing(trouble):
                self._broken = words_of(trouble)
            return Failure(self._fault(words_of(trouble)))

    def _fault(self, detail: str) -> JournalFault:
        return JournalFault(path=str(self.path), detail=detail)


def _damaged(broken: str) -> str:
    return f"it is damaged: {broken}"


def _missing(path: Path) -> str:
    kept = checked_path(path).name
    return f"it is missing, and {kept} beside it shows that orders were written: put a copy back"
