"""Exact money: Decimal amounts as whole units, so that no comparison in planning is rounded.

A unit is so small a part of a dollar that every price, quantity, weight and rule of one account is
a whole number of units. Sums, comparisons and divisions with rest are then exact, whatever the
order of the rows and the unit of money.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Context, Decimal, localcontext

from attrs import frozen

from rebalancer_core.values.money import ZERO

# No account has an amount of that many digits: nothing is rounded.
_ALL_DIGITS = Context(prec=1000)
_WHOLE_DIGITS = 40


@frozen(kw_only=True)
class ExactUnit:
    """The unit: `per_dollar` units are a dollar, a power of ten.

    `unit` is that number as a Decimal; `divided` divides every amount by it exactly.
    """

    per_dollar: int
    unit: Decimal
    divided: Callable[[int, Decimal], Decimal]

    def of(self, dollars: Decimal) -> int:
        """Dollars in exact units.

        >>> unit_of_decimals(4).of(Decimal("1.25"))
        12500
        """
        over, under = dollars.as_integer_ratio()
        return over * self.per_dollar // under

    def of_each(self, dollars: Iterable[Decimal]) -> list[int]:
        """Many amounts at once.

        >>> unit_of_decimals(4).of_each([Decimal("1.25"), Decimal(2)])
        [12500, 20000]
        """
        whole = self.per_dollar
        return [over * whole // under for over, under in map(Decimal.as_integer_ratio, dollars)]

    def dollars(self, units: int) -> Decimal:
        """Exact units in dollars, without trailing zeros.

        >>> unit_of_decimals(4).dollars(12500), unit_of_decimals(4).dollars(1_000_000)
        (Decimal('1.25'), Decimal('100'))
        """
        return self.divided(units, self.unit)


def unit_of_decimals(count: int) -> ExactUnit:
    """The unit that makes dollars with `count` decimals whole.

    >>> unit_of_decimals(2).per_dollar
    100
    """
    per_dollar = int("1" + "0" * count)
    divided = Context(prec=count + _WHOLE_DIGITS).divide
    return ExactUnit(per_dollar=per_dollar, unit=Decimal(per_dollar), divided=divided)


def part(units: int, fraction: Decimal) -> int:
    """`units` x `fraction`: whole where the unit was chosen for that fraction.

    >>> part(12500, Decimal("0.5"))
    6250
    """
    over, under = fraction.as_integer_ratio()
    return units * over // under


def parts(units: Iterable[int], fractions: Iterable[Decimal]) -> list[int]:
    """`part` of many at once.

    >>> parts([12500, 300], [Decimal("0.5"), Decimal(2)])
    [6250, 600]
    """
    ratios = map(Decimal.as_integer_ratio, fractions)
    return [amount * over // under for amount, (over, under) in zip(units, ratios, strict=False)]


def decimals(*groups: Iterable[Decimal]) -> int:
    """The most decimals that a product of one number of each group can have.

    >>> decimals((Decimal("1.250"), Decimal(7))), decimals((Decimal("1E+3"),)), decimals(())
    (3, 0, 0)
    >>> decimals((Decimal("1.25"),), (Decimal("0.5"), Decimal(3)))
    3
    """
    with localcontext(_ALL_DIGITS):
        # An exact sum has as many decimals as the number that is written with the most.
        exponents = [sum(numbers, ZERO).as_tuple().exponent for numbers in groups]
    return sum([max(0, -exponent) for exponent in exponents if isinstance(exponent, int)])


def nearest_lots(amount: int, lot_value: int) -> int:
    """The whole lots nearest to `amount` > 0; exactly half a lot stays on the near side.

    >>> nearest_lots(149, 100), nearest_lots(150, 100), nearest_lots(151, 100)
    (1, 1, 2)
    """
    lots, rest = divmod(amount, lot_value)
    return lots + 1 if 2 * rest > lot_value else lots
