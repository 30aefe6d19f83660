"""What each event adds to the facts about an order; which phase follows, `state_machine` says."""

from __future__ import annotations

from attrs import evolve

from rebalancer_core.orders.broker_codes import CodePolicy, code_policy
from rebalancer_core.orders.events import (
    Commissioned,
    Completed,
    ErrorReported,
    Executed,
    OrderSeen,
    Resolved,
    StatusReported,
)
from rebalancer_core.orders.order_state import (
    TERMINAL,
    BrokerNotice,
    ExecutionCorrected,
    OrderContradiction,
    OrderState,
    OtherAccount,
    OtherTrade,
    Overfilled,
    SharesTakenBack,
    UnheardCorrected,
    noted,
)
from rebalancer_core.values.money import ZERO

# These codes are kept as the error of an order that is not over.
_ERRORS = frozenset(
    {
        CodePolicy.REJECT,
        CodePolicy.UNLISTED,
        CodePolicy.DUPLICATE,
        CodePolicy.LINK,
        CodePolicy.PACING,
    }
)


def with_broker_word(
    state: OrderState, event: OrderSeen | StatusReported | Executed | Completed
) -> OrderState:
    """The figures of a broker's message: executions, its own count of shares, its permanent id."""
    match event:
        case Executed():
            return _with_execution(state, event)
        case OrderSeen(perm_id=perm_id):
            return _with_perm_id(state, perm_id)
        case StatusReported():
            return _with_status(_with_perm_id(state, event.perm_id), event)
        case Completed(perm_id=perm_id, filled=filled):
            known = _with_perm_id(state, perm_id)
            ahead = filled > known.reported_filled
            return evolve(known, reported_filled=filled) if ahead else known


def with_echo_checked(
    state: OrderState, event: OrderSeen | StatusReported | Executed | Completed
) -> OrderState:
    """Contradicted where the broker names another account than the ticket's."""
    if isinstance(event, StatusReported) or event.account_id == state.ticket.account_id:
        return state
    return _contradicted(state, OtherAccount(account_id=event.account_id))


def with_sum_checked(state: OrderState, *, before: OrderState) -> OrderState:
    """Contradicted where the shares add up to what cannot be."""
    is_behind = state.unheard_corrected and state.executed < state.reported_filled
    if is_behind and state.conflict is None:
        # The status may be older than the correction, or executions be missing: nobody can tell.
        return _contradicted(state, UnheardCorrected())
    if state.filled > state.ticket.quantity and state.filled > before.filled:
        return _contradicted(state, Overfilled())
    return state


def with_commission(state: OrderState, event: Commissioned) -> OrderState:
    """The latest report of each execution counts."""
    if event in state.commissions:
        return state
    others = tuple(c for c in state.commissions if c.execution_id != event.execution_id)
    return evolve(state, commissions=(*others, event))


def with_error(state: OrderState, event: ErrorReported) -> OrderState:
    """Every code is noted; one that speaks against an order that is not over is its error."""
    notice = BrokerNotice(code=event.code, text=event.text)
    known = noted(state, notice)
    policy = code_policy(event.code)
    if state.phase in TERMINAL or policy not in _ERRORS:
        return known
    is_refused = policy is CodePolicy.REJECT
    return evolve(known, error=notice, reject_code=event.code if is_refused else known.reject_code)


def with_resolution(state: OrderState, event: Resolved) -> OrderState:
    """The figures after a resolution that is believed; a human's word ends a contradiction."""
    return evolve(
        state,
        reported_filled=event.filled,
        conflict=None if event.by_human else state.conflict,
        shares_taken_back=state.shares_taken_back and not event.by_human,
        unheard_corrected=state.unheard_corrected and not event.by_human,
    )


def execution_base(execution_id: str) -> str:
    """The part of an execution id that a correction repeats: all but the last `.NN`.

    >>> execution_base("00025b46.63f8f39c.01.02")
    '00025b46.63f8f39c.01'
    """
    return execution_id.rpartition(".")[0] or execution_id


def _is_revised(execution_id: str) -> bool:
    """Whether this is not the first word of an execution: IBKR counts revisions from `.01`."""
    return execution_id.rpartition(".")[2] not in {"01", "1"}


def _with_execution(state: OrderState, event: Executed) -> OrderState:
    base = execution_base(event.execution_id)
    same = tuple(e for e in state.executions if execution_base(e.execution_id) == base)
    if any(e.execution_id >= event.execution_id for e in same):
        return state
    others = tuple(e for e in state.executions if e not in same)
    # A bust takes shares back also where nobody heard of the execution before it.
    is_busted = event.shares == ZERO
    grown = evolve(state, executions=(*others, event))
    if same or is_busted:
        grown = noted(grown, ExecutionCorrected(execution=base))
    if is_busted or grown.executed < state.executed:
        grown = evolve(grown, shares_taken_back=True)
    if not same and not is_busted and _is_revised(event.execution_id):
        grown = evolve(grown, unheard_corrected=True)
    if event.con_id != state.ticket.con_id or event.side is not state.ticket.side:
        return _contradicted(grown, OtherTrade())
    if is_busted or grown.executed < state.executed:
        return _contradicted(grown, SharesTakenBack())
    return grown


def _with_perm_id(state: OrderState, perm_id: int) -> OrderState:
    return evolve(state, perm_id=perm_id) if perm_id not in {0, state.perm_id} else state


def _with_status(state: OrderState, event: StatusReported) -> OrderState:
    """A figure that is behind another one is an old message."""
    if event.filled < state.reported_filled:
        return state
    price = event.average_price if event.average_price is not None else state.reported_price
    if (event.filled, price) == (state.reported_filled, state.reported_price):
        return state
    return evolve(state, reported_filled=event.filled, reported_price=price)


def _contradicted(state: OrderState, why: OrderContradiction) -> OrderState:
    """The broker's facts contradict the ticket; the first reason stands."""
    return evolve(noted(state, why), conflict=state.conflict or why)
