"""Follows the orders of one account from the wire to a proven end, on broker facts alone."""

from __future__ import annotations

import time
from collections.abc import Callable

from attrs import define, field, frozen

from rebalancer_cli.leave import Stopped, value_or_stop
from rebalancer_core.errors import explain
from rebalancer_core.execution.facts import (
    BrokerFact,
    LinkDown,
    LinkUp,
    OrderEvent,
    OrderRef,
    Own,
    OwnAct,
)
from rebalancer_core.execution.lifecycle import after
from rebalancer_core.execution.limits import refusal
from rebalancer_core.execution.order_state import (
    ACKNOWLEDGED,
    TERMINAL,
    OrderState,
    Phase,
    intended,
)
from rebalancer_core.execution.record import OrderOutcome, outcome, skipped
from rebalancer_core.execution.tickets import ApprovedPlan, OrderTicket
from rebalancer_core.ports import OrderPort
from rebalancer_core.values.money import ZERO
from rebalancer_core.values.policy import ExecutionPolicy, SafetyPolicy

Watch = Callable[[OrderState, OrderState], None]

_TURN_SECONDS = 0.2
_UNACKNOWLEDGED_AT_MOST = 5
_CANCEL_GRACE_SECONDS = 10.0
# Asked twice: an order may reach the broker's lists a moment after the first answer.
_PROBES_AT_MOST = 2
_PROBE_PAUSE_SECONDS = 3.0


@frozen(kw_only=True)
class Rules:
    """What bounds the pursuit; durations in seconds come from the user's settings."""

    safety: SafetyPolicy
    execution: ExecutionPolicy
    clock: Callable[[], float] = time.monotonic


@define(kw_only=True)
class Pursuit:
    """One account's orders while they are out. Mutable on purpose: facts change what is known."""

    approved: ApprovedPlan
    desk: OrderPort
    rules: Rules
    watch: Watch
    stop_requested: Callable[[], bool]
    halted: str = ""
    trouble: tuple[str, ...] = ()
    _states: dict[OrderRef, OrderState] = field(factory=dict, init=False)
    _sent_at: dict[OrderRef, float] = field(factory=dict, init=False)
    _cancelled_at: dict[OrderRef, float] = field(factory=dict, init=False)
    _probed_at: dict[OrderRef, list[float]] = field(factory=dict, init=False)
    _skipped: dict[OrderRef, str] = field(factory=dict, init=False)
    _link_up: bool = field(default=True, init=False)
    _ask_again: bool = field(default=False, init=False)

    async def follow(self, tickets: tuple[OrderTicket, ...]) -> None:
        """Send these tickets and come back when each is settled, skipped, or beyond reach."""
        waiting = list(tickets)
        while True:
            self._look_for_reasons_to_halt()
            if self.halted:
                self._skip(waiting, self.halted)
                waiting = []
            while waiting and self._may_send():
                await self._send(waiting.pop(0))
                self._look_for_reasons_to_halt()
                if self.halted:
                    break
            if not waiting and not self._unsettled():
                return
            await self._listen(_TURN_SECONDS)
            await self._chase()

    async def ask_for_evidence(self) -> None:
        """Fold in what the broker's executions, open and completed orders say of every order."""
        if not self._link_up or not self._states:
            return
        answer = value_or_stop(await self.desk.evidence(self.approved.plan.account_id))
        if isinstance(answer, Stopped):
            self._note_trouble(explain(answer.error))
            return
        mentioned = {fact.order_ref for fact in answer if not isinstance(fact, LinkDown | LinkUp)}
        for fact in answer:
            self._learn(fact)
        for ref, state in tuple(self._states.items()):
            if ref not in mentioned and state.phase is Phase.UNKNOWN:
                self._apply(OwnAct(order_ref=ref, act=Own.ABSENT))

    async def await_commissions(self) -> None:
        """Wait for commission reports, no longer than `commission_report_timeout`."""
        until = self.rules.clock() + float(self.rules.execution.commission_report_timeout)
        while self._link_up and self.rules.clock() < until and self._commission_missing():
            await self._listen(_TURN_SECONDS)

    def skip(self, tickets: tuple[OrderTicket, ...], why: str) -> None:
        """Leave these tickets unsent, with the reason."""
        self._skip(list(tickets), why)

    def states(self) -> tuple[OrderState, ...]:
        """Every order that was handed over, as far as it is known."""
        return tuple(self._states.values())

    def outcome_of(self, ticket: OrderTicket) -> OrderOutcome:
        """What became of one ticket of the plan."""
        state = self._states.get(ticket.order_ref)
        if state is None:
            return skipped(ticket, self._skipped.get(ticket.order_ref, "not sent"))
        return outcome(state)

    async def _send(self, ticket: OrderTicket) -> None:
        why_not = refusal(ticket, self.approved, self.states(), self.rules.safety)
        if why_not:
            self._skipped[ticket.order_ref] = why_not
            return
        # In the books before the wire: a fact may come back while `submit` still awaits.
        self._states[ticket.order_ref] = intended(ticket)
        self._apply(OwnAct(order_ref=ticket.order_ref, act=Own.HANDED))
        self._sent_at[ticket.order_ref] = self.rules.clock()
        answer = value_or_stop(await self.desk.submit(ticket))
        if isinstance(answer, Stopped):
            del self._states[ticket.order_ref]
            self._skipped[ticket.order_ref] = f"not sent: {explain(answer.error)}"
            self.halted = self._skipped[ticket.order_ref]

    def _may_send(self) -> bool:
        if not self._link_up:
            return False
        if not self.rules.execution.batch_orders:
            return not self._unsettled()
        unacknowledged = sum(s.phase not in ACKNOWLEDGED for s in self._states.values())
        return unacknowledged < _UNACKNOWLEDGED_AT_MOST

    async def _listen(self, seconds: float) -> None:
        for fact in await self.desk.facts(seconds):
            self._learn(fact)
        if self._ask_again and self._link_up:
            self._ask_again = False
            await self.ask_for_evidence()

    def _learn(self, fact: BrokerFact) -> None:
        match fact:
            case LinkDown(detail=detail, closed=is_closed):
                self._link_up = False
                if is_closed:
                    self.halted = f"the connection was lost: {detail}"
                for state in self._open():
                    self._apply(OwnAct(order_ref=state.ticket.order_ref, act=Own.LINK_LOST))
            case LinkUp():
                self._link_up, self._ask_again = True, True
            case _:
                self._apply(fact)

    def _apply(self, event: OrderEvent) -> None:
        before = self._states.get(event.order_ref)
        if before is None:
            return
        now = after(before, event)
        self._states[event.order_ref] = now
        if now != before:
            self.watch(before, now)

    async def _chase(self) -> None:
        """Do what time asks for: probe the silent and the unknown, cancel the overdue."""
        now = self.rules.clock()
        for state in self._open():
            ref = state.ticket.order_ref
            age = now - self._sent_at[ref]
            if state.phase is Phase.HANDED and age > float(self.rules.safety.ack_timeout_sec):
                self._apply(OwnAct(order_ref=ref, act=Own.ACK_OVERDUE))
            if ref in self._cancelled_at:
                if now - self._cancelled_at[ref] > _CANCEL_GRACE_SECONDS:
                    self._apply(OwnAct(order_ref=ref, act=Own.DEADLINE_PASSED))
            elif self._must_cancel(state, age):
                await self._cancel(state)
        await self._probe_unknown()

    def _must_cancel(self, state: OrderState, age: float) -> bool:
        held_long = state.phase is Phase.HELD and age > float(self.rules.safety.ack_timeout_sec)
        overdue = state.phase is Phase.WORKING and age > self._deadline()
        return overdue or held_long or self.stop_requested()

    def _deadline(self) -> float:
        return float(self.rules.safety.order_deadline_sec)

    async def _cancel(self, state: OrderState) -> None:
        ref = state.ticket.order_ref
        self._cancelled_at[ref] = self.rules.clock()
        self._apply(OwnAct(order_ref=ref, act=Own.CANCEL_REQUESTED))
        answer = value_or_stop(await self.desk.cancel(ref))
        if isinstance(answer, Stopped):
            self._note_trouble(explain(answer.error))

    async def _probe_unknown(self) -> None:
        now = self.rules.clock()
        due = tuple(
            state.ticket.order_ref
            for state in self._states.values()
            if state.phase is Phase.UNKNOWN and self._probe_due(state.ticket.order_ref, now)
        )
        if due and self._link_up:
            for ref in due:
                self._probed_at.setdefault(ref, []).append(now)
            await self.ask_for_evidence()

    def _probe_due(self, ref: OrderRef, now: float) -> bool:
        asked = self._probed_at.get(ref, [])
        if len(asked) >= _PROBES_AT_MOST:
            return False
        return not asked or now - asked[-1] >= _PROBE_PAUSE_SECONDS

    def _open(self) -> tuple[OrderState, ...]:
        return tuple(s for s in self._states.values() if s.phase not in TERMINAL)

    def _unsettled(self) -> tuple[OrderState, ...]:
        """Orders worth waiting for: not terminal, and not given up as unknown."""
        if self.halted and not self._link_up:
            return ()
        return tuple(s for s in self._open() if not self._given_up(s))

    def _given_up(self, state: OrderState) -> bool:
        ref = state.ticket.order_ref
        asked = len(self._probed_at.get(ref, [])) >= _PROBES_AT_MOST
        # Whatever else happens, no order is waited for beyond this: a link may never come back.
        expired = (
            self.rules.clock() - self._sent_at[ref] > self._deadline() + 2 * _CANCEL_GRACE_SECONDS
        )
        return state.phase is Phase.UNKNOWN and (asked or expired)

    def _look_for_reasons_to_halt(self) -> None:
        if self.halted:
            return
        if self.stop_requested():
            self.halted = "interrupted"
        lost = tuple(s.ticket.symbol for s in self._open() if self._given_up(s))
        if lost:
            self.halted = f"the outcome of {', '.join(lost)} is unknown"

    def _commission_missing(self) -> bool:
        return any(s.filled > ZERO and outcome(s).commission_pending for s in self.states())

    def _skip(self, tickets: list[OrderTicket], why: str) -> None:
        for ticket in tickets:
            self._skipped.setdefault(ticket.order_ref, why)

    def _note_trouble(self, sentence: str) -> None:
        self.trouble = (*self.trouble, sentence)
