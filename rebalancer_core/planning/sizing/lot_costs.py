"""Cash that lots move when they trade, in exact units: price, half the spread and commission."""

from __future__ import annotations

from attrs import frozen


@frozen(kw_only=True)
class LotCosts:
    """One symbol: a lot is `bought` and `sold` for so much, and `fee` a lot is charged.

    `least_fee` is the least that an order is charged.
    """

    bought: int
    sold: int
    fee: int = 0
    least_fee: int = 0

    @property
    def to_buy(self) -> int:
        """What one more lot of an order takes."""
        return self.bought + self.fee

    def first_cost(self, lots: int) -> int:
        """What the first `lots` of an order take beside: what is missing to the least fee.

        >>> LotCosts(bought=1000, sold=990, fee=2, least_fee=9).first_cost(3)
        3
        """
        return max(0, self.least_fee - self.fee * lots)

    def from_sale(self, lots: int) -> int:
        """What a sale of so many lots brings, the fee paid.

        >>> costs = LotCosts(bought=1000, sold=990, fee=2, least_fee=9)
        >>> [costs.from_sale(lots) for lots in (0, 1, 5)]
        [0, 981, 4940]
        """
        return lots * self.sold - max(self.least_fee, self.fee * lots) if lots else 0
