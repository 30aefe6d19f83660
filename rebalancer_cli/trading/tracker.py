"""What is known of each order while it is out, written to the journal before it is believed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from attrs import define, field

from rebalancer_cli.failpoints import reach
from rebalancer_core.execution.facts import Executed, OrderEvent, OrderRef, OrderSeen
from rebalancer_core.execution.journal import (
    Intent,
    JournaledOrder,
    JournalFault,
    explain_journal,
)
from rebalancer_core.execution.lifecycle import after
from rebalancer_core.execution.order_state import OrderState, Phase, intended
from rebalancer_core.execution.tickets import OrderTicket
from rebalancer_core.ports import JournalPort

Watch = Callable[[OrderState, OrderState], None]


@define(kw_only=True)
class Tracker:
    """Order states by reference: the fold of what was journaled. Mutable, one a run and account.

    `trouble` is the first failure to write; from then on no further order may leave. `watched` are
    orders of earlier runs that a person declared not received: a sign of life revives them.
    """

    journal: JournalPort
    now: Callable[[], datetime]
    watch: Watch
    watched: tuple[JournaledOrder, ...] = ()
    trouble: str = ""
    _states: dict[OrderRef, OrderState] = field(factory=dict, init=False)
    _declared: dict[OrderRef, OrderState] = field(factory=dict, init=False)
    _revived: list[OrderTicket] = field(factory=list, init=False)

    def __attrs_post_init__(self) -> None:
        self._declared.update((order.order_ref, order.state) for order in self.watched)

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
            self._apply_to_declared(event)
            return
        now = after(before, event)
        if now == before:
            return
        _reach_received(event)
        fault = self.journal.note(event, self.now())
        if fault is not None and not self.trouble:
            # Orders are out: what is heard goes on being believed, but nothing more is sent.
            self.trouble = explain_journal(fault)
        self._states[event.order_ref] = now
        _reach_journaled(event)
        self.watch(before, now)

    def take_revived(self) -> tuple[OrderTicket, ...]:
        """Watched orders that the broker has spoken of since the last call, each told once."""
        taken = tuple(self._revived)
        self._revived.clear()
        return taken

    def state(self, order_ref: OrderRef) -> OrderState | None:
        """One order's state; None when it was never sent."""
        return self._states.get(order_ref)

    def states(self) -> tuple[OrderState, ...]:
        """Every order that was handed over, oldest first."""
        return tuple(self._states.values())

    def _apply_to_declared(self, event: OrderEvent) -> None:
        before = self._declared.get(event.order_ref)
        if before is None:
            return
        now = after(before, event)
        if now == before:
            return
        fault = self.journal.note(event, self.now())
        if fault is not None and not self.trouble:
            self.trouble = explain_journal(fault)
        self._declared[event.order_ref] = now
        if before.phase is Phase.NOT_RECEIVED and now.phase is not Phase.NOT_RECEIVED:
            self._revived.append(now.ticket)


def _reach_received(event: OrderEvent) -> None:
    if isinstance(event, OrderSeen):
        reach("F17")
    if isinstance(event, Executed):
        reach("F19")


def _reach_journaled(event: OrderEvent) -> None:
    if isinstance(event, OrderSeen):
        reach("F18")
    if isinstance(event, Executed):
        reach("F20")
