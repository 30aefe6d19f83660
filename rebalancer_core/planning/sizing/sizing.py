"""Sizing: how many lots each candidate trades; sells first, their proceeds fund the buys."""

from __future__ import annotations

from attrs import evolve, frozen

from rebalancer_core.planning.candidate import Candidate
from rebalancer_core.planning.sizing.cutting import lots_needed
from rebalancer_core.planning.sizing.greedy_fill import Buy, drift_removed, priority_fill
from rebalancer_core.planning.sizing.knapsack import most_removable
from rebalancer_core.planning.sizing.swap_search import exchanged
from rebalancer_core.planning.triggers import Screening, portfolio_outside_band
from rebalancer_core.planning.valuation import Valuation
from rebalancer_core.values.money import BPS
from rebalancer_core.values.policy import RebalancePolicy, Sizing, TriggerMode


@frozen(kw_only=True)
class Sized:
    """How many `lots` each candidate trades, by priority; amounts in units.

    `by_priority` is what the priority fill alone gave each, `bound` the certificate, `best_closer`
    how much less drift `sizing = best` would leave. In total_drift mode `candidates` may be a few
    of those screened.
    """

    candidates: tuple[Candidate, ...]
    lots: tuple[int, ...]
    by_priority: tuple[int, ...]
    bound: int
    best_closer: int = 0

    @property
    def brought(self) -> int:
        """Cash that all trades bring, their costs paid; below 0 where they take more."""
        return sum([c.cash(lots) for c, lots in zip(self.candidates, self.lots, strict=True)])

    @property
    def costs(self) -> int:
        """What they cost beside the plan's prices: the reserve."""
        return sum([c.cost(lots) for c, lots in zip(self.candidates, self.lots, strict=True)])

    @property
    def has_buys(self) -> bool:
        """Whether anything is bought."""
        trades = zip(self.candidates, self.lots, strict=True)
        return any(lots and c.holding.gap > 0 for c, lots in trades)

    @property
    def drift_removed(self) -> int:
        """By how much these lots reduce the sum of |gap|, in units."""
        return drift_removed(tuple(map(_trade, self.candidates)), self.lots)

    @property
    def moved(self) -> tuple[int, ...]:
        """Exact units that change hands, by candidate."""
        return tuple(
            [
                lots * candidate.holding.lot_value
                for candidate, lots in zip(self.candidates, self.lots, strict=True)
            ]
        )


def sized_plan(
    valuation: Valuation, screened: Screening, floor: int, policy: RebalancePolicy
) -> Sized:
    """The lots to trade; in total_drift mode of the shortest prefix that reaches the band.

    All candidates where none does. Where a buy is blocked, sells that would only have
    paid for it are cut. Strict priority is compared with what `sizing = best` would plan.
    """
    found = _sized_plan(valuation, screened, floor, policy)
    if policy.sizing is Sizing.BEST or not found.bound:
        return found
    best = _sized_plan(valuation, screened, floor, evolve(policy, sizing=Sizing.BEST))
    closer = best.drift_removed - found.drift_removed
    return evolve(found, best_closer=closer if closer > _tolerance(valuation) else 0)


def _tolerance(valuation: Valuation) -> int:
    """One basis point of managed net liquidation: smaller gains are none."""
    return valuation.managed // int(BPS)


def _sized_plan(
    valuation: Valuation, screened: Screening, floor: int, policy: RebalancePolicy
) -> Sized:
    candidates = screened.candidates

    def sized(count: int) -> Sized:
        found = size(candidates[:count], valuation, floor, policy)
        spare = valuation.cash + found.brought - floor
        return _with_sells_cut(found, spare) if screened.has_blocked_buy else found

    match policy.trigger_mode:
        case TriggerMode.PER_HOLDING:
            return sized(len(candidates))
        case TriggerMode.TOTAL_DRIFT:
            prefixes = (sized(count) for count in range(1, len(candidates)))
            inside = (s for s in prefixes if not _outside_after(s, valuation, policy))
            return next(inside, None) or sized(len(candidates))


def size(
    candidates: tuple[Candidate, ...], valuation: Valuation, floor: int, policy: RebalancePolicy
) -> Sized:
    """Sells to the nearest lot, whatever the cash; buys as far as cash and proceeds allow."""
    cash, cost, wanted = valuation.cash, 0, []
    for candidate in candidates:
        moved = candidate.cash(candidate.nearest)
        if candidate.holding.gap < 0:
            cash += moved
        else:
            cost -= moved
            wanted.append(candidate)
    nearest = tuple([candidate.nearest for candidate in candidates])
    if cost <= cash - floor or not wanted:
        # Every trade is as close to its target as lots can bring it: there is nothing to decide.
        return Sized(candidates=candidates, lots=nearest, by_priority=nearest, bound=0)
    buys = tuple(map(_trade, wanted))
    room = max(0, cash - floor)
    filled = priority_fill(buys, room, (0,) * len(buys))
    most = most_removable(buys, room)
    lots = _exchanged(buys, filled, room, most=most, valuation=valuation, policy=policy)
    return Sized(
        candidates=candidates,
        lots=_with_buys(candidates, lots),
        by_priority=_with_buys(candidates, filled),
        bound=most - drift_removed(buys, lots),
    )


def _with_sells_cut(sized: Sized, spare: int) -> Sized:
    """The same buys, with no more sold than they and the floor need: `spare` is the cash above it.

    The bound grows by the drift that the cut lots would have removed.
    """
    sells = tuple([candidate for candidate in sized.candidates if candidate.holding.gap < 0])
    needed = lots_needed(sells, spare)
    of_sells = iter(needed)
    lots = tuple(
        [
            next(of_sells) if candidate.holding.gap < 0 else bought
            for candidate, bought in zip(sized.candidates, sized.lots, strict=True)
        ]
    )
    trades = tuple(map(_trade, sells))
    nearest = tuple([trade.nearest for trade in trades])
    return evolve(
        sized,
        lots=lots,
        bound=sized.bound + drift_removed(trades, nearest) - drift_removed(trades, needed),
    )


def _with_buys(candidates: tuple[Candidate, ...], bought: tuple[int, ...]) -> tuple[int, ...]:
    """The lots of all: sells to the nearest, buys as `bought`, in the same order."""
    of_buys = iter(bought)
    return tuple([next(of_buys) if c.holding.gap > 0 else c.nearest for c in candidates])


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
                min_order=valuation.units.of(policy.min_order_usd),
                tolerance=_tolerance(valuation),
            )


def _trade(candidate: Candidate) -> Buy:
    """What fill knows of a trade; the sums are the same for a sell."""
    return Buy(
        gap=abs(candidate.holding.gap),
        lot_value=candidate.holding.lot_value,
        nearest=candidate.nearest,
        min_lots=candidate.min_lots,
        lot_cost=candidate.holding.costs.to_buy,
        first_cost=candidate.first_cost,
    )


def _outside_after(sized: Sized, valuation: Valuation, policy: RebalancePolicy) -> bool:
    moved = zip(sized.candidates, sized.moved, strict=True)
    after = {c.holding.symbol: abs(c.holding.gap) - value for c, value in moved}
    brought = sized.brought + sized.costs
    return portfolio_outside_band(
        (after.get(h.symbol, h.gap) for h in valuation.holdings),
        valuation.cash_gap - brought,
        valuation.managed,
        policy.portfolio_total_band_bps,
    )
