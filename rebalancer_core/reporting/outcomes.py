"""What orders came to, with the sentences about them, as the facts stand now."""

from __future__ import annotations

from attrs import evolve

from rebalancer_core.follow.reasons import NeverReached, NotSent
from rebalancer_core.follow.state import FollowState
from rebalancer_core.messages.follow import explain_follow_note, explain_not_sent
from rebalancer_core.messages.orders import explain_error, explain_note
from rebalancer_core.messages.reports import FALLBACK, fell_back_to
from rebalancer_core.orders.events import OrderRef
from rebalancer_core.orders.order_state import OrderState
from rebalancer_core.orders.record import ExecutionRecord, OrderOutcome, outcome, skipped
from rebalancer_core.orders.tickets import OrderTicket, is_fallback


def record_of(state: FollowState) -> ExecutionRecord:
    """What became of every order of the plan that is followed."""
    return ExecutionRecord(
        account_id=state.terms.account_id,
        plan=state.terms.approved.plan,
        outcomes=tuple(each for t in state.terms.tickets for each in outcomes_of(state, t)),
        notes=tuple(explain_follow_note(note) for note in state.fit_notes),
        faults=tuple(explain_follow_note(note) for note in state.notes),
    )


def outcomes_of(state: FollowState, ticket: OrderTicket) -> tuple[OrderOutcome, ...]:
    """What became of one ticket of the plan, and of the leg that replaced it."""
    order = state.orders.get(ticket.order_ref)
    if order is None:
        ended = state.not_sent.get(ticket.order_ref, NotSent(why=NeverReached()))
        return (skipped(ticket, explain_not_sent(ended.why), ended.cause),)
    follower = state.followed[ticket.order_ref].replaced_by
    next_leg = state.orders.get(follower) if follower is not None else None
    if next_leg is None:
        return (outcome_of(order),)
    return (fallen_back(outcome_of(order), follower), *outcomes_of(state, next_leg.ticket))


def outcome_of(state: OrderState) -> OrderOutcome:
    """What became of one order that was handed over; a second leg is called a fallback."""
    notes = tuple(explain_note(note) for note in state.notes)
    if is_fallback(state.ticket):
        notes = (FALLBACK, *notes)
    return outcome(state, error=explain_error(state), notes=notes)


def fallen_back(dead: OrderOutcome, follower: OrderRef | None) -> OrderOutcome:
    """The outcome of an order whose rest went as `follower`; the same where there was none."""
    if follower is None:
        return dead
    return evolve(dead, replaced_by=follower, notes=(*dead.notes, fell_back_to(follower)))
