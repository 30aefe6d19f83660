"""What is known of each order while it is out, written to the journal before it is believed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from attrs import define, field

from rebalancer_core.messages import explain_journal
from rebalancer_core.orders.events import Executed, OrderEvent, OrderRef, OrderSeen
from rebalancer_core.orders.order_state import OrderState, intended
from rebalancer_core.orders.state_machine import apply
from rebalancer_core.ports import JournalPort
from rebalancer_core.reconcile.journal_model import Intent, JournalFault

Watch = Callable[[OrderState, OrderState], None]


@define(kw_only=True)
class Tracker:
    """Order states by reference: the fold of what was journaled. Mutable, one a run and account.

    `trouble` is the first failure to write; from then on no further order may leave.
    """

    journal: JournalPort
    now: Callable[[], datetime]
    watch: Watch
    reach: Callable[[str], None]
    trouble: str = ""
    _states: dict[OrderRef, OrderState] = field(factory=dict, init=False)

    def begin(self, intent: Intent) -> JournalFault | None:
        """Commit the intent; only after that the order may be sent."""
        fault = self.journal.intend(intent)
        if fault is None:
            self._states[intent.ticket.order_ref] = intended(intent.ticket)
        else:
            self.trouble = self.trouble or explain_journal(fault)
        return fault

    def apply(self, event: OrderEvent) -> None:
        """Journal an event that changes what is known, then believe it. Repeats are dropped."""
        before = self._states.get(event.order_ref)
        if before is None:
            return
        now = apply(before, event)
        if now == before:
            return
        self._reach_received(event)
        fault = self.journal.note(event, self.now())
        if fault is not None and not self.trouble:
            # Orders are out: what is heard goes on being believed, but nothing more is sent.
            self.trouble = explain_journal(fault)
        self._states[event.order_ref] = now
        self._reach_journaled(event)
        self.watch(before, now)

    def state(self, order_ref: OrderRef) -> OrderState | None:
        """One order's state; None when it was never sent."""
        return self._states.get(order_ref)

    def states(self) -> tuple[OrderState, ...]:
        """Every order that was handed over, oldest first."""
        return tuple(self._states.values())

    def _reach_received(self, event: OrderEvent) -> None:
        if isinstance(event, OrderSeen):
            self.reach("F17")
        if isinstance(event, Executed):
            self.reach("F19")

    def _reach_journaled(self, event: OrderEvent) -> None:
        if isinstance(event, OrderSeen):
            self.reach("F18")
        if isinstance(event, Executed):
            self.reach("F20")
