"""How old prices may be: delayed ones trade paper accounts only, and none is used for long."""

from __future__ import annotations

from datetime import datetime

from attrs import evolve

from rebalancer_core.safety.limits import is_paper
from rebalancer_core.values.account import Quote, QuoteBlock, Unpriced
from rebalancer_core.values.instruments import AccountId
from rebalancer_core.values.plan import Plan
from rebalancer_core.values.policy import SafetyPolicy

# With the usual plan_ttl_sec of 120 that is 10 s: a prompt answered at once asks for no new prices.
_FRESH_PART_OF_LIFETIME = 12


def quotes_for(
    account_id: AccountId, quotes: tuple[Quote | Unpriced, ...]
) -> tuple[Quote | Unpriced, ...]:
    """The quotes as this account may trade them: on a live one delayed prices are blocked.

    They still value what it holds, in a preview, too.
    """
    if is_paper(account_id):
        return quotes
    return quotes_if_live(quotes)


def quotes_if_live(quotes: tuple[Quote | Unpriced, ...]) -> tuple[Quote | Unpriced, ...]:
    """The quotes as a live account may trade them: delayed ones are blocked."""
    return tuple(_blocked_if_delayed(quote) for quote in quotes)


def oldest_price(plan: Plan, quotes: tuple[Quote | Unpriced, ...]) -> datetime | None:
    """When the oldest of these prices that the plan shows was one; None where it shows none."""
    shown = {row.con_id for row in plan.rows}
    times = tuple(q.as_of for q in quotes if isinstance(q, Quote) and q.con_id in shown)
    return min(times) if times else None


def is_fresh(age_seconds: float, safety: SafetyPolicy) -> bool:
    """Whether prices of that age need not be asked again.

    >>> is_fresh(10, SafetyPolicy()), is_fresh(11, SafetyPolicy())
    (True, False)
    """
    return age_seconds <= safety.plan_ttl_sec / _FRESH_PART_OF_LIFETIME


def _blocked_if_delayed(quote: Quote | Unpriced) -> Quote | Unpriced:
    if isinstance(quote, Unpriced) or not quote.delayed or quote.block is not None:
        return quote
    return evolve(quote, block=QuoteBlock.DELAYED)
