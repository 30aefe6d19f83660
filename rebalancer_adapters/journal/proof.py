"""Proof that a journal can be kept in a folder: one is made, read back and deleted again."""

from __future__ import annotations

import secrets
from contextlib import closing
from pathlib import Path

from returns.result import Failure, Result

from rebalancer_adapters.ground.durable_files import reason
from rebalancer_adapters.journal.sqlite_journal import open_journal
from rebalancer_core.reconcile.journal_model import JournalFault
from rebalancer_core.values.results import Failed, unwrap_or_failed


def prove_journal(folder: Path) -> Result[None, JournalFault]:
    """Success when the first run could make its journal in `folder` now, as it would make it.

    Creates the folder where it is missing. Whatever journal lies there is not touched.
    """
    probe = folder / f".journal_probe_{secrets.token_hex(8)}.sqlite"
    try:
        try:
            return _made_and_read(probe)
        finally:
            probe.unlink(missing_ok=True)
    except OSError as trouble:
        return Failure(JournalFault(path=str(folder), detail=reason(trouble)))


def _made_and_read(probe: Path) -> Result[None, JournalFault]:
    journal = unwrap_or_failed(open_journal(probe))
    if isinstance(journal, Failed):
        return Failure(journal.error)
    with closing(journal):
        return journal.summaries().map(lambda _: None)
