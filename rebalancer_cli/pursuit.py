"""Follows the orders of one account from the wire to a proven end, on broker facts alone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from decimal import Decimal

from attrs import define, evolve, field, frozen

from rebalancer_cli.deadlines import Deadlines, Out
from rebalancer_cli.failpoints import reach
from rebalancer_cli.leave import Stopped, value_or_stop
from rebalancer_cli.tracker import Tracker
from rebalancer_core.errors import explain
from rebalancer_core.execution.facts import (
    BrokerFact,
    LinkDown,
    LinkUp,
    OrderRef,
    Own,
    OwnAct,
    Settled,
    Verdict,
)
from rebalancer_core.execution.fallback import replacement
from rebalancer_core.execution.journal import Intent, explain_journal
from rebalancer_core.execution.limits import refusal
from rebalancer_core.execution.order_state import ACKNOWLEDGED, TERMINAL, OrderState, Phase
from rebalancer_core.execution.record import OrderOutcome, outcome, skipped
from rebalancer_core.execution.tickets import ApprovedPlan, OrderTicket
from rebalancer_core.ports import OrderPort
from rebalancer_core.values.instruments import ConId
from rebalancer_core.values.money import ZERO
from rebalancer_core.values.plans import Side
from rebalancer_core.values.policy import ExecutionPolicy, SafetyPolicy

_TURN_SECONDS = 0.2
_UNACKNOWLEDGED_AT_MOST = 5


@frozen(kw_only=True)
class Rules:
    """What bounds the pursuit; `client_id` and `first_order_id` go into the journal's intents."""

    run_id: str
    client_id: int
    first_order_id: int
    safety: SafetyPolicy
    execution: ExecutionPolicy
    clock: Callable[[], float] = time.monotonic

    @property
    def deadlines(self) -> Deadlines:
        """How long each order is waited for."""
        return Deadlines(safety=self.safety, execution=self.execution, clock=self.clock)


@define(kw_only=True)
class Pursuit:
    """One account's orders while they are out. Mutable on purpose: facts change what is known.

    `halted` says why nothing more is sent; `trouble` are sentences for the report.
    """

    approved: ApprovedPlan
    desk: OrderPort
    tracker: Tracker
    rules: Rules
    stop_requested: Callable[[], bool]
    halted: str = ""
    trouble: tuple[str, ...] = ()
    _out: dict[OrderRef, Out] = field(factory=dict, init=False)
    _skipped: dict[OrderRef, str] = field(factory=dict, init=False)
    _waiting: list[OrderTicket] = field(factory=list, init=False)
    _down_since: float | None = field(default=None, init=False)
    _ask_again: bool = field(default=False, init=False)

    async def follow(self, tickets: tuple[OrderTicket, ...]) -> None:
        """Send these tickets and come back when each is settled, skipped, or beyond reach."""
        self._waiting = list(tickets)
        while True:
            await self._send_what_may_go()
            if not self._waiting and not self._unsettled():
                return
            await self._listen(_TURN_SECONDS)
            await self._chase()

    async def ask_for_evidence(self) -> None:
        """Fold in what the broker's executions, open and completed orders say of every order."""
        if not self._link_up() or not self.states():
            return
        answer = value_or_stop(await self.desk.evidence(self.approved.plan.account_id))
        reach("F22")
        if isinstance(answer, Stopped):
            self._note_trouble(explain(answer.error))
            return
        mentioned = {fact.order_ref for fact in answer if not isinstance(fact, LinkDown | LinkUp)}
        for fact in answer:
            self._learn(fact)
        for state in self.states():
            if state.ticket.order_ref not in mentioned and state.phase is Phase.UNKNOWN:
                self.tracker.apply(OwnAct(order_ref=state.ticket.order_ref, act=Own.ABSENT))

    async def await_commissions(self) -> None:
        """Wait for commission reports, no longer than `commission_report_timeout`."""
        until = self.rules.clock() + float(self.rules.execution.commission_report_timeout)
        while self._link_up() and self.rules.clock() < until and self._commission_missing():
            await self._listen(_TURN_SECONDS)

    def skip(self, tickets: tuple[OrderTicket, ...], why: str) -> None:
        """Leave these tickets unsent, with the reason."""
        for ticket in tickets:
            self._skipped.setdefault(ticket.order_ref, why)

    def states(self) -> tuple[OrderState, ...]:
        """Every order that was handed over, as far as it is known."""
        return self.tracker.states()

    def outcomes_of(self, ticket: OrderTicket) -> tuple[OrderOutcome, ...]:
        """What became of one ticket of the plan, and of the leg that replaced it."""
        state = self.tracker.state(ticket.order_ref)
        if state is None:
            return (skipped(ticket, self._skipped.get(ticket.order_ref, "not sent")),)
        follower = self._out[ticket.order_ref].replaced_by
        next_leg = self.tracker.state(follower) if follower is not None else None
        if next_leg is None:
            return (outcome(state),)
        return (evolve(outcome(state), replaced_by=follower), *self.outcomes_of(next_leg.ticket))

    async def _send_what_may_go(self) -> None:
        self._look_for_reasons_to_halt()
        while self._waiting and not self.halted and self._may_send():
            await self._send(self._waiting.pop(0))
            self._look_for_reasons_to_halt()
        if self.halted:
            self.skip(tuple(self._waiting), self.halted)
            self._waiting = []

    async def _send(self, ticket: OrderTicket, replaces: OrderRef | None = None) -> bool:
        """Journal and send one order; False when it was not sent, with the reason kept."""
        ref = ticket.order_ref
        why_not = refusal(ticket, self.approved, self.states(), self.rules.safety)
        if why_not:
            self._skipped[ref] = why_not
            return False
        order_id = value_or_stop(self.desk.reserve(ref, self.rules.first_order_id))
        if isinstance(order_id, Stopped):
            self.halted = self._skipped[ref] = f"not sent: {explain(order_id.error)}"
            return False
        fault = self.tracker.begin(self._intent(ticket, order_id, replaces))
        if fault is not None:
            self.halted = self._skipped[ref] = explain_journal(fault)
            return False
        # In the books before the wire: a fact may come back while `submit` still awaits.
        self._out[ref] = Out(sent_at=self.rules.clock())
        self.tracker.apply(OwnAct(order_ref=ref, act=Own.HANDED))
        reach("F14")
        answer = value_or_stop(await self.desk.submit(ticket))
        reach("F15")
        if isinstance(answer, Stopped):
            self.halted = f"not sent: {explain(answer.error)}"
            self.tracker.apply(
                Settled(
                    order_ref=ref, verdict=Verdict.NOT_RECEIVED, filled=ZERO, reason=self.halted
                )
            )
            return False
        await asyncio.sleep(0)
        reach("F16")
        return True

    def _intent(self, ticket: OrderTicket, order_id: int, replaces: OrderRef | None) -> Intent:
        return Intent(
            run_id=self.rules.run_id,
            ticket=ticket,
            order_id=order_id,
            client_id=self.rules.client_id,
            position_before=self._position(ticket.con_id),
            intended_at=self.tracker.now(),
            replaces=replaces,
        )

    def _position(self, con_id: ConId) -> Decimal:
        """Shares held now: those of the plan and what the legs so far have filled."""
        held = sum((r.held for r in self.approved.plan.rows if r.con_id == con_id), ZERO)
        for state in self.states():
            if state.ticket.con_id == con_id:
                held += state.filled if state.ticket.side is Side.BUY else -state.filled
        return held

    def _may_send(self) -> bool:
        if not self._link_up():
            return False
        if not self.rules.execution.batch_orders:
            return not self._unsettled()
        unacknowledged = sum(s.phase not in ACKNOWLEDGED for s in self.states())
        return unacknowledged < _UNACKNOWLEDGED_AT_MOST

    async def _listen(self, seconds: float) -> None:
        for fact in await self.desk.facts(seconds):
            self._learn(fact)
        if self._ask_again and self._link_up():
            self._ask_again = False
            await self.ask_for_evidence()

    def _learn(self, fact: BrokerFact) -> None:
        match fact:
            case LinkDown(detail=detail, closed=is_closed):
                self._down_since = self._down_since or self.rules.clock()
                if is_closed:
                    self.halted = f"the connection was lost: {detail}"
                for state in self._open():
                    self.tracker.apply(OwnAct(order_ref=state.ticket.order_ref, act=Own.LINK_LOST))
            case LinkUp():
                self._down_since, self._ask_again = None, True
            case _:
                self.tracker.apply(fact)

    async def _chase(self) -> None:
        """Do what time asks for: probe the silent and the unknown, cancel the overdue."""
        times = self.rules.deadlines
        for state in self._open():
            ref, out = state.ticket.order_ref, self._out[state.ticket.order_ref]
            if times.is_silent(state, out):
                self.tracker.apply(OwnAct(order_ref=ref, act=Own.ACK_OVERDUE))
            if times.is_cancel_unanswered(out):
                self.tracker.apply(OwnAct(order_ref=ref, act=Own.DEADLINE_PASSED))
            elif out.cancelled_at is None and self._must_cancel(state, out):
                await self._cancel(ref)
        await self._probe_unknown()
        await self._fall_back()

    def _must_cancel(self, state: OrderState, out: Out) -> bool:
        if self.stop_requested():
            return True
        out.falls_back = self.rules.deadlines.rests_too_long(state, out)
        return out.falls_back or self.rules.deadlines.is_overdue(state, out)

    async def _cancel(self, ref: OrderRef) -> None:
        self._out[ref].cancelled_at = self.rules.clock()
        self.tracker.apply(OwnAct(order_ref=ref, act=Own.CANCEL_REQUESTED))
        answer = value_or_stop(await self.desk.cancel(ref))
        reach("F21")
        if isinstance(answer, Stopped):
            self._note_trouble(explain(answer.error))

    async def _fall_back(self) -> None:
        """Replace algo orders that are proven dead, once, for what they did not fill."""
        for state in self.states():
            out = self._out[state.ticket.order_ref]
            if out.replaced_by is not None or not self._replacement(state, out):
                continue
            # The proof again, from the broker's own lists: a fill may have crossed the cancel.
            await self.ask_for_evidence()
            known = self.tracker.state(state.ticket.order_ref)
            ticket = self._replacement(known, out) if known is not None else None
            self._look_for_reasons_to_halt()
            if ticket is None or self.halted or not self._link_up():
                continue
            if await self._send(ticket, replaces=state.ticket.order_ref):
                out.replaced_by = ticket.order_ref
            else:
                out.falls_back = False
                self._note_trouble(f"no fallback for {ticket.symbol}: {self._why(ticket)}")

    def _replacement(self, state: OrderState, out: Out) -> OrderTicket | None:
        return replacement(state, self.rules.execution, cancelled_to_fall_back=out.falls_back)

    def _why(self, ticket: OrderTicket) -> str:
        return self._skipped.get(ticket.order_ref, self.halted)

    async def _probe_unknown(self) -> None:
        due = tuple(
            out
            for state in self.states()
            for out in (self._out[state.ticket.order_ref],)
            if self.rules.deadlines.is_probe_due(state, out)
        )
        if due and self._link_up():
            for out in due:
                out.probed_at.append(self.rules.clock())
            await self.ask_for_evidence()

    def _open(self) -> tuple[OrderState, ...]:
        return tuple(s for s in self.states() if s.phase not in TERMINAL)

    def _unsettled(self) -> tuple[OrderState, ...]:
        """Orders worth waiting for: not terminal, and not given up as unknown."""
        if self.halted and not self._link_up():
            return ()
        return tuple(s for s in self._open() if not self._given_up(s))

    def _given_up(self, state: OrderState) -> bool:
        return self.rules.deadlines.is_given_up(state, self._out[state.ticket.order_ref])

    def _look_for_reasons_to_halt(self) -> None:
        if self.halted:
            return
        if self.stop_requested():
            self.halted = "interrupted"
        elif self._down_too_long():
            self.halted = "the gateway did not find back to the broker in time"
        elif self.tracker.trouble:
            self.halted = self.tracker.trouble
            self._note_trouble(self.tracker.trouble)
        else:
            lost = tuple(s.ticket.symbol for s in self._open() if self._given_up(s))
            if lost:
                self.halted = f"the outcome of {', '.join(lost)} is unknown"

    def _link_up(self) -> bool:
        return self._down_since is None

    def _down_too_long(self) -> bool:
        down = self._down_since
        return down is not None and self.rules.clock() - down > self.rules.deadlines.link_seconds

    def _commission_missing(self) -> bool:
        return any(s.filled > ZERO and outcome(s).commission_pending for s in self.states())

    def _note_trouble(self, sentence: str) -> None:
        if sentence not in self.trouble:
            self.trouble = (*self.trouble, sentence)
