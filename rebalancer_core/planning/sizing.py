"""Sizing: how many lots each candidate trades; sells first, their proceeds fund the buys."""

from __future__ import annotations

from attrs import frozen

from rebalancer_core.planning.exchange import exchanged
from rebalancer_core.planning.fill import Buy, drift_removed, priority_fill, spent
from rebalancer_core.planning.knapsack import most_removable
from rebalancer_core.planning.triggers import Candidate, Screening, portfolio_outside_band
from rebalancer_core.planning.valuation import Valuation
from rebalancer_core.values.instruments import Symbol
from rebalancer_core.values.money import BPS
from rebalancer_core.values.policy import RebalancePolicy, Sizing, TriggerMode


@frozen(kw_only=True, slots=False)
class Trade:
    """A candidate and its `lots`; `by_priority` is what the priority fill alone gave it."""

    candidate: Candidate
    lots: int
    by_priority: int

    @property
    def moved(self) -> int:
        """Grains that change hands."""
        return self.lots * self.candidate.holding.lot_value

    @property
    def gap_after(self) -> int:
        """Grains to the target once it is filled."""
        gap = self.candidate.holding.gap
        return gap - self.moved if gap > 0 else gap + self.moved

    @property
    def drift_removed(self) -> int:
        """Grains by which it comes closer to the target."""
        wanted = abs(self.candidate.holding.gap)
        return wanted - abs(wanted - self.lots * self.candidate.holding.lot_value)


@frozen(kw_only=True)
class Sized:
    """The trades by priority, and the cash they leave; `bound` is the certificate, in grains."""

    trades: tuple[Trade, ...]
    cash_after: int
    bound: int


def sized_plan(
    valuation: Valuation, screened: Screening, floor: int, policy: RebalancePolicy
) -> Sized:
    """The lots to trade; in total_drift mode of the shortest prefix that reaches the band.

    All candidates where none does (SIZING 2.1).
    """
    candidates = screened.candidates
    match policy.trigger_mode:
        case TriggerMode.PER_HOLDING:
            return size(candidates, valuation, floor, policy)
        case TriggerMode.TOTAL_DRIFT:
            prefixes = (
                size(candidates[:count], valuation, floor, policy)
                for count in range(1, len(candidates))
            )
            inside = (s for s in prefixes if not _outside_after(s, valuation, policy))
            return next(inside, None) or size(candidates, valuation, floor, policy)


def size(
    candidates: tuple[Candidate, ...], valuation: Valuation, floor: int, policy: RebalancePolicy
) -> Sized:
    """Sells to the nearest lot, whatever the cash; buys as far as cash and proceeds allow."""
    cash, cost, wanted = valuation.cash, 0, []
    for candidate in candidates:
        value = candidate.nearest * candidate.holding.lot_value
        if candidate.holding.gap < 0:
            cash += value
        else:
            cost += value
            wanted.append(candidate)
    if cost <= cash - floor or not wanted:
        # Every trade is as close to its target as lots can bring it: there is nothing to decide.
        return Sized(trades=_trades(candidates, {}, {}), cash_after=cash - cost, bound=0)
    buys = tuple(map(_buy, wanted))
    room = max(0, cash - floor)
    filled = priority_fill(buys, room, (0,) * len(buys))
    most = most_removable(buys, room)
    lots = _exchanged(buys, filled, room, most=most, valuation=valuation, policy=policy)
    symbols = [candidate.holding.symbol for candidate in wanted]
    return Sized(
        trades=_trades(
            candidates,
            dict(zip(symbols, lots, strict=True)),
            dict(zip(symbols, filled, strict=True)),
        ),
        cash_after=cash - spent(buys, lots),
        bound=most - drift_removed(buys, lots),
    )


def _trades(
    candidates: tuple[Candidate, ...], lots: dict[Symbol, int], by_priority: dict[Symbol, int]
) -> tuple[Trade, ...]:
    """To the nearest lot where `lots` does not say otherwise."""
    return tuple(
        [
            Trade(
                candidate=candidate,
                lots=lots.get(candidate.holding.symbol, candidate.nearest),
                by_priority=by_priority.get(candidate.holding.symbol, candidate.nearest),
            )
            for candidate in candidates
        ]
    )


def _exchanged(
    buys: tuple[Buy, ...],
    filled: tuple[int, ...],
    room: int,
    *,
    most: int,
    valuation: Valuation,
    policy: RebalancePolicy,
) -> tuple[int, ...]:
    match policy.sizing:
        case Sizing.PRIORITY:
            return filled
        case Sizing.BEST:
            return exchanged(
                buys,
                filled,
                room,
                most=most,
                min_order=valuation.grains.of(policy.min_order_usd),
                tolerance=valuation.managed // int(BPS),
            )


def _buy(candidate: Candidate) -> Buy:
    return Buy(
        gap=candidate.holding.gap,
        lot_value=candidate.holding.lot_value,
        nearest=candidate.nearest,
        min_lots=candidate.min_lots,
    )


def _outside_after(sized: Sized, valuation: Valuation, policy: RebalancePolicy) -> bool:
    after = {t.candidate.holding.symbol: t.gap_after for t in sized.trades}
    return portfolio_outside_band(
        (after.get(h.symbol, h.gap) for h in valuation.holdings),
        valuation.cash_target - sized.cash_after,
        valuation.managed,
        policy.portfolio_total_band_bps,
    )
