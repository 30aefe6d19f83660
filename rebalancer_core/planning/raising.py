"""Raising cash: sells until the amount is there, largest over what remains first, no lot too many.

Drift is taken against the targets of what the withdrawal leaves. Holdings are sold down to their
targets in whole lots, then across them where the least of a lot is wasted, then further.
"""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from rebalancer_core.planning.cash_sales import CashSales, CashSell
from rebalancer_core.planning.covering import NODES, Step, covering
from rebalancer_core.planning.holding import Holding
from rebalancer_core.planning.leverage import CashFloor
from rebalancer_core.planning.sizing.exact_units import part
from rebalancer_core.planning.valuation import Valuation
from rebalancer_core.values.instruments import Symbol
from rebalancer_core.values.policy import RebalancePolicy, Sizing

# So many of the dearest lots are left to be covered by the lots that fit best.
_LEFT = 2
# So many lots of one holding are tried for that.
_SINGLE = 6


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
    nodes = NODES if policy.sizing is Sizing.BEST else 0
    raised = _Raise(valuation=valuation, sales=sales, gaps=gaps, nodes=nodes)
    excess = raised.excess(worth_selling, missing)
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
class _More:
    """A step of one holding: so many lots more."""

    holding: Holding
    lots: int
    step: Step


@frozen(kw_only=True)
class _Raise:
    valuation: Valuation
    sales: CashSales
    gaps: dict[Symbol, int]
    nodes: int

    def excess(self, sellable: tuple[Holding, ...], missing: int) -> int:
        """Sells what is missing; by how much more it brings."""
        by_drift = sorted(sellable, key=self._most_over_first)
        for holding in by_drift:
            if missing > 0:
                full = self._full(holding)
                missing -= self.sales.sell(holding, missing, most=full, at_most=full)
        missing -= self._across(by_drift, missing)
        missing -= self._further(by_drift, missing, _LEFT * max([h.lot_value for h in by_drift]))
        missing -= self._take([each for h in by_drift for each in self._past(h, missing)], missing)
        missing -= self._further(by_drift, missing, 0)
        return self.sales.give_back(-missing)

    def _across(self, by_drift: list[Holding], missing: int) -> int:
        """Crosses targets, and goes a little further where that wastes less."""
        steps = [more for holding in by_drift for more in self._crossing(holding)]
        if sum([more.step.worth for more in steps]) < missing:
            return self._take(steps, missing)
        opened = {more.holding.symbol: i for i, more in enumerate(steps)}
        for holding in by_drift:
            steps.extend(self._past(holding, missing, opened.get(holding.symbol)))
        return self._take(steps, missing)

    def _further(self, by_drift: list[Holding], missing: int, left: int) -> int:
        """Sells on whatever the targets, until no more than `left` units are missing."""
        brought = 0
        for holding in by_drift:
            if missing - brought > left:
                held = self._held(holding)
                wanted = missing - brought - left
                brought += self.sales.sell(holding, wanted, most=held, at_most=held)
        return brought

    def _take(self, steps: list[_More], missing: int) -> int:
        """Takes the steps that cover what is missing with the least waste."""
        if missing <= 0 or not steps:
            return 0
        brought = 0
        for i in covering([each.step for each in steps], missing, self.nodes):
            holding = steps[i].holding
            lots = self.sales.sold(holding) + steps[i].lots
            brought += self.sales.sell(holding, 1, most=lots, at_most=lots)
        return brought

    def _most_over_first(self, holding: Holding) -> tuple[int, Symbol]:
        return self.gaps[holding.symbol], holding.symbol

    def _held(self, holding: Holding) -> int:
        return holding.whole_lots(self.valuation.lot)

    def _over(self, holding: Holding) -> int:
        """What is still over the target; below 0 where it is not."""
        return -self.gaps[holding.symbol] - self.sales.sold(holding) * holding.lot_value

    def _full(self, holding: Holding) -> int:
        """The lots that do not cross the target."""
        over = max(0, -self.gaps[holding.symbol])
        return min(self._held(holding), over // holding.lot_value)

    def _crossing(self, holding: Holding) -> Iterator[_More]:
        """The step that crosses the target: a lot, or the smallest order."""
        sold, over = self.sales.sold(holding), self._over(holding)
        lots = 1 if sold else self.sales.least(holding)
        worth = _worth(holding, sold + lots) - _worth(holding, sold)
        if over > 0 and sold + lots <= self._held(holding) and worth > 0:
            waste = max(0, lots * holding.lot_value - over)
            yield _More(holding=holding, lots=lots, step=Step(worth=worth, waste=waste))

    def _past(self, holding: Holding, missing: int, crossing: int | None = None) -> Iterator[_More]:
        """A few single lots past the target of what is an order, or is one after that step."""
        sold = self.sales.sold(holding)
        worth = holding.costs.sold - holding.costs.fee
        if (not sold and crossing is None) or worth <= 0 or missing <= 0:
            return
        first = sold
        if crossing is not None:
            first += 1 if sold else self.sales.least(holding)
        step = Step(worth=worth, waste=holding.lot_value, after=crossing)
        for _ in range(min(_SINGLE, -(-missing // worth), self._held(holding) - first)):
            yield _More(holding=holding, lots=1, step=step)


def _bound(found: Raising, sellable: tuple[Holding, ...]) -> int:
    """Against the best sells that bring what is missing and are worth no more than these."""
    over = sum([max(0, -found.gaps[holding.symbol]) for holding in sellable])
    value = sum([sell.lots * sell.holding.lot_value for sell in found.sells])
    before = sum([abs(gap) for gap in found.gaps.values()])
    best = before - min(over, value) + max(0, found.missing - over)
    return max(0, found.residual - best)
