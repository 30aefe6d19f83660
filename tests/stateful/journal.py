"""A journal that folds what it is told at once, so that each step can be compared with it."""

from __future__ import annotations

from datetime import datetime

from returns.result import Failure, Result, Success

from rebalancer_core.orders.events import OrderEvent, OrderRef
from rebalancer_core.orders.order_state import OrderState, intended
from rebalancer_core.orders.state_machine import apply
from rebalancer_core.reconcile.journal_model import (
    Approval,
    Intent,
    JournaledAccount,
    JournaledEvent,
    JournaledOrder,
    JournaledRun,
    JournalFault,
    RunStarted,
)
from rebalancer_core.reconcile.run_summary import RunSummary, known_of, summary_of
from rebalancer_core.values.instruments import AccountId

_FULL = JournalFault(path="memory", detail="disk full")


class StoryJournal:
    """The journal port; `states` is the fold of all entries. After `room` writes the disk is full.

    `has_failed` says that a write was lost.
    """

    def __init__(self) -> None:
        self.room: int | None = None
        self.has_failed = False
        self.states: dict[OrderRef, OrderState] = {}
        self._runs: list[tuple[RunStarted, Approval]] = []
        self._intents: dict[OrderRef, Intent] = {}
        self._events: dict[OrderRef, list[JournaledEvent]] = {}
        self._read: dict[OrderRef, JournaledOrder] = {}

    @property
    def next_order_id(self) -> int:
        """Above every id that was given out."""
        return 1 + max((intent.order_id for intent in self._intents.values()), default=0)

    def begin(self, run: RunStarted, approval: Approval) -> None:
        """A run whose plan was approved."""
        self._runs.append((run, approval))

    def start(self, run: RunStarted) -> Result[None, JournalFault]:
        raise AssertionError("a story begins its runs itself")

    def approve(self, approval: Approval) -> Result[None, JournalFault]:
        raise AssertionError("a story begins its runs itself")

    def intend(self, intent: Intent) -> Result[None, JournalFault]:
        ref = intent.ticket.order_ref
        assert ref not in self._intents, "a leg was intended twice"
        if self._fails():
            return Failure(_FULL)
        self._intents[ref] = intent
        self._events[ref] = []
        self.states[ref] = intended(intent.ticket)
        return Success(None)

    def note(self, event: OrderEvent, at: datetime) -> Result[None, JournalFault]:
        return self.note_all((JournaledEvent(at=at, event=event),))

    def note_all(self, events: tuple[JournaledEvent, ...]) -> Result[None, JournalFault]:
        if self._fails():
            return Failure(_FULL)
        for each in events:
            ref = each.event.order_ref
            self._events[ref].append(each)
            self.states[ref] = apply(self.states[ref], each.event)
        return Success(None)

    def reported(self, run_id: str, account_id: AccountId) -> Result[None, JournalFault]:
        return Success(None)

    def runs(self) -> Result[tuple[JournaledRun, ...], JournalFault]:
        return Success(self.past())

    def summaries(self) -> Result[tuple[RunSummary, ...], JournalFault]:
        return self.runs().map(lambda runs: tuple(map(summary_of, runs)))

    def runs_named(
        self, run_ids: tuple[str, ...]
    ) -> Result[tuple[JournaledRun, ...], JournalFault]:
        return self.runs().map(
            lambda runs: tuple(run for run in runs if run.started.run_id in run_ids)
        )

    def known(self, refs: frozenset[OrderRef]) -> Result[frozenset[OrderRef], JournalFault]:
        return self.runs().map(lambda runs: known_of(runs, refs))

    def past(self) -> tuple[JournaledRun, ...]:
        """Every run, oldest first: this journal can always be read."""
        return tuple(
            JournaledRun(
                started=run,
                accounts=(
                    JournaledAccount(approval=approval, orders=tuple(self._orders(run.run_id))),
                ),
            )
            for run, approval in self._runs
        )

    def orders(self) -> tuple[JournaledOrder, ...]:
        """Every order of every run, oldest first."""
        return tuple(self._order(ref) for ref in self._intents)

    def _orders(self, run_id: str) -> list[JournaledOrder]:
        return [
            self._order(ref) for ref, intent in self._intents.items() if intent.run_id == run_id
        ]

    def _order(self, ref: OrderRef) -> JournaledOrder:
        """As it was read before, where nothing was written since: its replay is kept."""
        events, known = self._events[ref], self._read.get(ref)
        if known is None or len(known.events) != len(events):
            known = JournaledOrder(intent=self._intents[ref], events=tuple(events))
            self._read[ref] = known
        return known

    def empty_the_disk(self) -> None:
        """There is room again."""
        self.room, self.has_failed = None, False

    def _fails(self) -> bool:
        if self.room is None:
            return False
        self.room -= 1
        self.has_failed = self.has_failed or self.room < 0
        return self.room < 0
