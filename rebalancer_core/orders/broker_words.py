"""What the broker says of an order itself: executions first, then its figures, then its words."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from attrs import evolve

from rebalancer_core.orders.events import Completed, Executed, OrderSeen, StatusReported
from rebalancer_core.orders.order_state import (
    TERMINAL,
    OrderState,
    Phase,
    contradicted,
    moved,
    noted,
)
from rebalancer_core.values.instruments import AccountId
from rebalancer_core.values.money import ZERO

# The broker's orderStatus words. PendingSubmit and ApiPending are said by the gateway before the
# broker answered: they prove nothing. "Filled" is believed for the shares it adds up to.
_PHASE_OF_STATUS: Mapping[str, Phase] = MappingProxyType(
    {
        "PreSubmitted": Phase.WORKING,
        "Submitted": Phase.WORKING,
        "PendingCancel": Phase.WORKING,
        "Filled": Phase.WORKING,
        "Cancelled": Phase.CANCELLED,
        "ApiCancelled": Phase.CANCELLED,
        "Inactive": Phase.HELD,
    }
)


def told(state: OrderState, event: OrderSeen | StatusReported | Executed | Completed) -> OrderState:
    """The state after the broker spoke of the order; what the shares add up to outweighs words."""
    return _summed(_heard(_received(state), event), before=state)


def execution_base(execution_id: str) -> str:
    """The part of an execution id that a correction repeats: all but the last `.NN`.

    >>> execution_base("00025b46.63f8f39c.01.02")
    '00025b46.63f8f39c.01'
    """
    return execution_id.rpartition(".")[0] or execution_id


def _is_revised(execution_id: str) -> bool:
    """Whether this is not the first word of an execution: IBKR counts revisions from `.01`."""
    return execution_id.rpartition(".")[2] not in {"01", "1"}


def _heard(
    state: OrderState, event: OrderSeen | StatusReported | Executed | Completed
) -> OrderState:
    match event:
        case Executed():
            return _echo_checked(_executed(state, event), event.account_id)
        case OrderSeen():
            seen = evolve(state, perm_id=event.perm_id or state.perm_id)
            return _echo_checked(_worded(seen, event.status), event.account_id)
        case StatusReported():
            return _worded(_reported(state, event), event.status)
        case Completed():
            return _echo_checked(_completed(state, event), event.account_id)


def _received(state: OrderState) -> OrderState:
    """An order that the broker speaks of did reach it, whatever was concluded before."""
    if state.phase is not Phase.NOT_RECEIVED:
        return state
    return noted(moved(state, Phase.UNKNOWN), f"the broker has it, but was {state.phase.words}")


def _executed(state: OrderState, event: Executed) -> OrderState:
    base = execution_base(event.execution_id)
    same = tuple(e for e in state.executions if execution_base(e.execution_id) == base)
    if any(e.execution_id >= event.execution_id for e in same):
        return state
    others = tuple(e for e in state.executions if e not in same)
    # A bust takes shares back also where nobody heard of the execution before it.
    is_busted = event.shares == ZERO
    corrected = f"execution {base} was corrected by the broker" if same or is_busted else ""
    grown = noted(evolve(state, executions=(*others, event)), corrected)
    if is_busted or grown.executed < state.executed:
        grown = evolve(grown, shares_taken_back=True)
    if not same and not is_busted and _is_revised(event.execution_id):
        grown = evolve(grown, unheard_corrected=True)
    if event.con_id != state.ticket.con_id or event.side is not state.ticket.side:
        return contradicted(grown, "an execution names another contract or side")
    if is_busted or grown.executed < state.executed:
        return contradicted(grown, "a correction took shares back")
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
    return _worded(done, "Cancelled" if event.status == "Inactive" else event.status)


def _worded(state: OrderState, status: str) -> OrderState:
    """The phase after a status word of the broker; a terminal phase does not move on a word."""
    state = _revived(state)
    target = _PHASE_OF_STATUS.get(status)
    if target is None or state.phase in TERMINAL:
        return state
    if status == "PreSubmitted" and state.phase is Phase.HELD:
        return state  # It repeats the word of an order that waits for the market to open.
    if target in {Phase.CANCELLED, Phase.HELD} and state.reject_code is not None:
        return moved(state, Phase.REJECTED if state.filled == ZERO else Phase.CANCELLED)
    return moved(state, target)


def _summed(state: OrderState, *, before: OrderState) -> OrderState:
    """What the shares add up to outweighs every word."""
    if state.unheard_corrected and state.executed < state.reported_filled and not state.conflict:
        # The status may be older than the correction, or executions be missing: nobody can tell.
        return contradicted(state, "a correction came of an execution that was never told")
    if state.filled > state.ticket.quantity:
        grown = state.filled > before.filled
        return contradicted(state, "more was executed than was ordered") if grown else state
    if state.filled == state.ticket.quantity:
        late = state.phase in TERMINAL - {Phase.FILLED}
        note = f"filled although it was {state.phase.words} before" if late else ""
        return noted(moved(state, Phase.FILLED), note)
    return _revived(state)


def _revived(state: OrderState) -> OrderState:
    """A rejected order has no shares: with some, what it is now is unknown."""
    if state.phase is Phase.REJECTED and state.filled > ZERO:
        return noted(moved(state, Phase.UNKNOWN), f"executed in part, but was {state.phase.words}")
    return state


def _echo_checked(state: OrderState, account_id: AccountId) -> OrderState:
    if account_id == state.ticket.account_id:
        return state
    return contradicted(state, f"the broker names account {account_id} for it")
