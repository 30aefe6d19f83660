"""Figures for people: grouped, signed where the sign matters, `-` where there is nothing."""

from __future__ import annotations

from decimal import Decimal

from rebalancer_core.values.money import ONE, ZERO, in_percent, plain, price_text, rounded, usd

NOTHING = "-"


def percent(fraction: Decimal | None) -> str:
    """A weight: `60.00`."""
    return NOTHING if fraction is None else f"{_whole(in_percent(fraction)):,f}"


def signed_percent(fraction: Decimal | None) -> str:
    """A drift: `+1.25`, `-0.40`, `0.00`."""
    return NOTHING if fraction is None else _signed(in_percent(fraction))


def signed_dollars(amount: Decimal | None) -> str:
    """A drift in whole dollars: `+1,240`."""
    return NOTHING if amount is None else _signed(rounded(amount, ONE))


def dollars(amount: Decimal | None) -> str:
    """Whole dollars without the currency sign, for a column that names it; `-` for none."""
    return NOTHING if not amount else f"{rounded(amount, ONE):,f}"


def price(amount: Decimal | None) -> str:
    """Dollars a share with two to four decimals: `512.34`, `9.8725`."""
    return NOTHING if amount is None else price_text(amount)


def quantity(shares: Decimal) -> str:
    """Shares: `1,204`, `0.5`; `-` for none."""
    return NOTHING if shares == ZERO else f"{Decimal(plain(shares)):,f}"


def leverage(ratio: Decimal | None) -> str:
    """`1.23x`."""
    return NOTHING if ratio is None else f"{rounded(ratio, Decimal('0.01')):f}x"


def money(amount: Decimal | None, places: int = 0) -> str:
    """Dollars with the currency sign: `$18,420`."""
    return NOTHING if amount is None else usd(amount, places)


def age(seconds: Decimal) -> str:
    """How long ago: `3 s`, `2 min`, `5 h`, `3 days`; rounded down."""
    for length, unit in ((86_400, "days"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * length:
            return f"{int(seconds) // length} {unit}"
    return f"{int(seconds)} s"


def _signed(number: Decimal) -> str:
    return f"{number:+,f}" if number else f"{_whole(number):,f}"


def _whole(number: Decimal) -> Decimal:
    """Without the sign of a negative zero."""
    return number or abs(number)
