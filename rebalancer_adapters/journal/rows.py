"""Entries in and out of the database: those of one append are one transaction."""

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
    connection: sqlite3.Connection, drafts: tuple[Draft, ...], before_commit: Callable[[], None]
) -> Result[None, str]:
    """Commit these entries together, or none; a failure says why one may not stand there.

    `before_commit` is called when all is written and nothing is durable yet.
    Raises sqlite3.Error, and then nothing was written, or it is not known whether it was.
    """
    with _transaction(connection, "BEGIN IMMEDIATE"):
        for draft in drafts:
            refused = _refusal(connection, draft)
            if refused:
                return Failure(refused)
            _insert(connection, draft)
        before_commit()
        connection.execute("COMMIT")
    return Success(None)


def _insert(connection: sqlite3.Connection, draft: Draft) -> None:
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


def run_of(connection: sqlite3.Connection, order_ref: str) -> Result[str, str]:
    """The run that an order was intended in; a failure for an order that never was."""
    asked = "SELECT run FROM entry WHERE kind = 'intent' AND order_ref = ?"
    row: tuple[str] | None = connection.execute(asked, (order_ref,)).fetchone()
    return Failure(f"no order {order_ref} was ever intended") if row is None else Success(row[0])


def known_of(connection: sqlite3.Connection, refs: frozenset[str]) -> frozenset[str]:
    """Those of these references under which an order was intended."""
    asked = "SELECT 1 FROM entry WHERE kind = 'intent' AND order_ref = ?"
    return frozenset(ref for ref in refs if connection.execute(asked, (ref,)).fetchone())


def rows_appended(connection: sqlite3.Connection) -> int:
    """How many rows were ever appended, as the database counted them: the id of the last one."""
    return _number(connection, "SELECT max(seq) FROM sqlite_sequence WHERE name = 'entry'")


def rows_between(connection: sqlite3.Connection, after: int, end: int) -> int:
    """How many rows are there with an id above `after` and not above `end`."""
    asked = "SELECT count(*) FROM entry WHERE id > ? AND id <= ?"
    return _number(connection, asked, (after, end))


def runs_after(connection: sqlite3.Connection, after: int, end: int) -> tuple[str, ...]:
    """The runs that such rows belong to, in the order of their first one."""
    asked = """
        SELECT run FROM entry WHERE id > ? AND id <= ? GROUP BY run ORDER BY min(id)
    """
    return tuple(run for (run,) in connection.execute(asked, (after, end)))


def hash_of_row(connection: sqlite3.Connection, row_id: int) -> str:
    """The hash that a row has; empty where it is not there."""
    asked = "SELECT hash FROM entry WHERE id = ?"
    row: tuple[str] | None = connection.execute(asked, (row_id,)).fetchone()
    return "" if row is None else str(row[0])


def entries_of(connection: sqlite3.Connection, run: str, first: int, end: int) -> Iterator[Entry]:
    """The entries of a run from its `first`th on, as far as their row is not above `end`.

    Raises sqlite3.Error, and UnreadableError for a kind of entry that there is not.
    """
    rows = connection.execute(
        f"SELECT id, {_COLUMNS} FROM entry"  # noqa: S608 constants alone
        " WHERE run = ? AND number >= ? AND id <= ? ORDER BY number",
        (run, first, end),
    )
    return map(_to_entry, rows)


def intents_indexed(connection: sqlite3.Connection) -> tuple[int, int]:
    """How many orders the index of references has, and the index of legs."""
    by = "SELECT count(*) FROM entry INDEXED BY {} WHERE kind = 'intent'"
    return (
        _number(connection, by.format("one_intent_a_reference")),
        _number(connection, by.format("one_intent_a_leg")),
    )


def _number(connection: sqlite3.Connection, asked: str, values: tuple[int, ...] = ()) -> int:
    row: tuple[int | None] = connection.execute(asked, values).fetchone()
    return row[0] or 0


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
    started = _tip(connection, draft.run)[0] > 0
    if draft.kind is Kind.RUN:
        return f"run {draft.run} is already in it" if started else None
    if not started:
        return f"run {draft.run} was never started"
    needs_plan = draft.kind in {Kind.INTENT, Kind.REPORTED}
    if needs_plan and not _is_approved(connection, draft.run, draft.account):
        return f"no plan for {draft.account} was approved in run {draft.run}"
    return None


def _is_approved(connection: sqlite3.Connection, run: str, account: str | None) -> bool:
    # The kind is named in the text, or the index of approvals is not used.
    asked = "SELECT 1 FROM entry WHERE kind = 'approval' AND run = ? AND account = ?"
    return connection.execute(asked, (run, account)).fetchone() is not None


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
        raise UnreadableError(f"run {row[1]}, row {row[0]}: {row[3]!r} is not a kind of entry")
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
