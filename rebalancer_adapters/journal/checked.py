"""What was verified of a journal before, in a file beside it: only what follows is read again.

It can always be made anew from the journal. One that cannot be read is as good as none.
"""

from __future__ import annotations

import hashlib
import json
import os
from datetime import datetime
from pathlib import Path

from attrs import frozen

from rebalancer_adapters.ground.durable_files import draft_in
from rebalancer_core.orders.record import OrderStatus
from rebalancer_core.reconcile.run_summary import AccountSummary, RunSummary
from rebalancer_core.values.instruments import AccountId

# Raised when a summary has another field, or the same entries come to another summary.
_FORMAT = "1"
_OWNER_ONLY = 0o600

_AccountCells = tuple[str, dict[str, int], int, bool, str]
_RunCells = tuple[str, str, str, int, bool, list[_AccountCells]]


@frozen(kw_only=True)
class Checked:
    """The journal up to row `last_id`, whose hash is `last_hash`: every run, oldest first."""

    last_id: int
    last_hash: str
    runs: tuple[RunSummary, ...]


NOTHING_CHECKED = Checked(last_id=0, last_hash="", runs=())


def checked_path(journal: Path) -> Path:
    """Where it is kept for this journal."""
    return journal.with_name(f"{journal.name}.checked")


def load_checked(journal: Path) -> Checked:
    """What was verified before; nothing where no such file is, or none that can be used."""
    try:
        first, _, text = checked_path(journal).read_text(encoding="ascii").partition("\n")
    except (OSError, UnicodeDecodeError):
        return NOTHING_CHECKED
    if first != _seal(text):
        return NOTHING_CHECKED
    try:
        cells: tuple[int, str, list[_RunCells]] = json.loads(text)
        last_id, last_hash, runs = cells
        return Checked(last_id=last_id, last_hash=last_hash, runs=tuple(map(_run, runs)))
    except (ValueError, TypeError):  # Under the right seal: another program's, or forged.
        return NOTHING_CHECKED


def keep_checked(journal: Path, checked: Checked) -> None:
    """Keep it for the next command, whole or not at all; that it cannot be kept is no trouble."""
    text = json.dumps(
        (checked.last_id, checked.last_hash, tuple(map(_run_cells, checked.runs))),
        separators=(",", ":"),
    )
    try:
        with draft_in(journal.parent) as draft:
            handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _OWNER_ONLY)
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(f"{_seal(text)}\n{text}")
            draft.replace(checked_path(journal))
    except OSError:
        return


def _seal(text: str) -> str:
    """Finds a damaged file and one of another format; whoever forges the text can forge it too."""
    return hashlib.sha256(f"{_FORMAT}\n{text}".encode()).hexdigest()


def _run_cells(run: RunSummary) -> _RunCells:
    return (
        run.run_id,
        run.started_at.isoformat(),
        run.last_at.isoformat(),
        run.highest_order_id,
        run.has_declared,
        [
            (
                account.account_id,
                {status.value: count for status, count in account.outcomes},
                account.open_orders,
                account.is_reported,
                account.plan_sha256,
            )
            for account in run.accounts
        ],
    )


def _run(cells: _RunCells) -> RunSummary:
    run_id, started_at, last_at, highest_order_id, has_declared, accounts = cells
    return RunSummary(
        run_id=run_id,
        started_at=datetime.fromisoformat(started_at),
        last_at=datetime.fromisoformat(last_at),
        highest_order_id=highest_order_id,
        has_declared=has_declared,
        accounts=tuple(map(_account, accounts)),
    )


def _account(cells: _AccountCells) -> AccountSummary:
    account_id, outcomes, open_orders, is_reported, plan_sha256 = cells
    return AccountSummary(
        account_id=AccountId(account_id),
        outcomes=tuple((OrderStatus(status), count) for status, count in outcomes.items()),
        open_orders=open_orders,
        is_reported=is_reported,
        plan_sha256=plan_sha256,
    )
