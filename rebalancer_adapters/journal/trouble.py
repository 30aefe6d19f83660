"""What can go wrong with the journal's file, and which of it leaves the file as sound as before."""

from __future__ import annotations

import sqlite3

from rebalancer_adapters.ground.durable_files import reason

# A damaged file may quote its damage, and then Python cannot decode SQLite's own message.
TROUBLE = (sqlite3.Error, OSError, UnicodeDecodeError)

# Another process is at it, or the entry itself was refused: the file is as sound as before.
_PASSING = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CONSTRAINT})


def is_passing(trouble: Exception) -> bool:
    """Whether the file can be written on after it."""
    # Python's own complaints (closed, not UTF-8) carry no code.
    code: object = getattr(trouble, "sqlite_errorcode", None)
    return isinstance(code, int) and code & 0xFF in _PASSING


def words_of(trouble: Exception) -> str:
    """The system's word for what went wrong."""
    if isinstance(trouble, OSError):
        return reason(trouble)
    name: object = getattr(trouble, "sqlite_errorname", type(trouble).__name__)
    return f"{trouble} ({name})"
