"""Idle cash: what a plan leaves above its floor buys on, largest drift first, inside bands too."""

from __future__ import annotations

from attrs import evolve, frozen

from rebalancer_core.planning.candidate import Candidate
from rebalancer_core.planning.leverage import CashFloor
from rebalancer_core.planning.sizing.greedy_fill import Buy, drift_removed, priority_fill, spent
from rebalancer_core.planning.sizing.knapsack import most_removable
from rebalancer_core.planning.sizing.sizing import Sized
from rebalancer_core.planning.valuation import Valuation
from rebalancer_core.values.instruments import Symbol
from rebalancer_core.values.policy import RebalancePolicy


@frozen(kw_only=True)
class Deployed:
    """The lots with those that idle cash buys; `more` lots of each symbol are for that alone."""

    sized: Sized
    more: dict[Symbol, int]


def deployed(
    sized: Sized,
    every_buy: tuple[Candidate, ...],
    valuation: Valuation,
    floor: CashFloor,
    policy: RebalancePolicy,
) -> Deployed:
    """What is left above max(floor, 0), where it is min_order_usd at least, buys on to the targets.

    `every_buy` are the buys that bands would not keep from trading, by priority.
    """
    left = valuation.cash + sized.brought - max(floor.floor, 0)
    if left < valuation.units.of(policy.min_order_usd) or left <= 0:
        return Deployed(sized=sized, more={})
    planned = {
        candidate.holding.symbol: lots
        for candidate, lots in zip(sized.candidates, sized.lots, strict=True)
    }
    start = tuple([planned.get(each.holding.symbol, 0) for each in every_buy])
    buys = [_buy(each, first) for each, first in zip(every_buy, start, strict=True)]
    filled = priority_fill(buys, left, start)
    bought = {
        each.holding.symbol: (each, lots)
        for each, lots, first in zip(every_buy, filled, start, strict=True)
        if lots > first
    }
    most = most_removable(buys, left + spent(buys, start)) - drift_removed(buys, filled)
    return Deployed(
        sized=evolve(_with_more(sized, bought), bound=max(0, most) + _not_sold(sized)),
        more={
            each.holding.symbol: lots - first
            for each, lots, first in zip(every_buy, filled, start, strict=True)
            if lots > first
        },
    )


def _not_sold(sized: Sized) -> int:
    """The drift that the lots would remove that no sell has, as a buy is blocked."""
    sells = [
        (_buy(candidate, 0), lots)
        for candidate, lots in zip(sized.candidates, sized.lots, strict=True)
        if candidate.holding.gap < 0
    ]
    trades = tuple(trade for trade, _ in sells)
    return drift_removed(trades, tuple(trade.nearest for trade in trades)) - drift_removed(
        trades, tuple(lots for _, lots in sells)
    )


def _buy(candidate: Candidate, planned: int) -> Buy:
    """A buy to the target; one that the plan stops short of it, or past it, goes on from there."""
    return Buy(
        gap=abs(candidate.holding.gap),
        lot_value=candidate.holding.lot_value,
        nearest=max(candidate.nearest, planned),
        min_lots=candidate.min_lots,
        lot_cost=candidate.holding.costs.to_buy,
        first_cost=candidate.first_cost,
    )


def _with_more(sized: Sized, bought: dict[Symbol, tuple[Candidate, int]]) -> Sized:
    bought = dict(bought)
    candidates: list[Candidate] = []
    lots: list[int] = []
    by_priority: list[int] = []
    for candidate, planned, filled in zip(
        sized.candidates, sized.lots, sized.by_priority, strict=True
    ):
        more = bought.pop(candidate.holding.symbol, None)
        candidates.append(candidate if more is None else more[0])
        lots.append(planned if more is None else more[1])
        by_priority.append(filled if more is None else more[1])
    for each, all_lots in bought.values():
        candidates.append(evolve(each, nearest=all_lots))
        lots.append(all_lots)
        by_priority.append(all_lots)
    return evolve(
        sized, candidates=tuple(candidates), lots=tuple(lots), by_priority=tuple(by_priority)
    )
