"""What a journal tells of the past: each entry is verified once, and a run read when it is asked.

In memory are a summary of every run, and the orders of the few runs that were read last.
"""

from __future__ import annotations

import sqlite3

from attrs import define, field

from rebalancer_adapters.journal.checked import NOTHING_CHECKED, Checked
from rebalancer_adapters.journal.replay import BrokenError, RunReplay
from rebalancer_adapters.journal.rows import (
    entries_of,
    hash_of_row,
    intents_indexed,
    rows_appended,
    rows_between,
    runs_after,
)
from rebalancer_core.reconcile.journal_model import JournaledRun
from rebalancer_core.reconcile.run_summary import RunSummary, summary_of

# As many orders as are kept in memory beyond those of the run that was read last.
_ORDERS_KEPT = 1000


@define(kw_only=True)
class History:
    """Mutable: it grows by what was appended since it was last asked.

    Every question raises sqlite3.Error, and BrokenError or UnreadableError where the journal is not
    what was written.
    """

    _connection: sqlite3.Connection
    _last_id: int = field(default=0, init=False)
    _last_hash: str = field(default="", init=False)
    _summaries: dict[str, RunSummary] = field(factory=dict, init=False)
    _replays: dict[str, RunReplay] = field(factory=dict, init=False)

    def begin(self, checked: Checked = NOTHING_CHECKED) -> int:
        """Start from what was verified before, and read on; how many entries were verified now.

        The last row that was verified must be there still, and no order may have left an index.
        """
        self._last_id, self._last_hash = checked.last_id, checked.last_hash
        self._summaries = {run.run_id: run for run in checked.runs}
        self._replays = {}
        if checked.last_id and hash_of_row(self._connection, checked.last_id) != checked.last_hash:
            raise BrokenError(
                f"row {checked.last_id} is not the one that was verified before: the journal was"
                " changed, or is an older copy; after putting one back delete the .checked file"
            )
        self._read_on()
        self._prove_indexes()
        return self._last_id - checked.last_id

    @property
    def checked(self) -> Checked:
        """What is verified by now."""
        runs = tuple(self._summaries.values())
        return Checked(last_id=self._last_id, last_hash=self._last_hash, runs=runs)

    def summaries(self) -> tuple[RunSummary, ...]:
        """Every run, oldest first."""
        self._read_on()
        return tuple(self._summaries.values())

    def runs_named(self, run_ids: tuple[str, ...]) -> tuple[JournaledRun, ...]:
        """Those of these runs that there are, oldest first, each verified from its first entry."""
        self._read_on()
        wanted = frozenset(run_ids)
        return tuple(self._replayed(each).run() for each in self._summaries if each in wanted)

    def _read_on(self) -> None:
        """Verify what was appended; a process that writes meanwhile has its entries read next."""
        end = rows_appended(self._connection)
        if end < self._last_id:
            raise BrokenError(f"{self._last_id} rows were verified and {end} are counted")
        if end == self._last_id:
            return
        for run_id in runs_after(self._connection, self._last_id, end):
            self._summaries[run_id] = summary_of(self._replayed(run_id, upto=end).run())
        there = self._last_id + rows_between(self._connection, self._last_id, end)
        if there != end:
            raise BrokenError(f"{end} rows were written and {there} are there")
        self._last_id, self._last_hash = end, hash_of_row(self._connection, end)

    def _replayed(self, run_id: str, upto: int | None = None) -> RunReplay:
        """The run with all its entries up to a row; whatever was read of it before is not again."""
        end = self._last_id if upto is None else upto
        replay = self._replays.pop(run_id, None) or RunReplay(run_id=run_id)
        for entry in entries_of(self._connection, run_id, replay.entries, end):
            replay.take_in(entry)
        self._replays[run_id] = replay
        self._forget_the_oldest()
        return replay

    def _forget_the_oldest(self) -> None:
        kept = 0
        for run_id, replay in reversed(tuple(self._replays.items())[:-1]):
            kept += replay.orders
            if kept > _ORDERS_KEPT:
                del self._replays[run_id]

    def _prove_indexes(self) -> None:
        """An index without its rows would let an order be intended twice."""
        intended = sum(a.orders for run in self._summaries.values() for a in run.accounts)
        indexed = intents_indexed(self._connection)
        if indexed != (intended, intended):
            raise BrokenError(f"{intended} orders were intended, its indexes have {indexed}")
