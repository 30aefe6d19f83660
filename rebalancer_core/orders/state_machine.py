"""The one state machine of an order: every transition is a row of `TABLE`, tried from the top.

A phase is terminal only on the broker's word, or on a resolution; the one way out of a terminal
phase is a late fill or a contradiction. Silence, a dropped link and unlisted codes lead to UNKNOWN.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from types import MappingProxyType

from attrs import evolve

from rebalancer_core.orders.broker_codes import CodePolicy, code_policy
from rebalancer_core.orders.events import (
    Commissioned,
    Completed,
    ErrorReported,
    Executed,
    OrderEvent,
    OrderSeen,
    OwnActed,
    OwnAction,
    Resolution,
    Resolved,
    StatusReported,
)
from rebalancer_core.orders.order_facts import (
    with_broker_word,
    with_commission,
    with_echo_checked,
    with_error,
    with_resolution,
    with_sum_checked,
)
from rebalancer_core.orders.order_state import (
    TERMINAL,
    AfterAll,
    EndOverruled,
    OrderState,
    Phase,
    ResolvedAs,
    noted,
)
from rebalancer_core.orders.transitions import ROWS_OF, Signal, holds
from rebalancer_core.values.money import ZERO

# The broker's orderStatus words. PendingSubmit and ApiPending are said by the gateway before the
# broker answered: they prove nothing, and neither does a word that is not here. "Filled" is
# believed for the shares it adds up to.
_SIGNAL_OF_STATUS: Mapping[str, Signal] = MappingProxyType(
    {
        "PreSubmitted": Signal.QUEUED,
        "Submitted": Signal.WORKS,
        "PendingCancel": Signal.WORKS,
        "Filled": Signal.WORKS,
        "Cancelled": Signal.ENDED,
        "ApiCancelled": Signal.ENDED,
        "Inactive": Signal.INACTIVE,
    }
)
# Inactive may still revive while the order is open; among the completed ones it is dead.
_SIGNAL_OF_COMPLETED: Mapping[str, Signal] = MappingProxyType(
    {**_SIGNAL_OF_STATUS, "Inactive": Signal.ENDED}
)
_SIGNAL_OF_CODE: Mapping[CodePolicy, Signal] = MappingProxyType(
    {
        CodePolicy.HELD: Signal.HELD_BY_CODE,
        CodePolicy.HELD_AT_MARKET: Signal.HELD_AT_MARKET,
        CodePolicy.CANCELLED: Signal.CANCELLED_BY_CODE,
        CodePolicy.REJECT: Signal.REFUSED,
        CodePolicy.UNLISTED: Signal.DOUBTED,
        CodePolicy.DUPLICATE: Signal.DOUBTED,
        CodePolicy.LINK: Signal.DOUBTED,
        CodePolicy.PACING: Signal.DOUBTED,
    }
)
_SIGNAL_OF_ACT: Mapping[OwnAction, Signal] = MappingProxyType(
    {
        OwnAction.HANDED: Signal.HANDED,
        OwnAction.CANCEL_REQUESTED: Signal.CANCEL_REQUESTED,
        OwnAction.ACK_OVERDUE: Signal.ACK_OVERDUE,
        OwnAction.DEADLINE_PASSED: Signal.DEADLINE_PASSED,
        OwnAction.LINK_LOST: Signal.LINK_LOST,
        OwnAction.ABSENT: Signal.ABSENT,
    }
)
_SIGNAL_OF_VERDICT: Mapping[Resolution, Signal] = MappingProxyType(
    {
        Resolution.FILLED: Signal.RESOLVED_FILLED,
        Resolution.INFERRED_FILLED: Signal.RESOLVED_FILLED,
        Resolution.CANCELLED: Signal.RESOLVED_CANCELLED,
        Resolution.INFERRED_DEAD: Signal.RESOLVED_CANCELLED,
        Resolution.REJECTED: Signal.RESOLVED_REJECTED,
        Resolution.NOT_RECEIVED: Signal.RESOLVED_NOT_RECEIVED,
        Resolution.DECLINED: Signal.RESOLVED_NOT_RECEIVED,
    }
)


def replay(state: OrderState, events: tuple[OrderEvent, ...]) -> OrderState:
    """The state after all `events`, in their order."""
    return reduce(apply, events, state)


def apply(state: OrderState, event: OrderEvent) -> OrderState:
    """The state after one event. Events of other orders change nothing; repeats are harmless."""
    if event.order_ref != state.ticket.order_ref:
        return state
    match event:
        case OrderSeen() | StatusReported() | Executed() | Completed():
            return _after_broker_word(state, event)
        case Commissioned():
            return with_commission(state, event)
        case ErrorReported():
            signal = _SIGNAL_OF_CODE.get(code_policy(event.code))
            return _moved(with_error(state, event), signal)
        case OwnActed(act=act):
            return _moved(state, _SIGNAL_OF_ACT[act])
        case Resolved():
            return _after_resolution(state, event)


def _moved(state: OrderState, signal: Signal | None) -> OrderState:
    """The state after the first row that fits; a contradicted order stays unknown."""
    if signal is None:
        return state
    for row in ROWS_OF[signal, state.phase]:
        if holds(row.guard, state):
            return _arrived(
                state, row.target if state.conflict is None else Phase.UNKNOWN, row.note
            )
    return state


def _arrived(state: OrderState, phase: Phase, note: AfterAll | OwnAction | None) -> OrderState:
    if isinstance(note, AfterAll):
        noting = noted(state, EndOverruled(by=note, was=state.phase))
    else:
        noting = state if note is None else noted(state, note)
    return noting if phase is state.phase else evolve(noting, phase=phase)


def _after_broker_word(
    state: OrderState, event: OrderSeen | StatusReported | Executed | Completed
) -> OrderState:
    """An order that the broker speaks of did reach it; shares then outweigh every word."""
    heard = with_broker_word(_moved(state, Signal.HEARD_OF), event)
    worded = _moved(heard, None if heard.conflict is None else Signal.CONTRADICTED)
    if not isinstance(event, Executed):
        word = (_SIGNAL_OF_COMPLETED if isinstance(event, Completed) else _SIGNAL_OF_STATUS).get(
            event.status
        )
        worded = _moved(_moved(worded, _some_shares(worded)), word)
    checked = with_sum_checked(with_echo_checked(worded, event), before=state)
    if checked.conflict is not None:
        checked = _moved(checked, Signal.CONTRADICTED)
    return _moved(checked, _sum(checked))


def _sum(state: OrderState) -> Signal | None:
    if state.filled == state.ticket.quantity:
        return Signal.ALL_SHARES
    return None if state.filled > state.ticket.quantity else _some_shares(state)


def _some_shares(state: OrderState) -> Signal | None:
    return Signal.SOME_SHARES if state.filled > ZERO else None


def _after_resolution(state: OrderState, event: Resolved) -> OrderState:
    """A resolution closes what was open, if its figure fits; facts may still add a fill.

    It takes no fill back; only a human may overrule the broker's summary, never its executions.
    """
    known = state.executed if event.by_human else state.filled
    signal = _SIGNAL_OF_VERDICT[event.verdict]
    if state.phase in TERMINAL or event.filled < known or not _fits(event, signal, state):
        return state
    why = ResolvedAs(verdict=event.verdict, reason=event.reason)
    return noted(_moved(with_resolution(state, event), signal), why)


def _fits(event: Resolved, signal: Signal, state: OrderState) -> bool:
    """Whether it can be true of its own figure; a human may have seen too many shares."""
    quantity = state.ticket.quantity
    if signal is Signal.RESOLVED_FILLED:
        return event.filled == quantity or (event.by_human and event.filled > quantity)
    if signal is Signal.RESOLVED_CANCELLED:
        return event.filled < quantity
    return event.filled == ZERO
