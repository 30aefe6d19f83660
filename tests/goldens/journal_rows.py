"""The journal's rows as text, run by run, and within a run order by order.

Orders that are out at once take turns as the wire has it, so a row's number says nothing here, and
its hash follows from the others: that the chain is whole the program checks whenever it reads.
"""

import contextlib
import json
import sqlite3
from datetime import datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path

import attrs

from rebalancer_adapters.journal.sqlite_journal import open_journal
from rebalancer_core.messages.orders import (
    explain_note,
    explain_notice,
    explain_order_contradiction,
)
from rebalancer_core.orders.order_state import OrderState
from rebalancer_core.values.results import Failed, unwrap_or_failed

_ROWS = """
SELECT e.run, e.kind, e.account, e.order_ref, e.con_id, e.side, e.leg, e.body
FROM entry AS e
ORDER BY
    (SELECT min(id) FROM entry WHERE run = e.run),
    coalesce(e.order_ref, CASE e.kind WHEN 'reported' THEN 'z' ELSE '' END),
    e.id
"""


def journal_rows(path: Path) -> str:
    """A line a row: its columns, then its body as it is stored."""
    with contextlib.closing(sqlite3.connect(path)) as journal:
        rows = journal.execute(_ROWS).fetchall()
    return "".join(
        " | ".join("-" if cell is None else str(cell) for cell in row) + "\n" for row in rows
    )


def run_ids(path: Path) -> tuple[str, ...]:
    """Every run of the journal, oldest first."""
    with contextlib.closing(sqlite3.connect(path)) as journal:
        rows = journal.execute("SELECT run FROM entry GROUP BY run ORDER BY min(id)").fetchall()
    return tuple(str(run) for (run,) in rows)


def order_states(path: Path) -> str:
    """Every order's state as the program replays it from its events, oldest first, as JSON.

    What the program says of the journal instead, where it cannot read it.
    """
    journal = unwrap_or_failed(open_journal(path))
    if isinstance(journal, Failed):
        return f"{journal.error}\n"
    with contextlib.closing(journal):
        runs = unwrap_or_failed(journal.runs())
    if isinstance(runs, Failed):
        return f"{runs.error}\n"
    states = [
        {**attrs.asdict(order.state, value_serializer=_plain), **_in_words(order.state)}
        for run in runs
        for account in run.accounts
        for order in account.orders
    ]
    return json.dumps(states, indent=1) + "\n"


def _in_words(state: OrderState) -> dict[str, object]:
    """What is kept of an order as facts, in the words that people read."""
    error, conflict = state.error, state.conflict
    return {
        "error": "" if error is None else explain_notice(error),
        "conflict": "" if conflict is None else explain_order_contradiction(conflict),
        "notes": [explain_note(note) for note in state.notes],
    }


def _plain(_owner: object, _field: object, value: object) -> object:
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, datetime):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else value
