"""Notes of the reports and of the page."""

from __future__ import annotations

from decimal import Decimal

from rebalancer_core.orders.events import OrderRef
from rebalancer_core.values.instruments import Symbol
from rebalancer_core.values.money import plain

COMMISSION_PENDING = "commission pending"
FALLBACK = "fallback: a plain market order"
NEVER_SENT = "not sent"
NO_CASH_LEFT = "no cash left"
RUN_ENDED_BEFORE = "the run ended before it was sent"
FROM_THE_JOURNAL = (
    "Rebuilt from the journal. Accounts whose plan was not approved are omitted: the run's"
    " summary and log name them."
)


def fell_back_to(order_ref: OrderRef) -> str:
    """The rest of an algo order went as a plain market order.

    >>> fell_back_to(OrderRef("rb1-9f2c31aa-01003-2"))
    'fallback: the rest was sent as a plain market order, rb1-9f2c31aa-01003-2'
    """
    return f"fallback: the rest was sent as a plain market order, {order_ref}"


def was_rejected(symbol: Symbol, code: int | None) -> str:
    """A rejection in one word, for a summary.

    >>> was_rejected(Symbol("VTI"), 201), was_rejected(Symbol("VTI"), None)
    ('VTI rejected (201)', 'VTI rejected')
    """
    return f"{symbol} rejected" if code is None else f"{symbol} rejected ({code})"


def filled_in_part(symbol: Symbol, filled: Decimal, ordered: Decimal) -> str:
    """How much of an order was filled before it ended.

    >>> filled_in_part(Symbol("VTI"), Decimal("5.0"), Decimal(12))
    'VTI filled 5 of 12 shares'
    """
    return f"{symbol} filled {plain(filled)} of {plain(ordered)} shares"


def was_cancelled(symbol: Symbol) -> str:
    """Nothing of the order was filled before it was cancelled."""
    return f"{symbol} cancelled"


def was_not_sent(symbol: Symbol) -> str:
    """The order never left; the post-trade report says why."""
    return f"{symbol} {NEVER_SENT}"


def is_working(symbol: Symbol) -> str:
    """The order is at work at the broker at the end of the run."""
    return f"{symbol} still working"


def is_unknown(symbol: Symbol) -> str:
    """Nobody knows yet what the order came to."""
    return f"{symbol}: outcome unknown"


def position_shows(shares: Decimal) -> str:
    """The broker's position is not what the fills come to.

    >>> position_shows(Decimal("7.50"))
    "the broker's position shows 7.5"
    """
    return f"the broker's position shows {plain(shares)}"
