"""The journal's file appears whole or not at all; one that was there is never replaced."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from rebalancer_adapters.ground.durable_files import (
    draft_in,
    make_names_durable,
    rename_to_free_name,
)
from rebalancer_adapters.ground.private_folders import make_private_folder
from rebalancer_adapters.journal.schema import create, prepare

_OWNER_ONLY = 0o600


def make_file(path: Path, busy_ms: int) -> None:
    """Create an empty journal under `path` with its folder, readable by its owner alone.

    Does nothing where another process made it meanwhile. Raises OSError or sqlite3.Error.
    A file without content is never the journal: where one lies under its name, it is damaged.
    """
    make_private_folder(path.parent)
    with draft_in(path.parent) as draft:
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _OWNER_ONLY))
        with closing(connect(draft)) as connection:
            prepare(connection, busy_ms)
            create(connection)
        try:
            rename_to_free_name(draft, path)
        except FileExistsError:
            return
        # It stays also when this fails: another process may have written to it by now.
        make_names_durable(path.parent)


def connect(path: Path) -> sqlite3.Connection:
    """A connection to an existing file; transactions are begun and ended by name alone."""
    address = f"{path.absolute().as_uri()}?mode=rw"
    return sqlite3.connect(address, uri=True, isolation_level=None)
