"""Orders of earlier runs that a person, not the broker, declared not received: still watched.

A dialog that is answered Yes after all makes a live order of one: then it is cancelled, and the
run is halted, because what it does was planned for without it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from attrs import define, field

from rebalancer_core.application.trading.departures import Halt
from rebalancer_core.messages import explain, explain_journal
from rebalancer_core.orders.events import BrokerFact, LinkDown, LinkUp, OrderRef
from rebalancer_core.orders.order_state import OrderState
from rebalancer_core.orders.state_machine import apply
from rebalancer_core.orders.tickets import OrderTicket
from rebalancer_core.ports import JournalPort, OrderPort
from rebalancer_core.reconcile.journal_model import Intent, JournaledOrder
from rebalancer_core.values.instruments import AccountId
from rebalancer_core.values.results import Failed, unwrap_or_failed


@define(kw_only=True)
class Declared:
    """The watched orders of one connection. Mutable: what is heard of them is journaled.

    `amended` are the runs and accounts whose reports say less than is known by now.
    """

    desk: OrderPort
    journal: JournalPort
    now: Callable[[], datetime]
    halt: Halt
    orders: tuple[JournaledOrder, ...]
    amended: set[tuple[str, AccountId]] = field(factory=set, init=False)
    _states: dict[OrderRef, OrderState] = field(init=False)
    _revived: list[OrderTicket] = field(factory=list, init=False)

    @property
    def _intents(self) -> dict[OrderRef, Intent]:
        return {order.order_ref: order.intent for order in self.orders}

    @_states.default
    def _as_journaled(self) -> dict[OrderRef, OrderState]:
        return {order.order_ref: order.state for order in self.orders}

    def hear(self, fact: BrokerFact) -> None:
        """Take in what was said of a watched order; nothing else is its business."""
        if isinstance(fact, LinkDown | LinkUp):
            return
        before = self._states.get(fact.order_ref)
        if before is None:
            return
        now = apply(before, fact)
        if now == before:
            return
        self._states[fact.order_ref] = now
        self.amended.add((self._intents[fact.order_ref].run_id, now.ticket.account_id))
        fault = self.journal.note(fact, self.now())
        if fault is not None:
            self.halt.because(explain_journal(fault))
        if now.has_effect and not before.has_effect:
            self._revived.append(now.ticket)

    async def end_revived(self) -> None:
        """Cancel what lives, and halt the run."""
        while self._revived:
            ticket = self._revived.pop()
            self.halt.because(
                f"{ticket.account_id}: {ticket.order_ref} ({ticket.symbol}) was declared not"
                " received, but the broker has it; a cancel was sent: check the account at IBKR"
            )
            answer = unwrap_or_failed(await self.desk.cancel(ticket.order_ref))
            if isinstance(answer, Failed):
                self.halt.tell(explain(answer.error))

    async def listen(self) -> None:
        """Hear what came in while no order of this run is out."""
        for fact in await self.desk.facts(0):
            self.hear(fact)
        await self.end_revived()
