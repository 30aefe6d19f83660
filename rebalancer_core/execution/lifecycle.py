"""What became of an order: a fold of (state, event) over broker facts, executions first.

A phase is terminal only on the broker's word; the one way out of a terminal phase is a late fill.
Silence, a dropped link and unlisted codes lead to UNKNOWN, and only broker facts lead out of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import reduce
from types import MappingProxyType

from attrs import evolve

from rebalancer_core.execution.broker_codes import CodePolicy, code_policy
from rebalancer_core.execution.facts import (
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
    Verdict,
)
from rebalancer_core.execution.order_state import TERMINAL, OrderState, Phase
from rebalancer_core.values.instruments import AccountId
from rebalancer_core.values.money import ZERO
from rebalancer_core.values.policy import AlgoPreference

# The broker's orderStatus words. PendingSubmit and ApiPending are said by the gateway before the
# broker answered: they prove nothing.
_PHASE_OF_STATUS: Mapping[str, Phase] = MappingProxyType(
    {
        "PreSubmitted": Phase.WORKING,
        "Submitted": Phase.WORKING,
        "PendingCancel": Phase.WORKING,
        "Filled": Phase.FILLED,
        "Cancelled": Phase.CANCELLED,
        "ApiCancelled": Phase.CANCELLED,
        "Inactive": Phase.HELD,
    }
)


_PHASE_OF_VERDICT: Mapping[Verdict, Phase] = MappingProxyType(
    {
        Verdict.FILLED: Phase.FILLED,
        Verdict.INFERRED_FILLED: Phase.FILLED,
        Verdict.CANCELLED: Phase.CANCELLED,
        Verdict.INFERRED_DEAD: Phase.CANCELLED,
        Verdict.REJECTED: Phase.REJECTED,
        Verdict.NOT_RECEIVED: Phase.NOT_RECEIVED,
    }
)


def replayed(state: OrderState, events: tuple[OrderEvent, ...]) -> OrderState:
    """The state after all `events`, in their order."""
    return reduce(after, events, state)


def after(state: OrderState, event: OrderEvent) -> OrderState:
    """The state after one event. Events of other orders change nothing; repeats are harmless."""
    if event.order_ref != state.ticket.order_ref:
        return state
    match event:
        case OrderSeen() | StatusReported() | Executed() | Completed():
            return _summed(_told(state, event), before=state)
        case Commissioned():
            others = tuple(c for c in state.commissions if c.execution_id != event.execution_id)
            return evolve(state, commissions=(*others, event))
        case ErrorReported():
            return _errored(state, event)
        case OwnAct():
            return _acted(state, event.act)
        case Settled():
            return _judged(state, event)


def execution_base(execution_id: str) -> str:
    """The part of an execution id that a correction repeats: all but the last `.NN`.

    >>> execution_base("00025b46.63f8f39c.01.02")
    '00025b46.63f8f39c.01'
    """
    return execution_id.rpartition(".")[0] or execution_id


def _told(
    state: OrderState, event: OrderSeen | StatusReported | Executed | Completed
) -> OrderState:
    match event:
        case Executed():
            return _echo_checked(_executed(state, event), event.account_id)
        case OrderSeen():
            seen = evolve(state, perm_id=event.perm_id or state.perm_id)
            return _echo_checked(_moved(seen, event.status), event.account_id)
        case StatusReported():
            return _moved(_reported(state, event), event.status)
        case Completed():
            return _echo_checked(_completed(state, event), event.account_id)


def _executed(state: OrderState, event: Executed) -> OrderState:
    base = execution_base(event.execution_id)
    same = tuple(e for e in state.executions if execution_base(e.execution_id) == base)
    if any(e.execution_id >= event.execution_id for e in same):
        return state
    others = tuple(e for e in state.executions if e not in same)
    corrected = f"execution {base} was corrected by the broker" if same else ""
    grown = _noted(evolve(state, executions=(*others, event)), corrected)
    if event.con_id != state.ticket.con_id or event.side is not state.ticket.side:
        return _conflicting(grown, "an execution names another contract or side")
    if grown.executed < state.executed:
        return _conflicting(grown, "a correction took shares back")
    return grown


def _reported(state: OrderState, event: StatusReported) -> OrderState:
    ahead = event.filled >= state.reported_filled
    return evolve(
        state,
        perm_id=event.perm_id or state.perm_id,
        reported_filled=max(state.reported_filled, event.filled),
        reported_price=event.average_price
        if ahead and event.average_price is not None
        else state.reported_price,
    )


def _completed(state: OrderState, event: Completed) -> OrderState:
    """Inactive may still revive while the order is open; among the completed ones it is dead."""
    done = evolve(
        state,
        perm_id=event.perm_id or state.perm_id,
        reported_filled=max(state.reported_filled, event.filled),
    )
    return _moved(done, "Cancelled" if event.status == "Inactive" else event.status)


def _moved(state: OrderState, status: str) -> OrderState:
    """The phase after a status word of the broker; a terminal phase does not move on a word."""
    state = _revived(state)
    target = _PHASE_OF_STATUS.get(status)
    if target is None or state.phase in TERMINAL:
        return state
    if status == "PreSubmitted" and state.phase is Phase.HELD:
        return state  # It repeats the word of an order that waits for the market to open.
    if target is Phase.FILLED:
        # "Filled" is believed for what it adds up to: `_summed` makes it FILLED.
        return state if state.filled >= state.ticket.quantity else _to(state, Phase.WORKING)
    if target in {Phase.CANCELLED, Phase.HELD} and state.reject_code is not None:
        return _to(state, Phase.REJECTED if state.filled == ZERO else Phase.CANCELLED)
    return _to(state, target)


def _summed(state: OrderState, *, before: OrderState) -> OrderState:
    """What the shares add up to outweighs every word."""
    if state.filled > state.ticket.quantity:
        grown = state.filled > before.filled
        return _conflicting(state, "more was executed than was ordered") if grown else state
    if state.filled == state.ticket.quantity:
        late = state.phase in TERMINAL - {Phase.FILLED}
        note = f"filled although it was {state.phase.words} before" if late else ""
        return _noted(_to(state, Phase.FILLED), note)
    return _revived(state)


def _revived(state: OrderState) -> OrderState:
    """An order that never lived has no shares: with some, what it is now is unknown."""
    if state.phase in {Phase.REJECTED, Phase.NOT_RECEIVED} and state.filled > ZERO:
        return _noted(_to(state, Phase.UNKNOWN), f"executed in part, but was {state.phase.words}")
    return state


def _errored(state: OrderState, event: ErrorReported) -> OrderState:
    told = _noted(state, f"{event.code}: {event.text}")
    policy = code_policy(event.code)
    if state.phase in TERMINAL:
        return told
    match policy:
        case CodePolicy.HELD:
            return _to(told, Phase.HELD)
        case CodePolicy.HELD_AT_MARKET:
            resting = state.ticket.style.algo is AlgoPreference.MIDPRICE
            return told if resting else _to(told, Phase.HELD)
        case CodePolicy.CANCELLED:
            return _to(told, Phase.CANCELLED)
        case CodePolicy.REJECT:
            refused = evolve(told, reject_code=event.code, error=f"{event.code}: {event.text}")
            unanswered = state.phase in {Phase.INTENT, Phase.HANDED} and state.filled == ZERO
            return _to(refused, Phase.REJECTED if unanswered else Phase.UNKNOWN)
        case CodePolicy.UNLISTED | CodePolicy.DUPLICATE | CodePolicy.LINK | CodePolicy.PACING:
            return _to(evolve(told, error=f"{event.code}: {event.text}"), Phase.UNKNOWN)
        case _:
            return told


def _acted(state: OrderState, act: Own) -> OrderState:
    match act:
        case Own.HANDED:
            return _to(state, Phase.HANDED) if state.phase is Phase.INTENT else state
        case Own.CANCEL_REQUESTED:
            return _noted(state, "cancel requested")
        case Own.ACK_OVERDUE | Own.DEADLINE_PASSED | Own.LINK_LOST:
            return (
                state if state.phase in TERMINAL else _noted(_to(state, Phase.UNKNOWN), act.words)
            )
        case Own.ABSENT:
            proven = state.reject_code is not None and state.filled == ZERO
            if state.phase is Phase.UNKNOWN and proven:
                return _to(state, Phase.REJECTED)
            return (
                state if state.phase in TERMINAL else _noted(_to(state, Phase.UNKNOWN), act.words)
            )


def _judged(state: OrderState, event: Settled) -> OrderState:
    """A verdict closes what was open, if its figure fits; facts may still add a fill.

    It takes no fill back; only a human may overrule the broker's summary, never its executions.
    """
    known = state.executed if event.by_human else state.filled
    if state.phase in TERMINAL or event.filled < known or not _fits(event, state.ticket.quantity):
        return state
    closed = evolve(
        state,
        reported_filled=event.filled,
        conflict="" if event.by_human else state.conflict,
    )
    why = f"{event.verdict.words}: {event.reason}"
    return _noted(_to(closed, _PHASE_OF_VERDICT[event.verdict]), why)


def _fits(event: Settled, quantity: Decimal) -> bool:
    """Whether the verdict can be true of its own figure; a human may have seen too many shares."""
    match _PHASE_OF_VERDICT[event.verdict]:
        case Phase.FILLED:
            return event.filled == quantity or (event.by_human and event.filled > quantity)
        case Phase.CANCELLED:
            return event.filled < quantity
        case _:
            return event.filled == ZERO


def _echo_checked(state: OrderState, account_id: AccountId) -> OrderState:
    if account_id == state.ticket.account_id:
        return state
    return _conflicting(state, f"the broker names account {account_id} for it")


def _conflicting(state: OrderState, why: str) -> OrderState:
    return evolve(_noted(state, why), conflict=state.conflict or why, phase=Phase.UNKNOWN)


def _to(state: OrderState, phase: Phase) -> OrderState:
    return evolve(state, phase=Phase.UNKNOWN if state.conflict else phase)


def _noted(state: OrderState, note: str) -> OrderState:
    if not note or note in state.notes:
        return state
    return evolve(state, notes=(*state.notes, note))
