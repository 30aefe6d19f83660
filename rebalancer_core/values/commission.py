"""What trading costs beside the plan's price: spread and commission, reserved before it is known.

The one place that says so: planning, the fit after the yes and the last gate ask here.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from attrs import evolve, field, frozen

from rebalancer_core.values.instruments import ConId
from rebalancer_core.values.money import ZERO, product

_HALF = Decimal("0.5")


@frozen(kw_only=True)
class CommissionRate:
    """USD `per_share`, and at least `minimum` USD an order."""

    per_share: Decimal
    minimum: Decimal

    def estimate(self, shares: Decimal) -> Decimal:
        """USD for one order of so many shares; nothing for none.

        >>> IBKR_FIXED.estimate(Decimal(100)), IBKR_FIXED.estimate(Decimal(1000))
        (Decimal('1.00'), Decimal('5.000'))
        """
        return max(self.minimum, product(self.per_share, shares)) if shares > ZERO else ZERO

    def first_block(self, shares: Decimal) -> Decimal:
        """USD that the first shares of an order cost more than `per_share`, up to the minimum.

        >>> IBKR_FIXED.first_block(Decimal(5)), IBKR_FIXED.first_block(Decimal(400))
        (Decimal('0.975'), Decimal('0'))
        """
        return max(ZERO, self.minimum - product(self.per_share, shares))

    def of(self, con_id: ConId) -> CommissionRate:
        """The rate of one contract: the same for all."""
        del con_id
        return self


@frozen(kw_only=True)
class Commissions:
    """The `rate` of all orders, and what a what-if `named` for an order where that is more, USD."""

    rate: CommissionRate
    named: Mapping[ConId, Decimal] = field(factory=dict)

    def of(self, con_id: ConId) -> CommissionRate:
        """The rate of one contract: an order costs at least what was named for it.

        >>> told = Commissions(rate=IBKR_FIXED, named={ConId(1): Decimal("2.5")})
        >>> [str(told.of(ConId(number)).estimate(Decimal(10))) for number in (1, 2)]
        ['2.5', '1.00']
        """
        named = self.named.get(con_id, ZERO)
        return self.rate if named <= self.rate.minimum else evolve(self.rate, minimum=named)


def bought_at(price: Decimal, bid: Decimal | None, ask: Decimal | None) -> Decimal:
    """USD that a bought share is reckoned with: max(ask, price + half the spread).

    >>> bought_at(Decimal(100), Decimal("99.9"), Decimal("100.1"))
    Decimal('100.1')
    >>> bought_at(Decimal(100), None, None), bought_at(Decimal(100), None, Decimal(101))
    (Decimal('100'), Decimal('101'))
    """
    return price if ask is None else max(ask, price + _half_spread(bid, ask))


def sold_at(price: Decimal, bid: Decimal | None, ask: Decimal | None) -> Decimal:
    """USD that a sold share is reckoned with: min(bid, price - half the spread), never below 0.

    >>> sold_at(Decimal(100), Decimal("99.9"), Decimal("100.1"))
    Decimal('99.9')
    """
    return price if bid is None else max(ZERO, min(bid, price - _half_spread(bid, ask)))


def _half_spread(bid: Decimal | None, ask: Decimal | None) -> Decimal:
    if bid is None or ask is None or ask <= bid:
        return ZERO
    return product(ask - bid, _HALF)


# IBKR Pro, fixed pricing, US stocks and ETFs: USD 0.005 a share, at least USD 1.00 an order
# (interactivebrokers.com/en/pricing/commissions-stocks.php).
IBKR_FIXED = CommissionRate(per_share=Decimal("0.005"), minimum=Decimal("1.00"))
IBKR_COMMISSIONS = Commissions(rate=IBKR_FIXED)
NO_COMMISSION = CommissionRate(per_share=ZERO, minimum=ZERO)
