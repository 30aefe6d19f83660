"""Algo orders that are proven dead are replaced by plain ones: once, for what they did not fill."""

from __future__ import annotations

from attrs import evolve

from rebalancer_core.follow.chasing import asked
from rebalancer_core.follow.commands import FallingBack, Tell
from rebalancer_core.follow.events import Instant
from rebalancer_core.follow.followed import Followed
from rebalancer_core.follow.halting import halted_for_a_reason
from rebalancer_core.follow.leaving import has_fresh_prices, may_send, refit_asked
from rebalancer_core.follow.reasons import NoFallback
from rebalancer_core.follow.sending import begun
from rebalancer_core.follow.state import FollowState, Purpose, Step, Turn, noted, with_followed
from rebalancer_core.orders.events import OrderRef
from rebalancer_core.orders.fallback import replacement
from rebalancer_core.orders.order_state import OrderState
from rebalancer_core.orders.tickets import OrderTicket


def awaits_fallback(state: FollowState, order: OrderState) -> bool:
    """Whether this order is dead and its rest may still go as another one."""
    out = state.followed[order.ticket.order_ref]
    return (
        out.may_fall_back and state.halted is None and _replacement(state, order, out) is not None
    )


def fallen_back(state: FollowState, now: Instant) -> Step:
    """The first order that may be replaced now: its proof is asked for once more."""
    for order in state.states:
        if not awaits_fallback(state, order):
            continue
        state = _with_death_dated(state, order, now)
        out = state.followed[order.ticket.order_ref]
        if _may_replace(state, order, out, now) and state.deadlines(now).is_long_dead(out):
            return _proof_asked(state, order.ticket.order_ref, out)
    return evolve(state, turn=Turn.SEND), ()


def replaced(state: FollowState, dead: OrderRef, now: Instant) -> Step:
    """With the proof the next leg goes, at the prices of now; without one nothing does."""
    state = evolve(state, replacing=None)
    order = state.orders[dead]
    ticket = _replacement(state, order, state.followed[dead])
    if ticket is None:
        return state, ()
    if not has_fresh_prices(state, ticket, now):
        return refit_asked(state, ticket, replaces=dead)
    return replacement_sent(state, ticket, ticket, dead, now)


def replacement_sent(
    state: FollowState, wanted: OrderTicket, fresh: OrderTicket | None, dead: OrderRef, now: Instant
) -> Step:
    """The leg sets out as it is now, unless something came to light meanwhile that halts."""
    state, told = halted_for_a_reason(state, now)
    if state.halted is not None:
        return state, told
    if fresh is None:
        why = state.not_sent[wanted.order_ref].why
        return noted(state, NoFallback(symbol=wanted.symbol, why=why)), told
    state, commands = begun(state, fresh, now, replaces=dead)
    if state.sending is not None:
        told = (*told, Tell(news=_falling_back(state, fresh, dead)))
    return state, (*told, *commands)


def _falling_back(state: FollowState, ticket: OrderTicket, dead: OrderRef) -> FallingBack:
    waited = state.terms.execution.wait_before_fallback
    return FallingBack(
        account_id=ticket.account_id,
        symbol=ticket.symbol,
        quantity=ticket.quantity,
        waited_seconds=waited if state.followed[dead].falls_back else None,
    )


def _proof_asked(state: FollowState, ref: OrderRef, out: Followed) -> Step:
    """The proof again, from the broker's own lists: a fill may have crossed the cancel."""
    state = with_followed(state, ref, evolve(out, may_fall_back=False))
    return asked(evolve(state, replacing=ref), Purpose.PROOF)


def _with_death_dated(state: FollowState, order: OrderState, now: Instant) -> FollowState:
    ref = order.ticket.order_ref
    out = state.followed[ref]
    if out.dead_since is not None:
        return state
    return with_followed(state, ref, evolve(out, dead_since=now.seconds))


def _may_replace(state: FollowState, order: OrderState, out: Followed, now: Instant) -> bool:
    """The order itself waits to be replaced, so only others that are out can be in its way."""
    ticket = _replacement(state, order, out)
    return ticket is not None and may_send(
        state, ticket, now, is_anything_unsettled=_is_anything_out(state, now)
    )


def _replacement(state: FollowState, order: OrderState, out: Followed) -> OrderTicket | None:
    return replacement(order, state.terms.execution, cancelled_to_fall_back=out.falls_back)


def is_anything_unsettled(state: FollowState, now: Instant) -> bool:
    """Whether an order is worth waiting for: open and not given up, or about to be replaced."""
    if state.halted is not None and state.link_lost:
        return False
    return _is_anything_out(state, now) or any(awaits_fallback(state, s) for s in state.states)


def _is_anything_out(state: FollowState, now: Instant) -> bool:
    times = state.deadlines(now)
    return any(
        not times.is_given_up(order, state.followed[order.ticket.order_ref])
        for order in state.open_states
    )
