"""Proof that a journal can be kept in a folder: one is made, read back and deleted again."""

from __future__ import annotations

import secrets
from contextlib import closing
from pathlib import Path

from rebalancer_adapters.ground.durable_files import reason
from rebalancer_adapters.journal.sqlite_journal import open_journal
from rebalancer_core.reconcile.journal_model import JournalFault


def prove_journal(folder: Path) -> JournalFault | None:
    """None when the first run could make its journal in `folder` now, as it would make it.

    Creates the folder where it is missing. Whatever journal lies there is not touched.
    """
    probe = folder / f".journal_probe_{secrets.token_hex(8)}.sqlite"
    try:
        try:
            return _made_and_read(probe)
        finally:
            probe.unlink(missing_ok=True)
    except OSError as trouble:
        return JournalFault(path=str(folder), detail=reason(trouble))


def _made_and_read(probe: Path) -> JournalFault | None:
    journal = open_journal(probe)
    if isinstance(journal, JournalFault):
        return journal
    with closing(journal):
        runs = journal.runs()
    return runs if isinstance(runs, JournalFault) else None
