"""Drift: how far a holding is from its target, as a fraction of managed net liquidation."""

from __future__ import annotations

from decimal import Decimal

from rebalancer_core.values.money import difference, product, ratio


def drift_usd(value: Decimal, target_weight: Decimal, managed: Decimal) -> Decimal:
    """Value - target value in dollars, exact; positive: over target."""
    return difference(value, product(target_weight, managed))


def drift(value: Decimal, target_weight: Decimal, managed: Decimal) -> Decimal:
    """Current weight - target weight, to 18 decimals; positive: over target.

    `value` dollars are held, `managed` > 0 dollars is the managed net liquidation.

    >>> drift(Decimal(5_500), Decimal("0.5"), Decimal(10_000))
    Decimal('0.05')
    """
    return ratio(drift_usd(value, target_weight, managed), managed)
