"""Entries in and out of the database: an append is one transaction, a reading is one too."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from returns.result import Failure, Result, Success

from rebalancer_adapters.journal.codec import UnreadableError
from rebalancer_adapters.journal.entries import Draft, Entry, Kind, entry_hash, first_hash

_COLUMNS = "run, number, kind, account, order_ref, con_id, side, leg, body, prev_hash, hash"
_INSERT = f"INSERT INTO entry ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 constants alone


def append(
    connection: sqlite3.Connection, draft: Draft, before_commit: Callable[[], None]
) -> Result[None, str]:
    """Commit one entry; a failure says why it may not stand there.

    `before_commit` is called when all is written and nothing is durable yet.
    Raises sqlite3.Error, and then nothing was written, or it is not known whether it was.
    """
    with _transaction(connection, "BEGIN IMMEDIATE"):
        refused = _refusal(connection, draft)
        if refused:
            return Failure(refused)
        number, prev_hash = _tip(connection, draft.run)
        values = (
            draft.run,
            number,
            draft.kind.value,
            draft.account,
            draft.order_ref,
            draft.con_id,
            draft.side,
            draft.leg,
            draft.body,
            prev_hash,
            entry_hash(draft, number, prev_hash),
        )
        connection.execute(_INSERT, values)
        before_commit()
        connection.execute("COMMIT")
    return Success(None)


def run_of(connection: sqlite3.Connection, order_ref: str) -> Result[str, str]:
    """The run that an order was intended in; a failure for an order that never was."""
    asked = "SELECT run FROM entry WHERE kind = 'intent' AND order_ref = ?"
    row: tuple[str] | None = connection.execute(asked, (order_ref,)).fetchone()
    return Failure(f"no order {order_ref} was ever intended") if row is None else Success(row[0])


def all_entries(connection: sqlite3.Connection) -> tuple[tuple[Entry, ...], int]:
    """Every entry by id, and how many the database counted when they were written.

    Raises sqlite3.Error, and UnreadableError for a kind of entry that there is not.
    """
    with _transaction(connection, "BEGIN"):
        rows = connection.execute(f"SELECT id, {_COLUMNS} FROM entry ORDER BY id")  # noqa: S608 constants alone
        entries = tuple(map(_to_entry, rows))
        counted: tuple[int] | None = connection.execute(
            "SELECT seq FROM sqlite_sequence WHERE name = 'entry'"
        ).fetchone()
    return entries, 0 if counted is None else counted[0]


@contextmanager
def _transaction(connection: sqlite3.Connection, begin: str) -> Iterator[None]:
    """Whatever was not committed inside is rolled back, also when the user interrupts."""
    connection.execute(begin)
    try:
        yield
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _refusal(connection: sqlite3.Connection, draft: Draft) -> str | None:
    """Why not: an entry stands only below the one that it belongs to."""
    started = _exists(connection, "run", draft.run, None)
    if draft.kind is Kind.RUN:
        return f"run {draft.run} is already in it" if started else None
    if not started:
        return f"run {draft.run} was never started"
    needs_plan = draft.kind in {Kind.INTENT, Kind.REPORTED}
    if needs_plan and not _exists(connection, "approval", draft.run, draft.account):
        return f"no plan for {draft.account} was approved in run {draft.run}"
    return None


def _exists(connection: sqlite3.Connection, kind: str, run: str, account: str | None) -> bool:
    asked = "SELECT 1 FROM entry WHERE kind = ? AND run = ? AND account IS ? LIMIT 1"
    return connection.execute(asked, (kind, run, account)).fetchone() is not None


def _tip(connection: sqlite3.Connection, run: str) -> tuple[int, str]:
    """The number of the run's next entry, and the hash that it continues."""
    asked = "SELECT number, hash FROM entry WHERE run = ? ORDER BY number DESC LIMIT 1"
    row: tuple[int, str] | None = connection.execute(asked, (run,)).fetchone()
    return (0, first_hash(run)) if row is None else (row[0] + 1, row[1])


_Row = tuple[
    int, str, int, str, str | None, str | None, int | None, str | None, int | None, str, str, str
]


def _to_entry(row: _Row) -> Entry:
    kind = next((each for each in Kind if each.value == row[3]), None)
    if kind is None:
        raise UnreadableError(f"run {row[1]}, row {row[0]}: {row[3]!r} is no kind of entry")
    draft = Draft(
        run=row[1],
        kind=kind,
        account=row[4],
        order_ref=row[5],
        con_id=row[6],
        side=row[7],
        leg=row[8],
        body=row[9],
    )
    return Entry(id=row[0], draft=draft, number=row[2], prev_hash=row[10], hash=row[11])
