"""One managed holding or target of a plan, in exact units, and what its lots cost to trade."""

from __future__ import annotations

from decimal import Decimal

from attrs import field, frozen

from rebalancer_core.planning.sizing.exact_units import nearest_lots
from rebalancer_core.planning.sizing.lot_costs import LotCosts
from rebalancer_core.values.account import Quote, Unpriced
from rebalancer_core.values.instruments import Symbol


@frozen(kw_only=True)
class Holding:
    """One managed holding or target; `gap` and `lot_value` in units, `held` in shares.

    `gap` = target - value: positive = to buy. `quote` is None where none came at all;
    without a price `lot_value` is 0. `costs` are the cash that a lot moves when it trades.
    """

    symbol: Symbol
    held: Decimal
    quote: Quote | Unpriced | None
    weight: Decimal
    gap: int
    lot_value: int
    costs: LotCosts = field()

    @costs.default
    def _free(self) -> LotCosts:
        return LotCosts(bought=self.lot_value, sold=self.lot_value)

    @property
    def is_tradable(self) -> bool:
        """Whether it has a price that may size a trade."""
        return isinstance(self.quote, Quote) and self.quote.block is None and self.lot_value > 0

    def whole_lots(self, lot: Decimal) -> int:
        """The lots that can be sold; what is left of `held` is less than one."""
        shares, under = self.held.as_integer_ratio()
        lots, lots_under = lot.as_integer_ratio()
        return shares * lots_under // (under * lots)

    def closest_lots(self, lot: Decimal) -> int:
        """The lots to trade that bring it closest to its target, whatever cash and rules allow.

        Never more than can be sold; 0 without a price.
        """
        if not self.lot_value:
            return 0
        lots = nearest_lots(abs(self.gap), self.lot_value)
        return min(lots, self.whole_lots(lot)) if self.gap < 0 else lots
