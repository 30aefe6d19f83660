"""One order on its way to the wire: the last gate, an id, the intent on the disk, and then it goes.

Nothing else can command `Submit`, and it is commanded only after the journal took both the intent
and the hand-over.
"""

from __future__ import annotations

from decimal import Decimal

from attrs import evolve

from rebalancer_core.follow.commands import Command, Commit, Listen, Reserve, Submit
from rebalancer_core.follow.events import (
    Committed,
    Instant,
    NotCommitted,
    NotReserved,
    NotSubmitted,
    Reserved,
)
from rebalancer_core.follow.followed import Followed
from rebalancer_core.follow.reasons import NoFallback, NotHandedOver, NotSent, Stated, WhyHalted
from rebalancer_core.follow.state import (
    FollowState,
    Sending,
    Step,
    Way,
    noted,
    recorded,
    with_followed,
)
from rebalancer_core.orders.events import OrderRef, OwnActed, OwnAction, Resolution, Resolved
from rebalancer_core.orders.order_state import intended
from rebalancer_core.orders.skip_cause import SkipCause
from rebalancer_core.orders.tickets import OrderTicket
from rebalancer_core.safety.free_cash import funds_gate
from rebalancer_core.safety.limits import pre_submit_check
from rebalancer_core.values.instruments import ConId
from rebalancer_core.values.money import ZERO
from rebalancer_core.values.plan import Side


def begun(
    state: FollowState, ticket: OrderTicket, now: Instant, replaces: OrderRef | None = None
) -> Step:
    """The order sets out, unless the last gate refuses it."""
    sending = Sending(ticket=ticket, replaces=replaces)
    refused = _refused(state, ticket)
    if refused is not None:
        return _ended_unsent(state, sending, refused), ()
    # In the books before the wire: a fact may come back while it is handed over.
    state = with_followed(state, ticket.order_ref, Followed(sent_at=now.seconds))
    least = state.terms.first_order_id
    return evolve(state, sending=sending), (Reserve(order_ref=ticket.order_ref, at_least=least),)


def reserved(state: FollowState, sending: Sending, event: Reserved | NotReserved) -> Step:
    """With an id the intent can be committed."""
    if isinstance(event, NotReserved):
        return _stopped(state, sending, NotHandedOver(fault=event.fault)), ()
    commit = Commit(
        ticket=sending.ticket,
        order_id=event.order_id,
        position_before=_position(state, sending.ticket.con_id),
        replaces=sending.replaces,
    )
    return evolve(state, sending=evolve(sending, way=Way.COMMITTING)), (commit,)


def committed(state: FollowState, sending: Sending, event: Committed | NotCommitted) -> Step:
    """With the intent on the disk the hand-over is written, before the first byte."""
    if isinstance(event, NotCommitted):
        fault = state.journal_fault or event.why
        return _stopped(evolve(state, journal_fault=fault), sending, Stated(text=event.why)), ()
    ref = sending.ticket.order_ref
    state = evolve(
        state,
        orders={**state.orders, ref: intended(sending.ticket)},
        sending=evolve(sending, way=Way.HANDING),
    )
    return recorded(state, OwnActed(order_ref=ref, act=OwnAction.HANDED))


def gone_on(state: FollowState, sending: Sending) -> Step:
    """What is written down may go on the wire; where it could not be, nothing goes."""
    if sending.way is not Way.HANDING:
        # It waits for an answer, and for nothing else.
        return state, (Listen(seconds=0),)
    if state.journal_fault:
        return _withdrawn(state, sending, state.journal_fault)
    submit: tuple[Command, ...] = (Submit(ticket=sending.ticket),)
    return evolve(state, sending=evolve(sending, way=Way.SUBMITTING)), submit


def submitted(state: FollowState, sending: Sending) -> FollowState:
    """It is out; where it replaces a leg, that one says so."""
    state = evolve(state, sending=None)
    dead = sending.replaces
    if dead is None:
        return state
    follower = evolve(state.followed[dead], replaced_by=sending.ticket.order_ref)
    return with_followed(state, dead, follower)


def not_submitted(state: FollowState, sending: Sending, event: NotSubmitted) -> Step:
    """A failure to submit means that it certainly did not leave."""
    return _withdrawn(state, sending, event.why)


def _refused(state: FollowState, ticket: OrderTicket) -> NotSent | None:
    """The last gate: the approved plan and its limits, then shares and cash as they are."""
    terms, sent = state.terms, state.states
    broken = pre_submit_check(ticket, terms.approved, sent, terms.safety)
    if broken is not None:
        return NotSent(why=broken, cause=SkipCause.RULE)
    unfunded = funds_gate(ticket, sent, state.funds)
    return NotSent(why=unfunded.why, cause=unfunded.cause) if unfunded else None


def _withdrawn(state: FollowState, sending: Sending, why: str) -> Step:
    """The intent is on the disk, and the order certainly never left."""
    ref = sending.ticket.order_ref
    never = Resolved(order_ref=ref, verdict=Resolution.NOT_RECEIVED, filled=ZERO, reason=why)
    state, commands = recorded(state, never)
    return _stopped(state, sending, Stated(text=why)), commands


def _stopped(state: FollowState, sending: Sending, why: WhyHalted) -> FollowState:
    """It did not leave, and nothing else may either."""
    return _ended_unsent(evolve(state, halted=why), sending, NotSent(why=why))


def _ended_unsent(state: FollowState, sending: Sending, ended: NotSent) -> FollowState:
    ticket = sending.ticket
    state = evolve(state, sending=None, not_sent={**state.not_sent, ticket.order_ref: ended})
    if sending.replaces is None:
        return state
    return noted(state, NoFallback(symbol=ticket.symbol, why=ended.why))


def _position(state: FollowState, con_id: ConId) -> Decimal:
    """Shares held now: those of the plan and what the legs so far have filled."""
    plan = state.terms.approved.plan
    held = sum((row.held for row in plan.rows if row.con_id == con_id), ZERO)
    for order in state.states:
        if order.ticket.con_id == con_id:
            held += order.filled if order.ticket.side is Side.BUY else -order.filled
    return held
