"""Notes of the reports and of the page."""

from __future__ import annotations

from decimal import Decimal

from rebalancer_core.values.money import plain

COMMISSION_PENDING = "commission pending"
NEVER_SENT = "not sent"
NO_CASH_LEFT = "no cash left"
RUN_ENDED_BEFORE = "the run ended before it was sent"
FROM_THE_JOURNAL = (
    "Made anew from the journal. Accounts whose plan was not approved are not in it: the run's"
    " summary and log name them."
)


def position_shows(shares: Decimal) -> str:
    """The broker's position is not what the fills come to.

    >>> position_shows(Decimal("7.50"))
    "the broker's position shows 7.5"
    """
    return f"the broker's position shows {plain(shares)}"
