"""What the following of an account's orders came to, at its end or where a bug ended it."""

from __future__ import annotations

from attrs import evolve

from rebalancer_core.follow.followed import Unsent
from rebalancer_core.follow.state import FollowState, Stage, skipped
from rebalancer_core.orders.record import ExecutionRecord, OrderOutcome, outcome
from rebalancer_core.orders.record import skipped as never_sent
from rebalancer_core.orders.tickets import OrderTicket
from rebalancer_core.values.money import ZERO


def record_of(state: FollowState) -> ExecutionRecord:
    """What became of every order of the plan, as the facts stand now."""
    return ExecutionRecord(
        account_id=state.terms.account_id,
        plan=state.terms.approved.plan,
        outcomes=tuple(each for t in state.terms.tickets for each in outcomes_of(state, t)),
        notes=(*state.fit_notes, *state.notes),
    )


def outcomes_of(state: FollowState, ticket: OrderTicket) -> tuple[OrderOutcome, ...]:
    """What became of one ticket of the plan, and of the leg that replaced it."""
    order = state.orders.get(ticket.order_ref)
    if order is None:
        unsent = state.unsent.get(ticket.order_ref, Unsent(why="not sent"))
        return (never_sent(ticket, unsent.why, unsent.cause),)
    follower = state.followed[ticket.order_ref].replaced_by
    next_leg = state.orders.get(follower) if follower is not None else None
    if next_leg is None:
        return (outcome(order),)
    return (evolve(outcome(order), replaced_by=follower), *outcomes_of(state, next_leg.ticket))


def broken_off(state: FollowState, why: str) -> FollowState:
    """A bug while orders may be out: nothing more is sent, and what is known is reported."""
    unsent = skipped(evolve(state, halted=why), state.terms.tickets, why)
    others = tuple(note for note in state.notes if note != why)
    return evolve(unsent, stage=Stage.DONE, notes=(why, *others), fit_notes=())


def is_commission_missing(state: FollowState) -> bool:
    """Whether a fill has no commission yet."""
    return any(s.filled > ZERO and outcome(s).commission_pending for s in state.states)
