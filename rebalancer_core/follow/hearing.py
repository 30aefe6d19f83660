"""Takes in what the broker says: every change is believed and written down, nothing is decided."""

from __future__ import annotations

from attrs import evolve

from rebalancer_core.follow.commands import Command
from rebalancer_core.follow.connection import heard_of_watched, learned
from rebalancer_core.follow.reasons import SocketLost
from rebalancer_core.follow.state import (
    Asking,
    FollowState,
    Purpose,
    Reading,
    Stage,
    Step,
    noted,
    recorded,
)
from rebalancer_core.orders.events import (
    BrokerFact,
    LinkDown,
    LinkUp,
    OrderFact,
    OwnActed,
    OwnAction,
)
from rebalancer_core.orders.order_state import Phase
from rebalancer_core.values.faults import BrokerFault


def heard(state: FollowState, facts: tuple[BrokerFact, ...]) -> Step:
    """The state after what came in while it was listened."""
    state, commands = _heard_all(state, facts)
    return evolve(state, connection=learned(state.connection, state.states)), commands


def with_evidence(state: FollowState, asking: Asking, facts: tuple[BrokerFact, ...]) -> Step:
    """The state after the broker's lists: an unknown order that they do not name is absent."""
    state, commands = _heard_all(state, facts)
    mentioned = {fact.order_ref for fact in facts if not isinstance(fact, LinkDown | LinkUp)}
    for order in state.states:
        ref = order.ticket.order_ref
        if ref not in mentioned and order.phase is Phase.UNKNOWN:
            absent = OwnActed(order_ref=ref, act=OwnAction.ABSENT)
            state, more = recorded(state, absent)
            commands += more
    return _asked(state, asking), commands


def without_evidence(
    state: FollowState, asking: Asking, fault: BrokerFault | None = None
) -> FollowState:
    """The state where the broker could not be asked, or did not answer completely."""
    asked = _asked(state if fault is None else noted(state, fault), asking)
    # Without the proof an order is replaced by nothing.
    return evolve(asked, replacing=None) if asking.purpose is Purpose.PROOF else asked


def _asked(state: FollowState, asking: Asking) -> FollowState:
    state = evolve(state, asking=None)
    if asking.purpose is Purpose.PROCEEDS:
        return evolve(state, fit=evolve(state.fit, has_asked=True))
    if asking.purpose is Purpose.LAST:
        # Commissions that were waited for already are waited for no longer.
        since = state.since if state.stage is Stage.COMMISSIONS else None
        return evolve(state, stage=Stage.COMMISSIONS, since=since, has_last_evidence=True)
    return state


def _heard_all(state: FollowState, facts: tuple[BrokerFact, ...]) -> Step:
    commands: tuple[Command, ...] = ()
    for fact in facts:
        state, more = _heard_one(state, fact)
        commands += more
    return state, commands


def _heard_one(state: FollowState, fact: BrokerFact) -> Step:
    match fact:
        case LinkDown():
            return _cut_off(state, fact)
        case LinkUp():
            return evolve(state, link_lost=False, ask_again=True), ()
        case _:
            return _told(state, fact)


def _cut_off(state: FollowState, fact: LinkDown) -> Step:
    """Nobody knows what becomes of the orders that are out."""
    why = SocketLost(detail=fact.detail) if fact.closed else state.halted
    state = evolve(state, link_lost=True, halted=why)
    commands: tuple[Command, ...] = ()
    for order in state.open_states:
        lost = OwnActed(order_ref=order.ticket.order_ref, act=OwnAction.LINK_LOST)
        state, more = recorded(state, lost)
        commands += more
    return state, commands


def _told(state: FollowState, fact: OrderFact) -> Step:
    state, commands = recorded(state, fact)
    connection, more = heard_of_watched(state.connection, fact)
    if connection is not state.connection:
        state = evolve(state, connection=connection)
    return state, (*commands, *more)


def reading_at(state: FollowState, reading: Reading) -> FollowState:
    """The state with the fitting's reading so far."""
    return evolve(state, fit=evolve(state.fit, reading=reading))
