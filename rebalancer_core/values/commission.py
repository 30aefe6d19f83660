"""What an order is expected to cost in commission, reserved before the broker has said."""

from __future__ import annotations

from decimal import Decimal

from attrs import frozen

from rebalancer_core.values.money import ZERO, product


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


# IBKR Pro, fixed pricing, US stocks and ETFs: USD 0.005 a share, at least USD 1.00 an order
# (interactivebrokers.com/en/pricing/commissions-stocks.php).
IBKR_FIXED = CommissionRate(per_share=Decimal("0.005"), minimum=Decimal("1.00"))
NO_COMMISSION = CommissionRate(per_share=ZERO, minimum=ZERO)
