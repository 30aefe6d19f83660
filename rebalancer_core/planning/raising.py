"""Raising cash: sells until the amount is there, largest over what remains first, no lot too many.

Drift is taken against the targets of what the withdrawal leaves. Holdings are sold down to their
targets in whole lots, then across them where the least of a lot is wasted, then further.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from attrs import frozen

from rebalancer_core.planning.cash_sales import CashSales, CashSell
from rebalancer_core.planning.holding import Holding
from rebalancer_core.planning.leverage import CashFloor
from rebalancer_core.planning.sizing.exact_units import part
from rebalancer_core.planning.valuation import Valuation
from rebalancer_core.values.instruments import Symbol
from rebalancer_core.values.policy import RebalancePolicy


@frozen(kw_only=True)
class Raising:
    """The sells that raise the amount, in units; none where it cannot be raised.

    `missing` is what was missing before any sell (0 or less: it is there), `short` what is missing
    even once everything is sold. `gaps` are target - value of what remains, by symbol; `bound` is
    how far the residual drift is at most from that of the best sells worth no more.
    """

    sells: tuple[CashSell, ...]
    missing: int
    short: int
    gaps: dict[Symbol, int]
    bound: int = 0

    @property
    def residual(self) -> int:
        """The sum of |gap| against what remains, once all is sold."""
        sold = {each.holding.symbol: each.lots * each.holding.lot_value for each in self.sells}
        return sum([abs(gap + sold.get(symbol, 0)) for symbol, gap in self.gaps.items()])


def raising(
    valuation: Valuation,
    amount: int,
    floor: CashFloor,
    policy: RebalancePolicy,
    not_sold: tuple[Symbol, ...] = (),
) -> Raising:
    """What to sell so that cash less floor and what is set aside is the amount, costs paid.

    Never what is `not_sold`. What is missing to set_aside_usd is raised, too.
    """
    wanted = amount + valuation.set_aside_short
    missing = wanted + floor.floor - valuation.cash
    gaps = _gaps(valuation, wanted)
    sales = CashSales(worth=_worth, min_order=valuation.units.of(policy.min_order_usd))
    worth_selling = tuple(
        h
        for h in valuation.holdings
        if h.is_tradable
        and h.symbol not in not_sold
        and h.whole_lots(valuation.lot) >= sales.least(h)
        and _everything(h, valuation) > 0
    )
    short = missing - sum([_everything(holding, valuation) for holding in worth_selling])
    if missing <= 0 or short > 0:
        return Raising(sells=(), missing=missing, short=max(0, short), gaps=gaps)
    excess = _Raise(valuation=valuation, sales=sales, gaps=gaps).excess(worth_selling, missing)
    sells = sales.sells()
    dearest = max([sell.holding.lot_value for sell in sells])
    if excess >= max(dearest, sales.min_order):
        sales.cut_under_the_minimum(excess)
        sells = sales.sells()
    found = Raising(sells=sells, missing=missing, short=0, gaps=gaps)
    return Raising(
        sells=sells, missing=missing, short=0, gaps=gaps, bound=_bound(found, worth_selling)
    )


def _worth(holding: Holding, lots: int) -> int:
    return holding.costs.from_sale(lots)


def _everything(holding: Holding, valuation: Valuation) -> int:
    return _worth(holding, holding.whole_lots(valuation.lot))


def _gaps(valuation: Valuation, less: int) -> dict[Symbol, int]:
    """Target - value of each holding, where the account is worth so many units less."""
    remaining = max(0, valuation.managed - less)
    return {
        holding.symbol: holding.gap
        - part(valuation.managed, holding.weight)
        + part(remaining, holding.weight)
        for holding in valuation.holdings
    }


@frozen(kw_only=True)
class _Step:
    """One more lot, or the smallest order: `useful` is the part of it that is over the target."""

    holding: Holding
    lots: int
    useful: Fraction


@frozen(kw_only=True)
class _Raise:
    valuation: Valuation
    sales: CashSales
    gaps: dict[Symbol, int]

    def excess(self, sellable: tuple[Holding, ...], missing: int) -> int:
        """Sells what is missing; by how much more it brings."""
        by_drift = sorted(sellable, key=self._most_over_first)
        for holding in by_drift:
            if missing > 0:
                full = self._full(holding)
                missing -= self.sales.sell(holding, missing, most=full, at_most=full)
        steps = [step for holding in by_drift for step in self._steps(holding)]
        for step in sorted(steps, key=_least_wasted_first):
            if missing > 0:
                missing -= self._take(step)
        for holding in by_drift:
            if missing > 0:
                held = self._held(holding)
                missing -= self.sales.sell(holding, missing, most=held, at_most=held)
        return self.sales.give_back(-missing)

    def _most_over_first(self, holding: Holding) -> tuple[int, Symbol]:
        return self.gaps[holding.symbol], holding.symbol

    def _held(self, holding: Holding) -> int:
        return holding.whole_lots(self.valuation.lot)

    def _full(self, holding: Holding) -> int:
        """The lots that do not cross the target."""
        over = max(0, -self.gaps[holding.symbol])
        return min(self._held(holding), over // holding.lot_value)

    def _steps(self, holding: Holding) -> Iterator[_Step]:
        """The step that crosses the target, where one more lot can be sold."""
        sold, least = self.sales.sold(holding), self.sales.least(holding)
        over = -self.gaps[holding.symbol] - sold * holding.lot_value
        lots = 1 if sold else least
        if over > 0 and sold + lots <= self._held(holding):
            useful = Fraction(over, lots * holding.lot_value)
            yield _Step(holding=holding, lots=lots, useful=useful)

    def _take(self, step: _Step) -> int:
        all_lots = self.sales.sold(step.holding) + step.lots
        return self.sales.sell(step.holding, 1, most=all_lots, at_most=all_lots)


def _least_wasted_first(step: _Step) -> Fraction:
    # The sort is stable: equal ones stay by drift.
    return -step.useful


def _bound(found: Raising, sellable: tuple[Holding, ...]) -> int:
    """Against the best sells that bring what is missing and are worth no more than these."""
    over = sum([max(0, -found.gaps[holding.symbol]) for holding in sellable])
    value = sum([sell.lots * sell.holding.lot_value for sell in found.sells])
    before = sum([abs(gap) for gap in found.gaps.values()])
    best = before - min(over, value) + max(0, found.missing - over)
    return max(0, found.residual - best)
