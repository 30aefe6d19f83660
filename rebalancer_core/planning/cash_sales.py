"""Sells for cash: what a holding has to sell so that a sum is there, and no lot more.

The leverage cap and `--raise` both go through the holdings with it: each says which come first and
how far each may be sold.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping

from attrs import define, field, frozen

from rebalancer_core.planning.holding import Holding
from rebalancer_core.values.instruments import Symbol


@frozen(kw_only=True)
class CashSell:
    """One order for cash: `lots` in all, of which `wanted` are sold without it."""

    holding: Holding
    lots: int
    wanted: int = 0


@define(kw_only=True)
class CashSales:
    """How many lots of each holding are sold so far, in the order in which they were.

    `worth` is what so many lots of a holding bring, in units, costs taken off; an order is at least
    `min_order` units.
    """

    worth: Callable[[Holding, int], int]
    min_order: int
    lots: dict[Symbol, int] = field(factory=dict)
    orders: dict[Symbol, Holding] = field(factory=dict)

    def least(self, holding: Holding) -> int:
        """The lots of the smallest order of this holding."""
        return max(1, -(-self.min_order // holding.lot_value))

    def sold(self, holding: Holding) -> int:
        """Lots of this holding that are sold so far."""
        return self.lots.get(holding.symbol, 0)

    def start(self, holding: Holding, lots: int) -> int:
        """Counts lots that are sold anyway; what they bring."""
        self._set(holding, lots)
        return self.worth(holding, lots)

    def sell(self, holding: Holding, missing: int, *, most: int, at_most: int) -> int:
        """Sells on until `missing` units are there, up to `most` lots in all; what that brings.

        An order under the minimum is raised to it, where that is no more than `at_most` lots.
        """
        sold = self.sold(holding)
        if most <= sold:
            return 0
        before = self.worth(holding, sold)

        def brought(lots: int) -> int:
            return self.worth(holding, lots) - before

        needed = sold + 1 + bisect_left(range(sold + 1, most), missing, key=brought)
        lots = max(needed, self.least(holding))
        if lots > at_most or brought(lots) <= 0:
            return 0
        self._set(holding, lots)
        return brought(lots)

    def give_back(self, excess: int) -> int:
        """Takes lots that are not needed off again, the last order first; the excess that is left.

        An order stays at its minimum or falls away.
        """
        for holding in tuple(reversed(self.orders.values())):
            sold = self.sold(holding)
            least = min(sold, self.least(holding))
            kept = (
                0 if self.worth(holding, sold) <= excess else self._fewest(holding, least, excess)
            )
            excess -= self.worth(holding, sold) - self.worth(holding, kept)
            self._set(holding, kept)
        return excess

    def cut_under_the_minimum(self, excess: int) -> int:
        """Lets the last order be smaller than the minimum; the excess that is left."""
        holding = next(reversed(self.orders.values()))
        sold = self.sold(holding)
        kept = self._fewest(holding, 1, excess)
        self._set(holding, kept)
        return excess - (self.worth(holding, sold) - self.worth(holding, kept))

    def sells(self, wanted: Mapping[Symbol, int] | None = None) -> tuple[CashSell, ...]:
        """The orders, in the order they were made, that are larger than `wanted` without them."""
        without = wanted or {}
        return tuple(
            CashSell(holding=holding, lots=lots, wanted=without.get(symbol, 0))
            for symbol, holding in self.orders.items()
            if (lots := self.lots[symbol]) > without.get(symbol, 0)
        )

    def _fewest(self, holding: Holding, least: int, excess: int) -> int:
        """The fewest lots, `least` or more, that bring no more than `excess` less than now."""
        sold = self.sold(holding)
        enough = self.worth(holding, sold) - excess

        def brought(lots: int) -> int:
            return self.worth(holding, lots)

        return least + bisect_left(range(least, sold), enough, key=brought)

    def _set(self, holding: Holding, lots: int) -> None:
        if lots:
            self.lots[holding.symbol] = lots
            self.orders.setdefault(holding.symbol, holding)
        else:
            del self.lots[holding.symbol], self.orders[holding.symbol]
