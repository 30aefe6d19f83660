"""Exact money: Decimal amounts as whole grains, so that no comparison in planning is rounded.

A grain is so small a part of a dollar that every price, quantity, weight and rule of one account is
a whole number of grains. Sums, comparisons and divisions with rest are then exact, whatever the
order of the rows and the unit of money.
"""

from __future__ import annotations

from decimal import Context, Decimal

from attrs import frozen

# No account has an amount of that many digits: nothing is rounded on the way back to dollars.
_ALL_DIGITS = Context(prec=1000)


@frozen(kw_only=True)
class Grains:
    """The unit: `per_dollar` grains are a dollar, a power of ten."""

    per_dollar: int

    def of(self, dollars: Decimal) -> int:
        """Dollars in grains.

        >>> grains_of_decimals(4).of(Decimal("1.25"))
        12500
        """
        over, under = dollars.as_integer_ratio()
        return over * self.per_dollar // under

    def dollars(self, grains: int) -> Decimal:
        """Grains in dollars, without trailing zeros.

        >>> grains_of_decimals(4).dollars(12500), grains_of_decimals(4).dollars(1_000_000)
        (Decimal('1.25'), Decimal('100'))
        """
        whole, rest = divmod(grains, self.per_dollar)
        if not rest:
            return Decimal(whole)
        return _ALL_DIGITS.divide(Decimal(grains), Decimal(self.per_dollar))


def grains_of_decimals(count: int) -> Grains:
    """The unit that makes dollars with `count` decimals whole.

    >>> grains_of_decimals(2).per_dollar
    100
    """
    return Grains(per_dollar=int("1" + "0" * count))


def part(grains: int, fraction: Decimal) -> int:
    """`grains` x `fraction`: whole where the grain was chosen for that fraction.

    >>> part(12500, Decimal("0.5"))
    6250
    """
    over, under = fraction.as_integer_ratio()
    return grains * over // under


def decimals(number: Decimal) -> int:
    """How many decimals a number is written with.

    >>> decimals(Decimal("1.250")), decimals(Decimal("1E+3"))
    (3, 0)
    """
    exponent = number.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def nearest_lots(amount: int, lot_value: int) -> int:
    """The whole lots nearest to `amount` > 0; exactly half a lot stays on the near side.

    >>> nearest_lots(149, 100), nearest_lots(150, 100), nearest_lots(151, 100)
    (1, 1, 2)
    """
    lots, rest = divmod(amount, lot_value)
    return lots + 1 if 2 * rest > lot_value else lots
