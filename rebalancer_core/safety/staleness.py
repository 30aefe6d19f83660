"""How old prices may be: delayed ones trade paper accounts only, and none is used for long."""

from __future__ import annotations

from rebalancer_core.safety.limits import is_paper
from rebalancer_core.safety.rules import PriceDelayed, Violation
from rebalancer_core.values.account import Quote, Unpriced
from rebalancer_core.values.plan import Plan
from rebalancer_core.values.policy import SafetyPolicy

# With the usual plan_ttl_sec of 120 that is 10 s: a prompt answered at once asks for no new prices.
_FRESH_PART_OF_LIFETIME = 12


def delayed_violations(plan: Plan, quotes: tuple[Quote | Unpriced, ...]) -> tuple[Violation, ...]:
    """A violation for each order of a live account that is sized on a delayed price."""
    if is_paper(plan.account_id):
        return ()
    delayed = {quote.con_id for quote in quotes if isinstance(quote, Quote) and quote.delayed}
    return tuple(
        Violation(rule=PriceDelayed(symbol=order.symbol), con_id=order.con_id)
        for order in plan.orders
        if order.con_id in delayed
    )


def is_fresh(age_seconds: float, safety: SafetyPolicy) -> bool:
    """Whether prices of that age need not be asked again.

    >>> is_fresh(10, SafetyPolicy()), is_fresh(11, SafetyPolicy())
    (True, False)
    """
    return age_seconds <= safety.plan_ttl_sec / _FRESH_PART_OF_LIFETIME
