"""What is a price, and the figures that follow from bid and ask."""

from __future__ import annotations

from decimal import Decimal

from rebalancer_core.values.account import DataType, MarketObservation
from rebalancer_core.values.money import HUNDRED
from rebalancer_core.values.policy import SafetyPolicy

# US stocks are quoted in steps of 0.0001 dollars at the finest, and no share has ever cost ten
# million: a figure outside of these is a damaged or "unset" one.
LEAST_PRICE = Decimal("0.0001")
MOST_PRICE = Decimal(10_000_000)
_TWO = Decimal(2)


def is_price(value: Decimal | None) -> bool:
    """Whether this can be the price of a share at all, in dollars.

    >>> is_price(Decimal("NaN")), is_price(Decimal(0)), is_price(Decimal("1E-300"))
    (False, False, False)
    >>> is_price(Decimal("0.0001")), is_price(Decimal("27.5")), is_price(Decimal("1E+14"))
    (True, True, False)
    """
    return value is not None and value.is_finite() and LEAST_PRICE <= value <= MOST_PRICE


def midpoint(seen: MarketObservation) -> Decimal | None:
    """Half of bid plus ask, where both are prices and not crossed."""
    if seen.bid is None or seen.ask is None or not (is_price(seen.bid) and is_price(seen.ask)):
        return None
    return (seen.bid + seen.ask) / _TWO if seen.bid <= seen.ask else None


def spread_pct(seen: MarketObservation) -> Decimal | None:
    """Ask minus bid in percent of the midpoint; None where there is no midpoint."""
    middle = midpoint(seen)
    if middle is None or seen.bid is None or seen.ask is None:
        return None
    return (seen.ask - seen.bid) / middle * HUNDRED


def live_midpoint(seen: MarketObservation, safety: SafetyPolicy) -> Decimal | None:
    """The midpoint of a live market whose spread is within max_spread_pct, or None."""
    spread = spread_pct(seen)
    if seen.data_type is not DataType.LIVE or spread is None:
        return None
    return midpoint(seen) if spread <= safety.max_spread_pct else None
