"""Decisions: what one plan compared, chose and cut, as it was decided; nothing is worked out again.

They are the values the planner itself goes by, in exact units and lots: the rows of the plan and
its explanations only tell them. They stay beside the plan: no file has them.
"""

from __future__ import annotations

from attrs import frozen

from rebalancer_core.planning.leverage import CashFloor
from rebalancer_core.planning.sizing.sizing import Sized
from rebalancer_core.planning.triggers import Screening
from rebalancer_core.planning.valuation import Holding, Valuation
from rebalancer_core.values.instruments import Symbol
from rebalancer_core.values.plan import Plan


@frozen(kw_only=True)
class Decisions:
    """All that the rows tell of: the account in units, its floor, who trades what and who not."""

    valuation: Valuation
    floor: CashFloor
    screened: Screening
    sized: Sized

    @property
    def left(self) -> int:
        """Exact units above the cash floor that the plan leaves."""
        return max(0, self.sized.cash_after - self.floor.floor)

    def holding(self, symbol: Symbol) -> Holding | None:
        """The managed holding or target of that symbol; None for CASH and what is left out."""
        found = (holding for holding in self.valuation.holdings if holding.symbol == symbol)
        return next(found, None)

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
