"""What the broker says that a plan's orders would do to an account's margin (what-if)."""

from __future__ import annotations

from decimal import Decimal

from attrs import frozen


@frozen(kw_only=True)
class MarginEffect:
    """Dollars after all orders of a plan; None where the broker did not name the figure."""

    initial_usd: Decimal | None = None
    maintenance_usd: Decimal | None = None
    excess_liquidity_usd: Decimal | None = None
    commission_usd: Decimal | None = None
