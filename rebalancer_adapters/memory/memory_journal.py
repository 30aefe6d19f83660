"""A journal in memory: what a run wrote, for tests and notebooks. It survives nothing."""

from __future__ import annotations

from datetime import datetime

from returns.result import Failure, Result, Success

from rebalancer_core.orders.events import OrderEvent, OrderRef
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

_PLACE = "memory"


class MemoryJournal:
    """The journal port over lists. Set `fault` and every later write fails with it."""

    def __init__(self) -> None:
        self.fault: JournalFault | None = None
        self.started: list[RunStarted] = []
        self.approvals: list[Approval] = []
        self.intents: list[Intent] = []
        self.events: list[JournaledEvent] = []
        self._reported: set[tuple[str, AccountId]] = set()

    def start(self, run: RunStarted) -> Result[None, JournalFault]:
        if self.fault is None:
            self.started.append(run)
        return self._answer()

    def approve(self, approval: Approval) -> Result[None, JournalFault]:
        if self.fault is None:
            self.approvals.append(approval)
        return self._answer()

    def intend(self, intent: Intent) -> Result[None, JournalFault]:
        if any(known.ticket.order_ref == intent.ticket.order_ref for known in self.intents):
            detail = f"{intent.ticket.order_ref} was intended before"
            return Failure(JournalFault(path=_PLACE, detail=detail))
        if self.fault is None:
            self.intents.append(intent)
        return self._answer()

    def note(self, event: OrderEvent, at: datetime) -> Result[None, JournalFault]:
        return self.note_all((JournaledEvent(at=at, event=event),))

    def note_all(self, events: tuple[JournaledEvent, ...]) -> Result[None, JournalFault]:
        if self.fault is None:
            self.events.extend(events)
        return self._answer()

    def reported(self, run_id: str, account_id: AccountId) -> Result[None, JournalFault]:
        if self.fault is None:
            self._reported.add((run_id, account_id))
        return self._answer()

    def runs(self) -> Result[tuple[JournaledRun, ...], JournalFault]:
        """Every run, oldest first."""
        return Success(tuple(map(self._run, self.started)))

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

    def _answer(self) -> Result[None, JournalFault]:
        return Success(None) if self.fault is None else Failure(self.fault)

    def _run(self, run: RunStarted) -> JournaledRun:
        approvals = (each for each in self.approvals if each.run_id == run.run_id)
        return JournaledRun(started=run, accounts=tuple(map(self._account, approvals)))

    def _account(self, approval: Approval) -> JournaledAccount:
        return JournaledAccount(
            approval=approval,
            orders=tuple(
                self._order(intent)
                for intent in self.intents
                if intent.run_id == approval.run_id
                and intent.ticket.account_id == approval.account_id
            ),
            is_reported=(approval.run_id, approval.account_id) in self._reported,
        )

    def _order(self, intent: Intent) -> JournaledOrder:
        ref = intent.ticket.order_ref
        return JournaledOrder(
            intent=intent, events=tuple(e for e in self.events if e.event.order_ref == ref)
        )
