"""What the broker tells of an order after its last word: executions count, silence proves nothing.

A correction, a bust or a late fill may have been told to nobody, because the link was gone or the
run was over. Status words are not taken in: they may be older than what a human has resolved. Only
of an order that was declared not received every word counts: there should be none.
"""

from __future__ import annotations

from decimal import Decimal

from attrs import frozen

from rebalancer_core.orders.events import (
    BrokerFact,
    Commissioned,
    Executed,
    LinkDown,
    LinkUp,
    OrderFact,
)
from rebalancer_core.orders.order_state import OrderContradiction, OrderState, Phase
from rebalancer_core.orders.record import OrderStatus, outcome
from rebalancer_core.orders.state_machine import apply
from rebalancer_core.reconcile.journal_model import JournaledOrder
from rebalancer_core.values.money import CENT, ZERO, rounded

_PRICE_STEP = Decimal("0.0001")


@frozen(kw_only=True)
class Figures:
    """What is told of an order: dollars a share to four places, commission in cents.

    A price is None where nothing was filled, a commission where it is not known.
    """

    status: OrderStatus
    filled: Decimal
    average_price: Decimal | None
    commission_usd: Decimal | None


@frozen(kw_only=True)
class OutcomeChanged:
    """What was told of an order, and what is so; `conflict` says what is wrong with it by now."""

    was: Figures
    is_now: Figures
    conflict: OrderContradiction | None


def late_news(order: JournaledOrder, facts: tuple[BrokerFact, ...]) -> tuple[OrderFact, ...]:
    """Those facts about a finished order among `facts` that add to its story.

    In their order; empty where all are known, or of other orders.
    """
    state = order.state
    was_received = state.phase is not Phase.NOT_RECEIVED
    news: list[OrderFact] = []
    for fact in facts:
        if isinstance(fact, LinkDown | LinkUp):
            continue
        if isinstance(fact, Executed | Commissioned) or not was_received:
            now = apply(state, fact)
            if now != state:
                news.append(fact)
            state = now
    return tuple(news)


def outcome_change(before: OrderState, now: OrderState) -> OutcomeChanged | None:
    """What was reported of the order and what is true of it; None where that is the same."""
    was, is_now = _figures(before), _figures(now)
    if was == is_now:
        return None
    conflict = now.conflict if now.conflict != before.conflict else None
    return OutcomeChanged(was=was, is_now=is_now, conflict=conflict)


def _figures(state: OrderState) -> Figures:
    found = outcome(state)
    price, commission = found.average_price, found.commission_usd
    if found.filled <= ZERO:
        price = None
    return Figures(
        status=found.status,
        filled=found.filled,
        average_price=None if price is None else rounded(price, _PRICE_STEP),
        commission_usd=None if commission is None else rounded(commission, CENT),
    )
