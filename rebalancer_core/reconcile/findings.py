"""Evidence to verdict: what became of an order that a crash or a lost link left open.

The broker keeps no idempotency key, so a verdict wants every answer complete, the connection
clean, and the same verdict twice. What fits no row of the table is a conflict, and only a human
resolves that: the account stays locked.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from attrs import frozen

from rebalancer_core.orders.events import (
    BrokerFact,
    Completed,
    LinkDown,
    LinkUp,
    OrderRef,
    OrderSeen,
    OwnAction,
    Resolution,
    Resolved,
    StatusReported,
)
from rebalancer_core.orders.order_state import TERMINAL, OrderContradiction, OrderState, Phase
from rebalancer_core.orders.state_machine import apply
from rebalancer_core.reconcile.journal_model import JournaledOrder
from rebalancer_core.values.money import ZERO
from rebalancer_core.values.plan import Side

_CANCELLED_WORDS = frozenset({"Cancelled", "ApiCancelled"})
_DEAD_WORDS = _CANCELLED_WORDS | {"Inactive"}


@frozen(kw_only=True)
class Evidence:
    """What the broker said of one account, every request answered to its end marker.

    `facts` are executions, open and completed orders; `positions` shares by contract id as pairs;
    `client_id` is the id of the session that asked; `trading_day` the day in the exchange's zone
    at `at` (UTC).
    """

    at: datetime
    trading_day: date
    facts: tuple[BrokerFact, ...]
    positions: tuple[tuple[int, Decimal], ...]
    client_id: int


@frozen(kw_only=True)
class StillWorking:
    """The broker has the order open: cancel it or wait for it."""

    order_ref: OrderRef


@frozen(kw_only=True)
class Silent:
    """Handed to the gateway, and no answer ever told of it: a dialog may hold it, any day.

    A dialog shows neither an open order nor an order id in use, so nothing that can be asked
    proves that such an order is gone. Only a person who has dealt with the dialog can say so.
    """

    order_ref: OrderRef


@frozen(kw_only=True)
class LooksDisagreed:
    """Two looks at the broker came to different findings."""


@frozen(kw_only=True)
class NoLongerListed:
    """The broker acknowledged the order once, and no list of its has it now."""


@frozen(kw_only=True)
class OtherClient:
    """The order was placed under another client id than that of the session that asked."""

    placed_by: int
    asked_by: int


Missing = LooksDisagreed | NoLongerListed | OtherClient


@frozen(kw_only=True)
class Undecided:
    """The evidence proves nothing yet; `why` says what is missing."""

    order_ref: OrderRef
    why: Missing


@frozen(kw_only=True)
class Contradicted:
    """What the broker said of the order contradicts itself or the ticket."""

    why: OrderContradiction


@frozen(kw_only=True)
class PositionDiffers:
    """The position moved by other shares than are proven filled."""

    filled: Decimal
    moved: Decimal


@frozen(kw_only=True)
class PositionUnexplained:
    """Only the position is left to ask, and it moved by neither all nor none of the shares."""

    moved: Decimal
    quantity: Decimal


Contradiction = Contradicted | PositionDiffers | PositionUnexplained


@frozen(kw_only=True)
class Conflict:
    """The evidence contradicts itself or the position: a human has to look."""

    order_ref: OrderRef
    why: Contradiction


Finding = Resolved | StillWorking | Silent | Undecided | Conflict


def finding(order: JournaledOrder, evidence: Evidence, *, placed_on: date) -> Finding:
    """What this evidence says of one open order that was placed on the trading day `placed_on`.

    The order's other legs and other orders of the contract must be settled, else the position
    proves nothing: the caller asks oldest first.
    """
    state = order.state
    for fact in evidence.facts:
        if not isinstance(fact, LinkDown | LinkUp):
            state = apply(state, fact)
    if state.conflict is not None:
        return Conflict(order_ref=order.order_ref, why=Contradicted(why=state.conflict))
    moved = _moved(order, evidence)
    if evidence.trading_day > placed_on and not _is_mentioned(order, evidence):
        return _inferred(order, state, moved, evidence)
    if moved != state.filled:
        return Conflict(
            order_ref=order.order_ref, why=PositionDiffers(filled=state.filled, moved=moved)
        )
    return _judged(order, state, evidence)


def agreed(first: Finding, second: Finding) -> Finding:
    """The second finding where it repeats the first, else Undecided: one answer is no proof."""
    if first == second or isinstance(second, Conflict):
        return second
    return Undecided(order_ref=second.order_ref, why=LooksDisagreed())


def _judged(order: JournaledOrder, state: OrderState, evidence: Evidence) -> Finding:
    quantity, ref = state.ticket.quantity, order.order_ref
    if state.filled == quantity:
        return _settled(ref, Resolution.FILLED, quantity, "the executions add up to the order")
    if _is_open(order, evidence):
        return StillWorking(order_ref=ref)
    if state.filled > ZERO:
        return _settled(
            ref, Resolution.CANCELLED, state.filled, "partly executed and no longer open"
        )
    if _completed_as(order, evidence, _CANCELLED_WORDS) and _is_cancelled_by_us(state):
        return _settled(ref, Resolution.CANCELLED, ZERO, "cancelled, as this program requested")
    if _completed_as(order, evidence, _DEAD_WORDS):
        return _settled(ref, Resolution.REJECTED, ZERO, "completed without an execution")
    if state.phase in TERMINAL:
        return _settled(ref, Resolution.CANCELLED, ZERO, "the broker had ended it")
    if state.has_sign_of_life:
        return Undecided(order_ref=ref, why=NoLongerListed())
    return _unsent(order, evidence) or Silent(order_ref=ref)


def _unsent(order: JournaledOrder, evidence: Evidence) -> Finding | None:
    """What the journal proves of an order that no byte was sent of; None where it was handed over.

    No gateway can prove this: its next order id is counted per client, and a held order uses none.
    """
    if not order.was_never_handed:
        return None
    placed_by = order.intent.client_id
    if evidence.client_id != placed_by:
        why = OtherClient(placed_by=placed_by, asked_by=evidence.client_id)
        return Undecided(order_ref=order.order_ref, why=why)
    reason = "the run ended before it was handed to the gateway"
    return _settled(order.order_ref, Resolution.NOT_RECEIVED, ZERO, reason)


def _inferred(
    order: JournaledOrder, state: OrderState, moved: Decimal, evidence: Evidence
) -> Finding:
    """The day is over: its executions are no longer listed, and the DAY orders that were working
    are dead. An order in a dialog was not working: answered today, it is an order of today."""
    if moved == state.ticket.quantity:
        return _settled(order.order_ref, Resolution.INFERRED_FILLED, moved, "the position has it")
    if moved == state.filled and not state.has_sign_of_life:
        return _unsent(order, evidence) or Silent(order_ref=order.order_ref)
    if moved == state.filled:
        reason = "position unchanged and the DAY order has expired"
        return _settled(order.order_ref, Resolution.INFERRED_DEAD, moved, reason)
    return Conflict(
        order_ref=order.order_ref,
        why=PositionUnexplained(moved=moved, quantity=state.ticket.quantity),
    )


def _moved(order: JournaledOrder, evidence: Evidence) -> Decimal:
    """Shares the position moved in the order's direction since it was planned."""
    now = dict(evidence.positions).get(order.intent.ticket.con_id, ZERO)
    change = now - order.intent.position_before
    return change if order.intent.ticket.side is Side.BUY else -change


def _is_mentioned(order: JournaledOrder, evidence: Evidence) -> bool:
    return any(
        fact.order_ref == order.order_ref
        for fact in evidence.facts
        if not isinstance(fact, LinkDown | LinkUp)
    )


def _is_open(order: JournaledOrder, evidence: Evidence) -> bool:
    return any(
        isinstance(fact, OrderSeen | StatusReported)
        and fact.order_ref == order.order_ref
        and fact.status not in _DEAD_WORDS | {"Filled"}
        for fact in evidence.facts
    )


def _is_cancelled_by_us(state: OrderState) -> bool:
    """Whether it ended without a rejection after this program requested its cancel."""
    return state.phase is Phase.CANCELLED and OwnAction.CANCEL_REQUESTED in state.notes


def _completed_as(order: JournaledOrder, evidence: Evidence, words: frozenset[str]) -> bool:
    return any(
        isinstance(fact, Completed) and fact.order_ref == order.order_ref and fact.status in words
        for fact in evidence.facts
    )


def _settled(ref: OrderRef, verdict: Resolution, filled: Decimal, reason: str) -> Resolved:
    return Resolved(order_ref=ref, verdict=verdict, filled=filled, reason=reason)
