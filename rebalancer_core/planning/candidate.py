"""A holding that may trade, and the cash that its lots move; or one that does not, and why."""

from __future__ import annotations

from attrs import frozen

from rebalancer_core.planning.holding import Holding
from rebalancer_core.planning.note_facts import RowNote
from rebalancer_core.values.plan import Reason


@frozen(kw_only=True)
class SetAside:
    """A holding that does not trade, and why."""

    holding: Holding
    reason: Reason
    note: RowNote | None = None


@frozen(kw_only=True)
class Candidate:
    """A holding to trade: `nearest` lots bring it to its destination, as near as lots can.

    Fewer than `min_lots` are no order.
    """

    holding: Holding
    nearest: int
    min_lots: int

    @property
    def first_cost(self) -> int:
        """What the first lots of a buy cost beside, in units: they are the smallest order."""
        return self.holding.costs.first_cost(min(self.min_lots, self.nearest))

    def next_step(self, lots: int) -> int:
        """What one lot more than `lots` costs, in units; of none, what the smallest order costs."""
        lot = self.holding.costs.to_buy
        return lot if lots else min(self.min_lots, self.nearest) * lot + self.first_cost

    def cash(self, lots: int) -> int:
        """Cash that a trade of so many lots brings, in units; below 0 for a buy."""
        if self.holding.gap < 0:
            return self.holding.costs.from_sale(lots)
        return -(lots * self.holding.costs.to_buy + self.first_cost) if lots else 0

    def cost(self, lots: int) -> int:
        """What so many lots cost beside the plan's price, in units: spread and commission."""
        value = lots * self.holding.lot_value
        return (value if self.holding.gap < 0 else -value) - self.cash(lots)
