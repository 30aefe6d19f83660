"""The journal's file appears whole or not at all; one that was there is never replaced."""

from __future__ import annotations

import os
import secrets
import sqlite3
from contextlib import closing
from pathlib import Path

from rebalancer_adapters.journal.schema import create, prepare

_OWNER_ONLY = 0o600


def make_file(path: Path, busy_ms: int) -> None:
    """Create an empty journal under `path` with its folder, readable by its owner alone.

    Does nothing where another process made it meanwhile. Raises OSError or sqlite3.Error.
    An empty file is never under the journal's name, so an empty file there is a damaged journal.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _OWNER_ONLY))
        with closing(connect(draft)) as connection:
            prepare(connection, busy_ms)
            create(connection)
        _publish(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def connect(path: Path) -> sqlite3.Connection:
    """A connection to an existing file; transactions are begun and ended by name alone."""
    address = f"{path.absolute().as_uri()}?mode=rw"
    return sqlite3.connect(address, uri=True, isolation_level=None)


def _publish(draft: Path, path: Path) -> None:
    try:
        if os.name == "nt":
            draft.rename(path)  # Windows refuses to rename onto an existing file.
        else:
            path.hardlink_to(draft)
    except FileExistsError:
        return
    _make_name_durable(path.parent)


def _make_name_durable(folder: Path) -> None:
    if os.name == "nt":
        return  # Windows cannot open a folder, and its renames are journaled.
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
