"""Delayed prices trade paper accounts only."""

from __future__ import annotations

from rebalancer_core.safety.limits import Breach, is_paper
from rebalancer_core.values.account import Quote, Unpriced
from rebalancer_core.values.plan import Plan


def delayed_breaches(plan: Plan, quotes: tuple[Quote | Unpriced, ...]) -> tuple[Breach, ...]:
    """A breach for each order of a live account that is sized on a delayed price."""
    if is_paper(plan.account_id):
        return ()
    delayed = {quote.con_id for quote in quotes if isinstance(quote, Quote) and quote.delayed}
    return tuple(
        Breach(
            sentence=f"{order.symbol}: the price is delayed, and delayed prices trade paper"
            " accounts only -> subscribe to live data for the API",
            con_id=order.con_id,
        )
        for order in plan.orders
        if order.con_id in delayed
    )
