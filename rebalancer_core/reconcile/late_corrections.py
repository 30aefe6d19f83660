"""What the broker tells of an order after its last word: executions count, silence proves nothing.

A correction, a bust or a late fill may have been told to nobody, because the link was gone or the
run was over. Status words are not taken in: they may be older than what a human has resolved. Only
of an order that was declared not received every word counts: there should be none.
"""

from __future__ import annotations

from rebalancer_core.orders.events import (
    BrokerFact,
    Commissioned,
    Executed,
    LinkDown,
    LinkUp,
    OrderFact,
)
from rebalancer_core.orders.order_state import OrderState, Phase
from rebalancer_core.orders.record import OrderOutcome, outcome
from rebalancer_core.orders.state_machine import apply
from rebalancer_core.reconcile.journal_model import JournaledOrder
from rebalancer_core.values.money import ZERO, plain, usd

_PRICE_PLACES = 4
_COMMISSION_PLACES = 2


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


def told_change(before: OrderState, now: OrderState) -> str:
    """What was reported of the order and what is true of it; empty where that is the same."""
    was, is_now = _words(outcome(before)), _words(outcome(now))
    if was == is_now:
        return ""
    why = f": {now.conflict}" if now.conflict != before.conflict else ""
    return f"was {was}; is {is_now}{why}"


def _words(told: OrderOutcome) -> str:
    words = f"{told.status.value}, {plain(told.filled)} shares"
    if told.average_price is not None and told.filled > ZERO:
        words = f"{words} at {usd(told.average_price, _PRICE_PLACES)}"
    if told.commission_usd is not None:
        words = f"{words}, commission {usd(told.commission_usd, _COMMISSION_PLACES)}"
    return words
