"""The journal's database: its tables, its versions, and proof that a file is one and is whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

# "RBJ1": tells the journal from any other SQLite file.
APPLICATION_ID = 0x52424A31

_ENTRY = """
CREATE TABLE entry (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run TEXT NOT NULL,
    number INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('run', 'approval', 'intent', 'event', 'reported')),
    account TEXT,
    order_ref TEXT,
    con_id INTEGER,
    side TEXT,
    leg INTEGER,
    body TEXT NOT NULL,
    prev_hash TEXT NOT NULL,
    hash TEXT NOT NULL,
    UNIQUE (run, number)
)
"""

_UNIQUE = (
    "CREATE UNIQUE INDEX one_approval_an_account ON entry (run, account) WHERE kind = 'approval'",
    "CREATE UNIQUE INDEX one_intent_a_reference ON entry (order_ref) WHERE kind = 'intent'",
    """
    CREATE UNIQUE INDEX one_intent_a_leg ON entry (run, account, con_id, side, leg)
    WHERE kind = 'intent'
    """,
)

_APPEND_ONLY = (
    """
    CREATE TRIGGER entries_never_change BEFORE UPDATE ON entry
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END
    """,
    """
    CREATE TRIGGER entries_never_go BEFORE DELETE ON entry
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END
    """,
)

# One tuple of statements a version; a version that was released never changes.
MIGRATIONS: tuple[tuple[str, ...], ...] = ((_ENTRY, *_UNIQUE, *_APPEND_ONLY),)


def prepare(connection: sqlite3.Connection, busy_ms: int) -> None:
    """Every commit is on the disk when it comes back, and nobody waits for it for ever.

    WAL is out: its commits may be rolled back when the power fails.
    """
    connection.execute(f"PRAGMA busy_timeout = {busy_ms}")
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.execute("PRAGMA synchronous = EXTRA")
    connection.execute("PRAGMA fullfsync = ON")  # macOS: fsync alone leaves it in the drive.
    connection.execute("PRAGMA recursive_triggers = ON")  # REPLACE is a deletion too.
    connection.execute("PRAGMA trusted_schema = OFF")


def create(connection: sqlite3.Connection) -> None:
    """The newest schema in an empty database, in one transaction."""
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    migrate(connection, MIGRATIONS)


def migrate(connection: sqlite3.Connection, migrations: Sequence[Sequence[str]]) -> None:
    """Bring the database forward to the last of `migrations`, whole or not at all."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        for statements in migrations[version(connection) :]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(migrations)}")
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def version(connection: sqlite3.Connection) -> int:
    """The schema version that the database says it has; 0 in an empty one."""
    return _number(connection, "PRAGMA user_version")


def unfit(connection: sqlite3.Connection) -> str:
    """Why this database may not be used as the journal; empty when it may, migrated if need be."""
    known = len(MIGRATIONS)
    if _number(connection, "PRAGMA application_id") != APPLICATION_ID:
        return "not a journal file of this program"
    found = version(connection)
    if found > known:
        return f"its schema {found} is newer than {known}, which this program knows: update it"
    if found < 1:
        return f"unknown schema version {found}"
    if found < known:
        broken = damage(connection)
        if broken:
            return f"it is damaged: {broken}"
        migrate(connection, MIGRATIONS)
    if _definitions(connection) != _expected():
        return "its tables are not those of this program"
    return ""


def damage(connection: sqlite3.Connection) -> str:
    """What is wrong with the pages and indexes of the whole database; empty where nothing is."""
    found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(1)")]
    return "" if found == ["ok"] else "; ".join(found)


def _expected() -> tuple[tuple[str, ...], ...]:
    with_schema = sqlite3.connect(":memory:", isolation_level=None)
    try:
        create(with_schema)
        return _definitions(with_schema)
    finally:
        with_schema.close()


def _definitions(connection: sqlite3.Connection) -> tuple[tuple[str, ...], ...]:
    rows = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name")
    return tuple(tuple(map(str, row)) for row in rows)


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    return int(next(connection.execute(pragma))[0])
