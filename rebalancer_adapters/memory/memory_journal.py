"""A journal in memory: what a run wrote, for tests and notebooks. It survives nothing."""

from __future__ import annotations

from datetime import datetime

from rebalancer_core.orders.events import OrderEvent
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

    def start(self, run: RunStarted) -> JournalFault | None:
        if self.fault is None:
            self.started.append(run)
        return self.fault

    def approve(self, approval: Approval) -> JournalFault | None:
        if self.fault is None:
            self.approvals.append(approval)
        return self.fault

    def intend(self, intent: Intent) -> JournalFault | None:
        if any(known.ticket.order_ref == intent.ticket.order_ref for known in self.intents):
            return JournalFault(
                path=_PLACE, detail=f"{intent.ticket.order_ref} was intended before"
            )
        if self.fault is None:
            self.intents.append(intent)
        return self.fault

    def note(self, event: OrderEvent, at: datetime) -> JournalFault | None:
        if self.fault is None:
            self.events.append(JournaledEvent(at=at, event=event))
        return self.fault

    def reported(self, run_id: str, account_id: AccountId) -> JournalFault | None:
        if self.fault is None:
            self._reported.add((run_id, account_id))
        return self.fault

    def runs(self) -> tuple[JournaledRun, ...] | JournalFault:
        return tuple(
            JournaledRun(
                started=run,
                accounts=tuple(
                    self._account(approval)
                    for approval in self.approvals
                    if approval.run_id == run.run_id
                ),
            )
            for run in self.started
        )

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
