"""Decisions: what one plan compared, chose and cut, as it was decided; nothing is worked out again.

They are the values the planner itself goes by, in exact units and lots: the rows of the plan and
its explanations only tell them. They stay beside the plan: no file has them.
"""

from __future__ import annotations

from attrs import field, frozen

from rebalancer_core.planning.bands import Band
from rebalancer_core.planning.cash_sales import CashSell
from rebalancer_core.planning.deleveraging import NOT_OVER, Deleveraging
from rebalancer_core.planning.holding import Holding
from rebalancer_core.planning.leverage import CashFloor
from rebalancer_core.planning.raising import Raising
from rebalancer_core.planning.sizing.sizing import Sized
from rebalancer_core.planning.triggers import Screening
from rebalancer_core.planning.valuation import Valuation
from rebalancer_core.values.flow import REBALANCE, Flow
from rebalancer_core.values.instruments import Symbol
from rebalancer_core.values.plan import Plan
from rebalancer_core.values.portfolios import Targets


@frozen(kw_only=True)
class Decisions:
    """All that the rows tell of: the account in units, its floor, who trades what and who not.

    `asked` are the targets before they were scaled to the leverage cap; None where they were not.
    `raising` is set where the `flow` raises cash; `deployed` are the lots that idle cash buys.
    """

    valuation: Valuation
    floor: CashFloor
    screened: Screening
    sized: Sized
    deleveraging: Deleveraging = NOT_OVER
    asked: Targets | None = None
    flow: Flow = REBALANCE
    raising: Raising | None = None
    deployed: dict[Symbol, int] = field(factory=dict)

    @property
    def cash_sells(self) -> tuple[CashSell, ...]:
        """What is sold for cash, not for drift: for the leverage cap, or for an amount to raise."""
        return self.deleveraging.sells if self.raising is None else self.raising.sells

    @property
    def residual(self) -> int:
        """Exact units of drift that are left: the sum of |gap|, of what a raise leaves."""
        if self.raising is not None:
            return self.raising.residual
        moved = self.moved
        return sum([abs(h.gap - moved.get(h.symbol, 0)) for h in self.valuation.holdings])

    @property
    def bound(self) -> int:
        """Exact units that the residual drift is at most above the best: the certificate."""
        return self.sized.bound if self.raising is None else self.raising.bound

    @property
    def moved(self) -> dict[Symbol, int]:
        """Exact units that go into each holding that trades; below 0 for a sell."""
        moved: dict[Symbol, int] = {}
        for candidate, value in zip(self.sized.candidates, self.sized.moved, strict=True):
            if value:
                holding = candidate.holding
                moved[holding.symbol] = value if holding.gap > 0 else -value
        for sell in self.cash_sells:
            moved[sell.holding.symbol] = -sell.lots * sell.holding.lot_value
        return moved

    @property
    def cash_after(self) -> int:
        """Exact units of cash once all is traded at the plan's prices."""
        return self.valuation.cash - sum(self.moved.values())

    @property
    def reserve(self) -> int:
        """Exact units that the trades cost beside these prices: spread and commission."""
        more = 0
        for sell in self.cash_sells:
            costs = sell.holding.costs
            more += (sell.lots - sell.wanted) * sell.holding.lot_value
            more -= costs.from_sale(sell.lots) - costs.from_sale(sell.wanted)
        return self.sized.costs + more

    @property
    def left(self) -> int:
        """Exact units above the cash floor that the plan leaves, its costs paid."""
        return max(0, self.cash_after - self.reserve - self.floor.floor)

    def holding(self, symbol: Symbol) -> Holding | None:
        """The managed holding or target of that symbol; None for CASH and what is left out."""
        found = (holding for holding in self.valuation.holdings if holding.symbol == symbol)
        return next(found, None)

    def band(self, symbol: Symbol) -> Band | None:
        """The band of that holding or target; None in total_drift mode, and of all others."""
        pairs = zip(self.valuation.holdings, self.screened.bands, strict=False)
        return next((band for holding, band in pairs if holding.symbol == symbol), None)

    def next_lot(self, holding: Holding) -> int | None:
        """What one lot more needs of a buy that cash or leverage cut; None of all others.

        In exact units; of a buy that was cut to nothing: what its smallest order needs.
        """
        for candidate, lots in zip(self.sized.candidates, self.sized.lots, strict=True):
            if candidate.holding is holding and holding.gap > 0 and lots < candidate.nearest:
                return candidate.next_step(lots)
        return None


@frozen(kw_only=True)
class PlanWithDecisions:
    """A plan, and what was decided on the way to it."""

    plan: Plan
    decisions: Decisions
