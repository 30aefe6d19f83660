"""Decimal rules: the only place that rounds."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext

ZERO = Decimal(0)
ONE = Decimal(1)
HUNDRED = Decimal(100)
BPS = Decimal(10_000)
CENT = Decimal("0.01")

_PLAIN = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)", re.ASCII)
_UNITS = 10**18
_UNIT = Decimal(_UNITS)
# Wide enough that no amount an account can hold is rounded before `quantize` says so.
_WIDE = Context(prec=60, rounding=ROUND_HALF_EVEN)
# No product of two amounts has that many digits: nothing is rounded.
_EXACT = Context(prec=1000)
# Looked up once: finding a method of a context takes as long as the division.
_divided = _WIDE.divide


def decimal_from_text(text: str) -> Decimal | None:
    """The number a plain ASCII decimal text names, or None where it is anything else.

    Exponents, digit groups, `nan`, `inf` and digits of other scripts are refused (R 2.1.7).

    >>> decimal_from_text("-12.50")
    Decimal('-12.50')
    >>> decimal_from_text("1e2"), decimal_from_text("1_000"), decimal_from_text("nan")
    (None, None, None)
    """
    return Decimal(text) if _PLAIN.fullmatch(text) else None


def rounded(amount: Decimal, step: Decimal) -> Decimal:
    """`amount` to the nearest multiple of the decimal place of `step`, ties to even.

    >>> rounded(Decimal("2.345"), Decimal("0.01"))
    Decimal('2.34')
    """
    return amount.quantize(step, context=_WIDE)


def cents(amount: Decimal) -> Decimal:
    """Dollars to the cent, ties to even.

    >>> cents(Decimal("1000000.005"))
    Decimal('1000000.00')
    """
    return rounded(amount, CENT)


def in_percent(fraction: Decimal, places: int = 2) -> Decimal:
    """A fraction as percent, rounded to `places` decimals.

    >>> in_percent(Decimal("0.33335"))
    Decimal('33.34')
    """
    return rounded(fraction * HUNDRED, ONE.scaleb(-places))


def in_bps(fraction: Decimal, places: int = 1) -> Decimal:
    """A fraction in basis points, rounded to `places` decimals.

    >>> in_bps(Decimal("0.00241"))
    Decimal('24.1')
    """
    return rounded(fraction * BPS, ONE.scaleb(-places))


def plain(number: Decimal) -> str:
    """The shortest decimal text without exponent, for files and messages.

    >>> plain(Decimal("1E+3")), plain(Decimal("2.500")), plain(Decimal("-0.00"))
    ('1000', '2.5', '0')
    """
    text = format(number, "f")
    short = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if short in {"-0", ""} else short


def usd(amount: Decimal, places: int = 0) -> str:
    """Dollars for people, with a sign in front of the currency.

    >>> usd(Decimal("-18420.4")), usd(Decimal("0.5"), 2)
    ('-$18,420', '$0.50')
    """
    whole = rounded(amount, ONE.scaleb(-places))
    sign = "-" if whole < ZERO else ""
    return f"{sign}${abs(whole):,f}"


def price_text(amount: Decimal) -> str:
    """Dollars a share for people, with two to four decimals.

    >>> price_text(Decimal("512.34")), price_text(Decimal("9.87251")), price_text(Decimal(1204))
    ('512.34', '9.8725', '1,204.00')
    """
    exponent = Decimal(plain(amount)).as_tuple().exponent
    places = min(max(2, -exponent), 4) if isinstance(exponent, int) else 2
    return f"{rounded(amount, ONE.scaleb(-places)):,f}"


def quotient(part: int, whole: int) -> Decimal:
    """`part / whole` rounded to 18 decimals, ties to even: a weight, a leverage.

    >>> quotient(1, 3), quotient(3, 2)
    (Decimal('0.333333333333333333'), Decimal('1.5'))
    """
    return _divided(nearest(part * _UNITS, whole), _UNIT)


def ratio(part: Decimal, whole: Decimal) -> Decimal:
    """The same of two amounts; `whole` > 0.

    >>> ratio(Decimal("0.5"), Decimal(3))
    Decimal('0.166666666666666667')
    """
    over, under = part.as_integer_ratio()
    whole_over, whole_under = whole.as_integer_ratio()
    return quotient(over * whole_under, under * whole_over)


def product(one: Decimal, other: Decimal) -> Decimal:
    """The exact product, whatever the precision of the running context.

    >>> product(Decimal("0.1") ** 20, Decimal(10) ** 20 + 1)
    Decimal('1.00000000000000000001')
    """
    return _EXACT.multiply(one, other)


def total(amounts: Iterable[Decimal]) -> Decimal:
    """Their exact sum.

    >>> total([Decimal(10) ** 30, Decimal("1E-30")])
    Decimal('1000000000000000000000000000000.000000000000000000000000000001')
    """
    with localcontext(_EXACT):
        return sum(amounts, ZERO)


def difference(one: Decimal, other: Decimal) -> Decimal:
    """The exact difference, whatever the precision of the running context.

    >>> difference(Decimal(10) ** 30, Decimal("0.1"))
    Decimal('999999999999999999999999999999.9')
    """
    return _EXACT.subtract(one, other)


def nearest(part: int, whole: int) -> int:
    """`part / whole` as the nearest whole number, ties to even; `whole` > 0.

    >>> nearest(5, 3), nearest(5, 2), nearest(7, 2), nearest(-5, 3)
    (2, 2, 4, -2)
    """
    floor, rest = divmod(part, whole)
    twice = 2 * rest
    return floor + 1 if twice > whole or (twice == whole and floor % 2) else floor
