"""What became of an order: a fold of (state, event) over broker facts, executions first.

A phase is terminal only on the broker's word; the one way out of a terminal phase is a late fill.
Silence, a dropped link and unlisted codes lead to UNKNOWN, and only broker facts lead out of it.
"""

from __future__ import annotations

from functools import reduce

from attrs import evolve

from rebalancer_core.orders.broker_codes import CodePolicy, code_policy
from rebalancer_core.orders.broker_words import told
from rebalancer_core.orders.events import (
    Commissioned,
    Completed,
    ErrorReported,
    Executed,
    OrderEvent,
    OrderSeen,
    Own,
    OwnAct,
    Settled,
    StatusReported,
)
from rebalancer_core.orders.order_state import TERMINAL, OrderState, Phase, moved, noted
from rebalancer_core.orders.verdicts import judged
from rebalancer_core.values.money import ZERO
from rebalancer_core.values.policy import AlgoPreference


def replayed(state: OrderState, events: tuple[OrderEvent, ...]) -> OrderState:
    """The state after all `events`, in their order."""
    return reduce(after, events, state)


def after(state: OrderState, event: OrderEvent) -> OrderState:
    """The state after one event. Events of other orders change nothing; repeats are harmless."""
    if event.order_ref != state.ticket.order_ref:
        return state
    match event:
        case OrderSeen() | StatusReported() | Executed() | Completed():
            return told(state, event)
        case Commissioned():
            if event in state.commissions:
                return state
            others = tuple(c for c in state.commissions if c.execution_id != event.execution_id)
            return evolve(state, commissions=(*others, event))
        case ErrorReported():
            return _errored(state, event)
        case OwnAct():
            return _acted(state, event.act)
        case Settled():
            return judged(state, event)


def _errored(state: OrderState, event: ErrorReported) -> OrderState:
    known = noted(state, f"{event.code}: {event.text}")
    policy = code_policy(event.code)
    if state.phase in TERMINAL:
        return known
    match policy:
        case CodePolicy.HELD:
            return moved(known, Phase.HELD)
        case CodePolicy.HELD_AT_MARKET:
            resting = state.ticket.style.algo is AlgoPreference.MIDPRICE
            return known if resting else moved(known, Phase.HELD)
        case CodePolicy.CANCELLED:
            return moved(known, Phase.CANCELLED)
        case CodePolicy.REJECT:
            refused = evolve(known, reject_code=event.code, error=f"{event.code}: {event.text}")
            unanswered = state.phase in {Phase.INTENT, Phase.HANDED} and state.filled == ZERO
            return moved(refused, Phase.REJECTED if unanswered else Phase.UNKNOWN)
        case CodePolicy.UNLISTED | CodePolicy.DUPLICATE | CodePolicy.LINK | CodePolicy.PACING:
            return moved(evolve(known, error=f"{event.code}: {event.text}"), Phase.UNKNOWN)
        case _:
            return known


def _acted(state: OrderState, act: Own) -> OrderState:
    match act:
        case Own.HANDED:
            return moved(state, Phase.HANDED) if state.phase is Phase.INTENT else state
        case Own.CANCEL_REQUESTED:
            return noted(state, "cancel requested")
        case Own.ACK_OVERDUE | Own.DEADLINE_PASSED | Own.LINK_LOST:
            return (
                state if state.phase in TERMINAL else noted(moved(state, Phase.UNKNOWN), act.words)
            )
        case Own.ABSENT:
            proven = state.reject_code is not None and state.filled == ZERO
            if state.phase is Phase.UNKNOWN and proven:
                return moved(state, Phase.REJECTED)
            return (
                state if state.phase in TERMINAL else noted(moved(state, Phase.UNKNOWN), act.words)
            )
