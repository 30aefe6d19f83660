"""What time asks for: cancel the overdue, ask about the unknown, cancel what nobody knows."""

from __future__ import annotations

from attrs import evolve

from rebalancer_core.follow.commands import Cancel, Command, Listen
from rebalancer_core.follow.events import Instant
from rebalancer_core.follow.followed import Followed
from rebalancer_core.follow.halting import halt_run
from rebalancer_core.follow.reasons import NotAcknowledged
from rebalancer_core.follow.state import (
    Asking,
    FollowState,
    Purpose,
    Step,
    Turn,
    recorded,
    with_followed,
)
from rebalancer_core.orders.events import OrderRef, OwnActed, OwnAction
from rebalancer_core.orders.order_state import OrderState, Phase


def asked(state: FollowState, purpose: Purpose) -> Step:
    """The broker's lists are asked for, after what was told meanwhile: a correction, say."""
    return evolve(state, asking=Asking(purpose=purpose)), (Listen(seconds=0),)


def overdue(state: FollowState, now: Instant) -> Step:
    """Doubt what is silent, and cancel what passed its time or what the user stops."""
    commands: tuple[Command, ...] = ()
    for order in state.open_states:
        state, more = _overdue(state, order, now)
        commands += more
    return evolve(state, turn=Turn.PROBE), commands


def probed(state: FollowState, now: Instant) -> Step:
    """Ask the broker about orders that are unknown, each twice at most."""
    state = evolve(state, turn=Turn.SILENT)
    times = state.deadlines(now)
    due = {
        ref: evolve(out, probed_at=(*out.probed_at, now.seconds))
        for ref, out in state.followed.items()
        if ref in state.orders and times.is_probe_due(state.orders[ref], out)
    }
    if not due or state.link_lost:
        return state, ()
    return asked(evolve(state, followed={**state.followed, **due}), Purpose.PROBE)


def silent(state: FollowState, now: Instant) -> Step:
    """Cancel what the broker's lists do not show at work either; silence halts the run."""
    commands: tuple[Command, ...] = ()
    for order in state.open_states:
        out = state.followed[order.ticket.order_ref]
        is_doubtful = out.is_silent or not order.has_sign_of_life
        is_lost = order.phase is Phase.UNKNOWN and is_doubtful
        if not is_lost or not out.probed_at or out.cancelled_at is not None:
            continue
        if out.is_silent:
            state, told = halt_run(state, _silence(state, order))
            commands += told
        state, more = _cancelled(state, order.ticket.order_ref, out, now)
        commands += more
    return evolve(state, turn=Turn.FALL_BACK), commands


def _overdue(state: FollowState, order: OrderState, now: Instant) -> Step:
    times, ref = state.deadlines(now), order.ticket.order_ref
    out = state.followed[ref]
    commands: tuple[Command, ...] = ()
    if times.is_silent(order, out):
        out = evolve(out, is_silent=True)
        state, commands = recorded(with_followed(state, ref, out), _act(ref, OwnAction.ACK_OVERDUE))
    if times.is_cancel_unanswered(out):
        state, more = recorded(state, _act(ref, OwnAction.DEADLINE_PASSED))
        return state, (*commands, *more)
    if out.cancelled_at is not None:
        return state, commands
    falls_back = times.rests_too_long(order, out) and not state.around.stop_requested
    if not (state.around.stop_requested or falls_back or times.is_overdue(order, out)):
        return state, commands
    state, more = _cancelled(state, ref, evolve(out, falls_back=falls_back), now)
    return state, (*commands, *more)


def _cancelled(state: FollowState, ref: OrderRef, out: Followed, now: Instant) -> Step:
    state = with_followed(state, ref, evolve(out, cancelled_at=now.seconds))
    state, commands = recorded(state, _act(ref, OwnAction.CANCEL_REQUESTED))
    return state, (*commands, Cancel(order_ref=ref))


def _act(ref: OrderRef, act: OwnAction) -> OwnActed:
    return OwnActed(order_ref=ref, act=act)


def _silence(state: FollowState, order: OrderState) -> NotAcknowledged:
    return NotAcknowledged(
        account_id=order.ticket.account_id,
        symbol=order.ticket.symbol,
        within_seconds=state.terms.safety.ack_timeout_sec,
    )
