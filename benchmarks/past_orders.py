"""A journal with a long past: one real run, copied under other names, each on a day of its own."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

from rebalancer_adapters.journal.entries import Draft, Kind, entry_hash, first_hash
from rebalancer_adapters.journal.files import make_file

_BUSY_MS = 1000
_COLUMNS = "run, number, kind, account, order_ref, con_id, side, leg, body, prev_hash, hash"
_DAY = re.compile(r"\d{4}-\d\d-\d\d(?=T)")

_Row = tuple[str, str, str | None, str | None, int | None, str | None, int | None, str]


def orders_in(journal: Path) -> int:
    """How many orders were intended."""
    with closing(sqlite3.connect(journal)) as raw:
        ((count,),) = raw.execute("SELECT count(*) FROM entry WHERE kind = 'intent'")
    return int(count)


def commits_of(journal: Path) -> int:
    """How often something was committed to it: SQLite counts that in the file's header."""
    return int.from_bytes(journal.read_bytes()[24:28], "big")


def with_past(made_by_one_run: Path, path: Path, orders: int) -> int:
    """Make the journal `path` of at least so many orders, the last day that of the run; how many.

    The chain of every run is whole, as the program would have written it.
    """
    with closing(sqlite3.connect(made_by_one_run)) as raw:
        rows: list[_Row] = raw.execute(
            "SELECT run, kind, account, order_ref, con_id, side, leg, body FROM entry ORDER BY id"
        ).fetchall()
    intents = sum(row[1] == "intent" for row in rows)
    runs = -(-orders // intents)
    make_file(path, _BUSY_MS)
    with closing(sqlite3.connect(path)) as raw:
        for back in range(runs, 0, -1):
            cells = _copied(rows, f"{back:08x}", timedelta(days=back))
            raw.executemany(
                f"INSERT INTO entry ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 constants alone
                cells,
            )
        raw.commit()
    return runs * intents


def _copied(
    rows: list[_Row], run_id: str, earlier: timedelta
) -> list[tuple[str | int | None, ...]]:
    """The entries of that run, as they would be of another one so much earlier."""
    cells: list[tuple[str | int | None, ...]] = []
    prev_hash = first_hash(run_id)
    for number, (run, kind, account, ref, con_id, side, leg, body) in enumerate(rows):
        draft = Draft(
            run=run_id,
            kind=Kind(kind),
            account=account,
            order_ref=None if ref is None else ref.replace(run, run_id),
            con_id=con_id,
            side=side,
            leg=leg,
            body=_DAY.sub(
                lambda day: str(date.fromisoformat(day[0]) - earlier), body.replace(run, run_id)
            ),
        )
        digest = entry_hash(draft, number, prev_hash)
        told = (draft.order_ref, con_id, side, leg, draft.body)
        cells.append((run_id, number, kind, account, *told, prev_hash, digest))
        prev_hash = digest
    return cells
