"""Amounts in notes: whole dollars, with decimals where two amounts would read the same."""

from __future__ import annotations

from decimal import Decimal

from rebalancer_core.planning.sizing.exact_units import ExactUnit
from rebalancer_core.values.money import nearest, plain, usd

_CENTS = 2


def told_apart(units: ExactUnit, first: int, second: int) -> tuple[str, str]:
    """Two amounts >= 0 that a sentence compares.

    >>> from rebalancer_core.planning.sizing.exact_units import unit_of_decimals
    >>> cents = unit_of_decimals(2)
    >>> told_apart(cents, 31249, 50000), told_apart(cents, 49999, 50000)
    (('$312', '$500'), ('$499.99', '$500.00'))
    >>> finer = unit_of_decimals(6)
    >>> told_apart(finer, 499_998_333, 500_000_000), told_apart(finer, 500_000_000, 500_000_000)
    (('$499.9983', '$500.0000'), ('$500.00', '$500.00'))
    """
    one, other = nearest(first, units.per_dollar), nearest(second, units.per_dollar)
    if one != other:
        return f"${one:,}", f"${other:,}"
    dollars, more = units.dollars(first), units.dollars(second)
    places = _CENTS
    while first != second and usd(dollars, places) == usd(more, places):
        places += _CENTS
    return usd(dollars, places), usd(more, places)


def told_shares(quantity: Decimal) -> str:
    """A quantity with its unit.

    >>> told_shares(Decimal(1)), told_shares(Decimal("0.5")), told_shares(Decimal(12))
    ('1 share', '0.5 shares', '12 shares')
    """
    return f"{plain(quantity)} share" + ("" if quantity == 1 else "s")
