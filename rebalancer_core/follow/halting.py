"""Why nothing more of an account may be sent: one reason, and the first stands."""

from __future__ import annotations

from attrs import evolve

from rebalancer_core.follow.commands import Command, Tell, WaitingForGate
from rebalancer_core.follow.connection import halted
from rebalancer_core.follow.events import Instant
from rebalancer_core.follow.reasons import (
    AccountContradicted,
    Contradictions,
    GateClosedFor,
    Interrupted,
    OutcomeUnknown,
    Stated,
    WhyHalted,
    WhyRunHalted,
)
from rebalancer_core.follow.state import FollowState, Step, noted
from rebalancer_core.values.instruments import Symbol


def halted_for_a_reason(state: FollowState, now: Instant) -> Step:
    """The state with `halted` set where anything says that no further order may leave."""
    state, told = _with_gate_watched(state, now)
    if state.halted is not None:
        return state, told
    state, more = _halted_by_the_run(state, now)
    return state, (*told, *more)


def _halted_by_the_run(state: FollowState, now: Instant) -> Step:
    closed_for = 0 if state.closed_since is None else now.seconds - state.closed_since
    conflicts = tuple((s.ticket.symbol, s.conflict) for s in state.states if s.conflict is not None)
    if state.around.stop_requested:
        return evolve(state, halted=Interrupted()), ()
    if state.connection.halted is not None:
        return _noted_halt(state, state.connection.halted), ()
    if closed_for > state.terms.safety.order_deadline_sec:
        closed = GateClosedFor(why=state.around.closed_gate, seconds=closed_for)
        return evolve(state, halted=closed), ()
    if state.journal_fault:
        return _noted_halt(state, Stated(text=state.journal_fault)), ()
    if conflicts:
        # A foreign account in an echo, say: whatever else is sent might go astray as well.
        why = Contradictions(conflicts=conflicts)
        of_account = AccountContradicted(account_id=state.terms.account_id, contradictions=why)
        return halt_run(_noted_halt(state, why), of_account)
    return _halted_by_the_unknown(state, now), ()


def halt_run(state: FollowState, why: WhyRunHalted) -> Step:
    """Nothing more is sent in this run, whichever account."""
    connection, told = halted(state.connection, why)
    return evolve(state, connection=connection), told


def is_given_up(state: FollowState, now: Instant) -> tuple[Symbol, ...]:
    """The symbols of orders whose outcome is not waited for any longer."""
    times = state.deadlines(now)
    return tuple(
        order.ticket.symbol
        for order in state.open_states
        if times.is_given_up(order, state.followed[order.ticket.order_ref])
    )


def _halted_by_the_unknown(state: FollowState, now: Instant) -> FollowState:
    lost = is_given_up(state, now)
    return evolve(state, halted=OutcomeUnknown(symbols=lost)) if lost else state


def _noted_halt(state: FollowState, why: WhyHalted) -> FollowState:
    return noted(evolve(state, halted=why), why)


def _with_gate_watched(state: FollowState, now: Instant) -> Step:
    """Since when the gate is closed that is closed now; told once, where orders wait for it."""
    why = state.around.closed_gate
    if not why:
        return (state if state.closed_since is None else evolve(state, closed_since=None)), ()
    if state.closed_since is not None:
        return state, ()
    told: tuple[Command, ...] = (
        (Tell(news=WaitingForGate(account_id=state.terms.account_id, why=why)),)
        if state.waiting
        else ()
    )
    return evolve(state, closed_since=now.seconds), told
