"""Follows the orders of one account from the wire to a proven end, on broker facts alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from attrs import define, evolve, field

from rebalancer_core.application.trading.deadlines import Out
from rebalancer_core.application.trading.declared import Declared
from rebalancer_core.application.trading.departures import Departures, Halt
from rebalancer_core.application.trading.sending import Rules, Sender, Unsent
from rebalancer_core.application.trading.tracker import Tracker
from rebalancer_core.messages import explain
from rebalancer_core.orders.events import (
    BrokerFact,
    LinkDown,
    LinkUp,
    OrderRef,
    OwnActed,
    OwnAction,
)
from rebalancer_core.orders.fallback import replacement
from rebalancer_core.orders.order_state import ACKNOWLEDGED, TERMINAL, OrderState, Phase
from rebalancer_core.orders.record import OrderOutcome, outcome, skipped
from rebalancer_core.orders.skip_cause import SkipCause
from rebalancer_core.orders.tickets import ApprovedPlan, OrderTicket
from rebalancer_core.ports import OrderPort
from rebalancer_core.safety.free_cash import Funds
from rebalancer_core.values.money import ZERO, plain
from rebalancer_core.values.plan import Side
from rebalancer_core.values.results import Failed, unwrap_or_failed

_TURN_SECONDS = 0.2

Refit = Callable[[OrderTicket], Awaitable[OrderTicket | None]]


@define(kw_only=True)
class Pursuit:
    """One account's orders while they are out. Mutable on purpose: facts change what is known.

    `funds` bound what may be sent; `halted` says why nothing more of this account is; `trouble` are
    sentences for the report. `departures` and `declared` are of the connection and outlive it.
    `refit` looks at the market again for a buy that had to wait, and shrinks or skips it.
    """

    approved: ApprovedPlan
    desk: OrderPort
    tracker: Tracker
    rules: Rules
    funds: Funds
    stop_requested: Callable[[], bool]
    departures: Departures
    declared: Declared
    halted: str = ""
    trouble: tuple[str, ...] = ()
    refit: Refit | None = None
    _fitted_at: dict[OrderRef, float] = field(factory=dict, init=False)
    _out: dict[OrderRef, Out] = field(factory=dict, init=False)
    _skipped: dict[OrderRef, Unsent] = field(factory=dict, init=False)
    _waiting: list[OrderTicket] = field(factory=list, init=False)
    _link_lost: bool = field(default=False, init=False)
    _closed_since: float | None = field(default=None, init=False)
    _ask_again: bool = field(default=False, init=False)

    async def follow(self, tickets: tuple[OrderTicket, ...]) -> None:
        """Send these tickets and come back when each is settled, skipped, or beyond reach."""
        self._waiting = list(tickets)
        self._fitted_at |= {ticket.order_ref: self.rules.clock() for ticket in tickets}
        # What was told since the preview counts before the first order leaves.
        await self._listen(0)
        while True:
            await self._send_what_may_go()
            if not self._waiting and not self._unsettled():
                return
            await self._listen(_TURN_SECONDS)
            await self._chase()

    async def ask_for_evidence(self) -> bool:
        """Fold in what the broker's executions, open and completed orders say of every order.

        False when the broker could not be asked, or did not answer completely.
        """
        # First what was told meanwhile: a correction, say, while the account was read.
        for fact in await self.desk.facts(0):
            self._learn(fact)
        if self._link_lost or not self.states():
            return False
        answer = unwrap_or_failed(await self.desk.evidence(self.approved.plan.account_id))
        self.rules.reach("F22")
        if isinstance(answer, Failed):
            self.note(explain(answer.error))
            return False
        mentioned = {fact.order_ref for fact in answer if not isinstance(fact, LinkDown | LinkUp)}
        for fact in answer:
            self._learn(fact)
        for state in self.states():
            if state.ticket.order_ref not in mentioned and state.phase is Phase.UNKNOWN:
                self.tracker.apply(OwnActed(order_ref=state.ticket.order_ref, act=OwnAction.ABSENT))
        return True

    async def await_late_fills(self) -> None:
        """Wait a moment for fills that crossed a cancel of ours: they are told behind its proof."""
        if all(out.cancelled_at is None for out in self._out.values()):
            return
        until = self.rules.clock() + self.rules.deadlines.proof_seconds
        while not self._link_lost and self.rules.clock() < until:
            await self._listen(_TURN_SECONDS)

    async def await_commissions(self) -> None:
        """Wait for commission reports, no longer than `commission_report_timeout`."""
        until = self.rules.clock() + float(self.rules.execution.commission_report_timeout)
        while not self._link_lost and self.rules.clock() < until and self._commission_missing():
            await self._listen(_TURN_SECONDS)

    @property
    def halt(self) -> Halt:
        """What halts the whole run."""
        return self.declared.halt

    async def await_gate(self) -> None:
        """Come back once orders may leave again, or never will: then `halted` says why."""
        self._look_for_reasons_to_halt()
        while not self.halted and (self._link_lost or self.desk.closed_gate):
            await self._listen(_TURN_SECONDS)
            self._look_for_reasons_to_halt()

    def skip(
        self,
        tickets: tuple[OrderTicket, ...],
        why: str,
        cause: SkipCause = SkipCause.STOPPED,
    ) -> None:
        """Leave these tickets unsent, with the reason."""
        for ticket in tickets:
            self._skipped.setdefault(ticket.order_ref, Unsent(why=why, cause=cause))

    @property
    def is_settled(self) -> bool:
        """Whether the broker said the last word on every order."""
        return not self._open()

    def states(self) -> tuple[OrderState, ...]:
        """Every order that was handed over, as far as it is known."""
        return self.tracker.states()

    def outcomes_of(self, ticket: OrderTicket) -> tuple[OrderOutcome, ...]:
        """What became of one ticket of the plan, and of the leg that replaced it."""
        state = self.tracker.state(ticket.order_ref)
        if state is None:
            unsent = self._skipped.get(ticket.order_ref, Unsent(why="not sent"))
            return (skipped(ticket, unsent.why, unsent.cause),)
        follower = self._out[ticket.order_ref].replaced_by
        next_leg = self.tracker.state(follower) if follower is not None else None
        if next_leg is None:
            return (outcome(state),)
        return (evolve(outcome(state), replaced_by=follower), *self.outcomes_of(next_leg.ticket))

    async def _send_what_may_go(self) -> None:
        self._look_for_reasons_to_halt()
        while self._waiting and not self.halted and self._may_send(self._waiting[0]):
            await self._send_or_refit(self._waiting.pop(0))
            self._look_for_reasons_to_halt()
        if self.halted:
            self.skip(tuple(self._waiting), self.halted)
            self._waiting = []

    async def _send_or_refit(self, ticket: OrderTicket) -> None:
        """Send the order, unless its prices are old: then it waits for its turn once more."""
        fresh = await self._fresh(ticket)
        if fresh is ticket:
            await self._send(ticket)
        elif fresh is not None:
            self._waiting.insert(0, fresh)

    async def _fresh(self, ticket: OrderTicket) -> OrderTicket | None:
        """The order as it is while its prices are fresh; else as they are now, None if skipped."""
        fitted_at = self._fitted_at.get(ticket.order_ref)
        is_fresh = fitted_at is not None and self.rules.is_fresh(self.rules.clock() - fitted_at)
        if ticket.side is Side.SELL or self.refit is None or is_fresh:
            return ticket
        again = await self.refit(ticket)
        self._fitted_at[ticket.order_ref] = self.rules.clock()
        return again

    async def _send(self, ticket: OrderTicket, replaces: OrderRef | None = None) -> bool:
        """Whether the order was handed over; else the reason is kept."""
        ref = ticket.order_ref
        # In the books before the wire: a fact may come back while the sender still awaits.
        self._out[ref] = Out(sent_at=self.rules.clock())
        sender = Sender(
            approved=self.approved,
            desk=self.desk,
            tracker=self.tracker,
            rules=self.rules,
            funds=self.funds,
        )
        unsent = await sender.send(ticket, replaces)
        if unsent is None:
            return True
        self._skipped[ref] = unsent
        if unsent.stops_all:
            self.halted = unsent.why
        return False

    def _may_send(self, ticket: OrderTicket) -> bool:
        if self._link_lost or self.desk.closed_gate:
            return False
        if not self.rules.execution.batch_orders and self._unsettled():
            return False
        now = self.rules.clock()
        return self.departures.may_leave(
            ticket.side,
            tuple(
                now - self._out[state.ticket.order_ref].sent_at
                for state in self.states()
                if state.phase not in ACKNOWLEDGED
            ),
        )

    async def _listen(self, seconds: float) -> None:
        for fact in await self.desk.facts(seconds):
            self._learn(fact)
        self.departures.learn(self.states())
        if self._ask_again and not self._link_lost:
            self._ask_again = False
            await self.ask_for_evidence()
        await self.declared.end_revived()

    def _learn(self, fact: BrokerFact) -> None:
        match fact:
            case LinkDown(detail=detail, closed=is_closed):
                self._link_lost = True
                if is_closed:
                    self.halted = f"the connection was lost: {detail}"
                for state in self._open():
                    self.tracker.apply(
                        OwnActed(order_ref=state.ticket.order_ref, act=OwnAction.LINK_LOST)
                    )
            case LinkUp():
                self._link_lost, self._ask_again = False, True
            case _:
                self.tracker.apply(fact)
                self.declared.hear(fact)

    async def _chase(self) -> None:
        """Do what time asks for: probe the silent and the unknown, cancel the overdue."""
        times = self.rules.deadlines
        for state in self._open():
            ref, out = state.ticket.order_ref, self._out[state.ticket.order_ref]
            if times.is_silent(state, out):
                out.is_silent = True
                self.tracker.apply(OwnActed(order_ref=ref, act=OwnAction.ACK_OVERDUE))
            if times.is_cancel_unanswered(out):
                self.tracker.apply(OwnActed(order_ref=ref, act=OwnAction.DEADLINE_PASSED))
            elif out.cancelled_at is None and self._must_cancel(state, out):
                await self._cancel(ref)
        await self._probe_unknown()
        await self._cancel_silent()
        await self._fall_back()

    async def _cancel_silent(self) -> None:
        """Cancel what the broker's lists do not show at work either; silence halts the run."""
        for state in self._open():
            ref, out = state.ticket.order_ref, self._out[state.ticket.order_ref]
            is_doubtful = out.is_silent or not state.has_sign_of_life
            is_lost = state.phase is Phase.UNKNOWN and is_doubtful
            if not is_lost or not out.probed_at or out.cancelled_at is not None:
                continue
            if out.is_silent:
                seconds = plain(self.rules.safety.ack_timeout_sec)
                self.halt.because(
                    f"{state.ticket.account_id}: {state.ticket.symbol} was not acknowledged within"
                    f" {seconds} s: look for a dialog in the gateway's window"
                )
            await self._cancel(ref)

    def _must_cancel(self, state: OrderState, out: Out) -> bool:
        if self.stop_requested():
            return True
        out.falls_back = self.rules.deadlines.rests_too_long(state, out)
        return out.falls_back or self.rules.deadlines.is_overdue(state, out)

    async def _cancel(self, ref: OrderRef) -> None:
        self._out[ref].cancelled_at = self.rules.clock()
        self.tracker.apply(OwnActed(order_ref=ref, act=OwnAction.CANCEL_REQUESTED))
        answer = unwrap_or_failed(await self.desk.cancel(ref))
        self.rules.reach("F21")
        if isinstance(answer, Failed):
            self.note(explain(answer.error))

    async def _fall_back(self) -> None:
        """Replace algo orders that are proven dead, once, for what they did not fill."""
        for state in self.states():
            out = self._out[state.ticket.order_ref]
            if not self._awaits_fallback(state):
                continue
            out.dead_since = out.dead_since or self.rules.clock()
            may_leave = not self._link_lost and self._may_replace(state, out)
            if may_leave and self.rules.deadlines.is_long_dead(out):
                out.may_fall_back = False
                await self._replace(state.ticket.order_ref, out)

    async def _replace(self, dead: OrderRef, out: Out) -> None:
        # The proof again, from the broker's own lists: a fill may have crossed the cancel.
        proven = await self.ask_for_evidence()
        known = self.tracker.state(dead)
        ticket = self._replacement(known, out) if known is not None and proven else None
        fresh = await self._fresh(ticket) if ticket is not None else None
        self._look_for_reasons_to_halt()
        if ticket is None or self.halted:
            return
        if fresh is not None and await self._send(fresh, replaces=dead):
            out.replaced_by = ticket.order_ref
        else:
            self.note(f"no fallback for {ticket.symbol}: {self._why(ticket)}")

    def _awaits_fallback(self, state: OrderState) -> bool:
        out = self._out[state.ticket.order_ref]
        wanted = out.may_fall_back and not self.halted
        return wanted and self._replacement(state, out) is not None

    def _replacement(self, state: OrderState, out: Out) -> OrderTicket | None:
        return replacement(state, self.rules.execution, cancelled_to_fall_back=out.falls_back)

    def _may_replace(self, state: OrderState, out: Out) -> bool:
        ticket = self._replacement(state, out)
        return ticket is not None and self._may_send(ticket)

    def _why(self, ticket: OrderTicket) -> str:
        unsent = self._skipped.get(ticket.order_ref)
        return self.halted if unsent is None else unsent.why

    async def _probe_unknown(self) -> None:
        due = tuple(
            out
            for state in self.states()
            for out in (self._out[state.ticket.order_ref],)
            if self.rules.deadlines.is_probe_due(state, out)
        )
        if due and not self._link_lost:
            for out in due:
                out.probed_at.append(self.rules.clock())
            await self.ask_for_evidence()

    def _open(self) -> tuple[OrderState, ...]:
        return tuple(s for s in self.states() if s.phase not in TERMINAL)

    def _unsettled(self) -> tuple[OrderState, ...]:
        """Orders worth waiting for: still open and not given up, or about to be replaced."""
        if self.halted and self._link_lost:
            return ()
        return tuple(
            state
            for state in self.states()
            if self._awaits_fallback(state)
            or (state.phase not in TERMINAL and not self._given_up(state))
        )

    def _given_up(self, state: OrderState) -> bool:
        return self.rules.deadlines.is_given_up(state, self._out[state.ticket.order_ref])

    def _look_for_reasons_to_halt(self) -> None:
        closed_for = self._gate_closed_for()
        if self.halted:
            return
        if self.stop_requested():
            self.halted = "interrupted"
        elif self.halt.why:
            self.halted = self.halt.why
            self.note(self.halted)
        elif closed_for > self.rules.deadlines.link_seconds:
            self.halted = f"{self.desk.closed_gate}, for {closed_for:.0f} s"
        elif self.tracker.trouble:
            self.halted = self.tracker.trouble
            self.note(self.tracker.trouble)
        elif self._conflicts():
            self.halted = f"the broker contradicts itself: {'; '.join(self._conflicts())}"
            self.note(self.halted)
            self.halt.because(f"{self.approved.plan.account_id}: {self.halted}")
        else:
            lost = tuple(s.ticket.symbol for s in self._open() if self._given_up(s))
            if lost:
                self.halted = f"the outcome of {', '.join(lost)} is unknown"

    def _conflicts(self) -> tuple[str, ...]:
        """A foreign account in an echo, say: whatever else is sent might go astray as well."""
        return tuple(f"{s.ticket.symbol}: {s.conflict}" for s in self.states() if s.conflict)

    def _gate_closed_for(self) -> float:
        """Seconds since the gate closed that is closed now, 0 while none is; told once."""
        why, now = self.desk.closed_gate, self.rules.clock()
        if not why:
            self._closed_since = None
            return 0.0
        if self._closed_since is None:
            self._closed_since = now
            if self._waiting:
                self.halt.tell(f"{self.approved.plan.account_id}: waiting: {why}")
        return now - self._closed_since

    def _commission_missing(self) -> bool:
        return any(s.filled > ZERO and outcome(s).commission_pending for s in self.states())

    def note(self, sentence: str) -> None:
        """Add a sentence for the report, once."""
        if sentence not in self.trouble:
            self.trouble = (*self.trouble, sentence)
