"""Sends one order: the limits are asked, the intent is on the disk, and then it leaves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from decimal import Decimal

from attrs import frozen

from rebalancer_core.application.recheck import FRESH_PART_OF_LIFETIME
from rebalancer_core.application.trading.deadlines import Deadlines
from rebalancer_core.application.trading.tracker import Tracker
from rebalancer_core.messages import explain, explain_journal
from rebalancer_core.orders.events import OrderRef, OwnActed, OwnAction, Resolution, Resolved
from rebalancer_core.orders.skip_cause import SkipCause
from rebalancer_core.orders.tickets import ApprovedPlan, OrderTicket
from rebalancer_core.ports import OrderPort
from rebalancer_core.reconcile.journal_model import Intent
from rebalancer_core.safety.free_cash import Funds, funds_gate
from rebalancer_core.safety.limits import refusal
from rebalancer_core.values.instruments import ConId
from rebalancer_core.values.money import ZERO
from rebalancer_core.values.plan import Side
from rebalancer_core.values.policy import ExecutionPolicy, SafetyPolicy
from rebalancer_core.values.results import Failed, unwrap_or_failed


@frozen(kw_only=True)
class Rules:
    """What bounds the pursuit; `client_id` and `first_order_id` go into the journal's intents."""

    run_id: str
    client_id: int
    first_order_id: int
    safety: SafetyPolicy
    execution: ExecutionPolicy
    clock: Callable[[], float]
    give_way: Callable[[], Awaitable[None]]
    reach: Callable[[str], None]

    def is_fresh(self, seconds: float) -> bool:
        """Whether prices of that age need not be asked again."""
        return seconds <= float(self.safety.plan_ttl_sec) / FRESH_PART_OF_LIFETIME

    @property
    def deadlines(self) -> Deadlines:
        """How long each order is waited for."""
        return Deadlines(safety=self.safety, execution=self.execution, clock=self.clock)


@frozen(kw_only=True)
class Unsent:
    """An order that certainly did not leave. `stops_all`: nothing else may leave either."""

    why: str
    stops_all: bool = False
    cause: SkipCause = SkipCause.STOPPED


@frozen(kw_only=True)
class Sender:
    """Sends the orders of one approved plan, each at most once."""

    approved: ApprovedPlan
    desk: OrderPort
    tracker: Tracker
    rules: Rules
    funds: Funds

    async def send(self, ticket: OrderTicket, replaces: OrderRef | None = None) -> Unsent | None:
        """Journal and send one order; None when it is handed over, else why it is not."""
        ref = ticket.order_ref
        refused = self._refused(ticket)
        if refused is not None:
            return refused
        order_id = unwrap_or_failed(self.desk.reserve(ref, self.rules.first_order_id))
        if isinstance(order_id, Failed):
            return Unsent(why=f"not sent: {explain(order_id.error)}", stops_all=True)
        fault = self.tracker.begin(self._intent(ticket, order_id, replaces))
        if fault is not None:
            return Unsent(why=explain_journal(fault), stops_all=True)
        self.rules.reach("F13")
        # Handed before the wire: a fact may come back while `submit` still awaits.
        self.tracker.apply(OwnActed(order_ref=ref, act=OwnAction.HANDED))
        if self.tracker.trouble:
            return self._withdrawn(ref, self.tracker.trouble)
        self.rules.reach("F14")
        answer = unwrap_or_failed(await self.desk.submit(ticket))
        self.rules.reach("F15")
        if isinstance(answer, Failed):
            return self._withdrawn(ref, f"not sent: {explain(answer.error)}")
        await self.rules.give_way()
        self.rules.reach("F16")
        return None

    def _refused(self, ticket: OrderTicket) -> Unsent | None:
        """The last gate: the approved plan and its limits, then shares and cash as they are."""
        sent = self.tracker.states()
        broken = refusal(ticket, self.approved, sent, self.rules.safety)
        if broken:
            return Unsent(why=broken, cause=SkipCause.RULE)
        unfunded = funds_gate(ticket, sent, self.funds)
        return Unsent(why=unfunded.why, cause=unfunded.cause) if unfunded else None

    def _withdrawn(self, ref: OrderRef, why: str) -> Unsent:
        """The intent is on the disk, and the order certainly never left."""
        never = Resolution.NOT_RECEIVED
        self.tracker.apply(Resolved(order_ref=ref, verdict=never, filled=ZERO, reason=why))
        return Unsent(why=why, stops_all=True)

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
        for state in self.tracker.states():
            if state.ticket.con_id == con_id:
                held += state.filled if state.ticket.side is Side.BUY else -state.filled
        return held
