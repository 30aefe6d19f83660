"""Sizing: how many lots each candidate trades; sells first, their proceeds fund the buys."""

from __future__ import annotations

from attrs import evolve, frozen

from rebalancer_core.planning.candidate import Candidate
from rebalancer_core.planning.sizing.cutting import lots_needed
from rebalancer_core.planning.sizing.greedy_fill import drift_removed
from rebalancer_core.planning.sizing.prefixes import Prefixes
from rebalancer_core.planning.sizing.purchase import Purchase, tolerance_of, trade
from rebalancer_core.planning.triggers import Screening
from rebalancer_core.planning.valuation import Valuation
from rebalancer_core.values.policy import RebalancePolicy, Sizing, TriggerMode


@frozen(kw_only=True)
class Sized:
    """How many `lots` each candidate trades, by priority; amounts in units.

    `by_priority` is what the priority fill alone gave each, `bound` the certificate, `best_closer`
    how much less drift `sizing = best` would leave. In total_drift mode `candidates` may be a few
    of those screened. `purchase` is what was decided about; None where cash pays for everything.
    """

    candidates: tuple[Candidate, ...]
    lots: tuple[int, ...]
    by_priority: tuple[int, ...]
    bound: int = 0
    best_closer: int = 0
    purchase: Purchase | None = None

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
        return drift_removed(tuple(map(trade, self.candidates)), self.lots)

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
    valuation: Valuation,
    screened: Screening,
    floor: int,
    policy: RebalancePolicy,
    *,
    certify: bool = True,
) -> Sized:
    """The lots to trade; in total_drift mode of the shortest prefix that reaches the band.

    All candidates where none does. Where a buy is blocked, sells that would only have
    paid for it are cut. Strict priority is compared with what `sizing = best` would plan.
    Without `certify` the lots are the same, but `bound` and `best_closer` stay 0.
    """
    scene = _Scene(valuation=valuation, screened=screened, floor=floor, policy=policy)
    found = scene.sized_plan(policy.sizing)
    return scene.certified(found) if certify else found


def size(
    candidates: tuple[Candidate, ...],
    valuation: Valuation,
    floor: int,
    policy: RebalancePolicy,
    sizing: Sizing | None = None,
    *,
    gives_all_back: bool = False,
) -> Sized:
    """Sells to the nearest lot, whatever the cash; buys as far as cash and proceeds allow."""
    purchase = _purchase(candidates, valuation, floor, policy)
    if purchase is not None and gives_all_back:
        purchase = evolve(purchase, may_give_back=purchase.room)
    if purchase is None:
        # Every trade is as close to its target as lots can bring it: there is nothing to decide.
        nearest = tuple([candidate.nearest for candidate in candidates])
        return Sized(candidates=candidates, lots=nearest, by_priority=nearest)
    filled = purchase.by_priority()
    return _sized(candidates, purchase, filled, purchase.chosen(filled, sizing or policy.sizing))


@frozen(kw_only=True)
class _Scene:
    """What one account is sized by."""

    valuation: Valuation
    screened: Screening
    floor: int
    policy: RebalancePolicy

    def sized_plan(self, sizing: Sizing, known: Sized | None = None) -> Sized:
        """By that rule; `known` is what it gives for as many candidates."""
        found = None
        if self.policy.trigger_mode is TriggerMode.TOTAL_DRIFT:
            found = self._shortest(sizing, known)
        return found or self._sized(len(self.screened.candidates), sizing)

    def _shortest(self, sizing: Sizing, known: Sized | None) -> Sized | None:
        """The shortest prefix whose plan brings the portfolio inside its band, if any does."""
        inside = self.screened.trigger.most
        prefixes = Prefixes(
            candidates=self.screened.candidates,
            valuation=self.valuation,
            floor=self.floor,
            inside=inside,
            sells_may_be_cut=self.screened.has_blocked_buy,
            min_order=self.valuation.units.of(self.policy.min_order_usd),
        )

        def attempt(count: int) -> Sized | None:
            if known is not None and count == len(known.candidates):
                return known if _drift_after(known, self.valuation) <= inside else None
            purchase = prefixes.purchase(count)
            if purchase is not None and not self.screened.has_blocked_buy:
                filled = purchase.by_priority()
                chosen = purchase.chosen(filled, sizing)
                if not prefixes.is_inside(count, purchase, chosen):
                    return None
                return _sized(self.screened.candidates[:count], purchase, filled, chosen)
            found = self._sized(count, sizing)
            return found if _drift_after(found, self.valuation) <= inside else None

        return prefixes.first_inside(attempt, one_by_one=sizing is Sizing.PRIORITY)

    def certified(self, sized: Sized) -> Sized:
        """With its bound, and with what `sizing = best` would end closer by."""
        candidates, purchase = sized.candidates, sized.purchase
        bound = _drift_of_cut_sells(sized)
        best = sized
        if purchase is not None:
            bought, most = _of_buys(sized), purchase.most()
            removed = found = purchase.removed(bought)
            if most > removed and self.policy.sizing is Sizing.PRIORITY:
                exchanged = purchase.exchanged(bought, most)
                found = purchase.removed(exchanged)
                best = self._cut(evolve(sized, lots=_with_buys(candidates, exchanged)))
            bound += purchase.proven(found=found, most=most) - removed
        if self.policy.sizing is Sizing.BEST or not bound:
            return evolve(sized, bound=bound)
        if self.policy.trigger_mode is TriggerMode.TOTAL_DRIFT:
            best = self.sized_plan(Sizing.BEST, best)
        closer = best.drift_removed - sized.drift_removed
        tolerance = tolerance_of(self.valuation)
        return evolve(sized, bound=bound, best_closer=closer if closer > tolerance else 0)

    def _sized(self, count: int, sizing: Sizing) -> Sized:
        candidates = self.screened.candidates[:count]
        found = size(
            candidates,
            self.valuation,
            self.floor,
            self.policy,
            sizing,
            gives_all_back=self.screened.gives_all_back,
        )
        return self._cut(found)

    def _cut(self, sized: Sized) -> Sized:
        """The same buys, and where one is blocked, no more sold than they and the floor need."""
        if not self.screened.has_blocked_buy:
            return sized
        sells = tuple([c for c in sized.candidates if c.holding.gap < 0])
        spare = self.valuation.cash + sized.brought - self.floor
        of_sells = iter(lots_needed(sells, spare))
        lots = tuple(
            [
                next(of_sells) if candidate.holding.gap < 0 else bought
                for candidate, bought in zip(sized.candidates, sized.lots, strict=True)
            ]
        )
        return evolve(sized, lots=lots)


def _purchase(
    candidates: tuple[Candidate, ...], valuation: Valuation, floor: int, policy: RebalancePolicy
) -> Purchase | None:
    """What is to be decided; None where cash and proceeds pay for every buy to its nearest lot."""
    cash, cost, wanted = valuation.cash, 0, []
    for candidate in candidates:
        moved = candidate.cash(candidate.nearest)
        if candidate.holding.gap < 0:
            cash += moved
        else:
            cost -= moved
            wanted.append(candidate)
    if cost <= cash - floor or not wanted:
        return None
    return Purchase(
        buys=tuple(map(trade, wanted)),
        room=max(0, cash - floor),
        may_give_back=valuation.units.of(policy.min_order_usd),
        tolerance=tolerance_of(valuation),
    )


def _sized(
    candidates: tuple[Candidate, ...],
    purchase: Purchase,
    filled: tuple[int, ...],
    chosen: tuple[int, ...],
) -> Sized:
    return Sized(
        candidates=candidates,
        lots=_with_buys(candidates, chosen),
        by_priority=_with_buys(candidates, filled),
        purchase=purchase,
    )


def _with_buys(candidates: tuple[Candidate, ...], bought: tuple[int, ...]) -> tuple[int, ...]:
    """The lots of all: sells to the nearest, buys as `bought`, in the same order."""
    of_buys = iter(bought)
    return tuple([next(of_buys) if c.holding.gap > 0 else c.nearest for c in candidates])


def _of_buys(sized: Sized) -> tuple[int, ...]:
    return tuple(
        [n for c, n in zip(sized.candidates, sized.lots, strict=True) if c.holding.gap > 0]
    )


def _drift_of_cut_sells(sized: Sized) -> int:
    """What the lots that were cut from sells would have removed."""
    sells = [
        (trade(c), lots)
        for c, lots in zip(sized.candidates, sized.lots, strict=True)
        if lots < c.nearest and c.holding.gap < 0
    ]
    every = tuple(buy for buy, _ in sells)
    most = drift_removed(every, tuple(buy.nearest for buy in every))
    return most - drift_removed(every, tuple(lots for _, lots in sells))


def _drift_after(sized: Sized, valuation: Valuation) -> int:
    """The sum of |gap| that these lots leave, CASH included."""
    drift = sum([abs(holding.gap) for holding in valuation.holdings]) - sized.drift_removed
    return drift + abs(valuation.cash_gap - sized.brought - sized.costs)
