"""Wanted lots: the whole lots that bring a holding to its destination, or why none do.

All amounts in units. Neither cash nor the leverage cap counts here.
"""

from __future__ import annotations

from rebalancer_core.planning.candidate import Candidate, SetAside
from rebalancer_core.planning.holding import Holding
from rebalancer_core.planning.note_facts import (
    Compared,
    GapTooSmall,
    HalfOfOneLot,
    ImprovesTooLittle,
    LessThanOneLot,
    MinimumPassesTarget,
    NoQuote,
    RoundedTooSmall,
    Stated,
)
from rebalancer_core.planning.sizing.exact_units import ExactUnit
from rebalancer_core.planning.valuation import Valuation
from rebalancer_core.values.account import Quote, Unpriced
from rebalancer_core.values.plan import Reason
from rebalancer_core.values.policy import RebalancePolicy


def to_target(
    holding: Holding, valuation: Valuation, policy: RebalancePolicy
) -> Candidate | SetAside:
    """The lots nearest to the target of a holding that is outside its band."""
    units, gap = valuation.units, abs(holding.gap)
    min_order, improvement = _minimums(units, policy)
    if gap < min_order:
        # Whatever its price, this would be no order: it is not the price that blocks it.
        small = GapTooSmall(gap_and_minimum=_compared(units, gap, min_order))
        return SetAside(holding=holding, reason=Reason.BELOW_MINIMUM_ORDER, note=small)
    if gap < improvement:
        return _improves_too_little(holding, gap, units, policy)
    if not isinstance(holding.quote, Quote):
        return SetAside(holding=holding, reason=Reason.NO_PRICE, note=why_unpriced(holding.quote))
    if holding.quote.block is not None:
        return SetAside(holding=holding, reason=Reason.PRICE_BLOCKED)
    lot_value = holding.lot_value
    nearest = holding.closest_lots(valuation.lot)
    if nearest == 0:
        note = _less_than_a_lot(holding, valuation)
        return SetAside(holding=holding, reason=Reason.ROUNDS_TO_ZERO, note=note)
    if nearest * lot_value < min_order:
        rounded = RoundedTooSmall(
            shares=nearest * valuation.lot,
            worth_and_minimum=_compared(units, nearest * lot_value, min_order),
        )
        return SetAside(holding=holding, reason=Reason.BELOW_MINIMUM_ORDER, note=rounded)
    removed = gap - abs(gap - nearest * lot_value)
    if removed < improvement:
        return _improves_too_little(holding, removed, units, policy)
    smallest = max(min_order, improvement)
    return Candidate(holding=holding, nearest=nearest, min_lots=max(1, -(-smallest // lot_value)))


def to_distance(
    candidate: Candidate, distance: int, valuation: Valuation, policy: RebalancePolicy
) -> Candidate | SetAside:
    """The fewest lots that bring a candidate for its target no further from it than `distance`.

    No more than those nearest to the target. Fewer than the smallest order are raised to it, where
    that does not pass the target.
    """
    holding = candidate.holding
    lots = lots_to(distance, candidate)
    if lots:
        return Candidate(holding=holding, nearest=lots, min_lots=candidate.min_lots)
    min_order, improvement = _minimums(valuation.units, policy)
    smallest = candidate.min_lots * holding.lot_value
    return SetAside(
        holding=holding,
        reason=Reason.BELOW_MINIMUM_ORDER
        if min_order >= improvement
        else Reason.BELOW_MINIMUM_IMPROVEMENT,
        note=MinimumPassesTarget(
            shares=candidate.min_lots * valuation.lot,
            worth_and_gap=_compared(valuation.units, smallest, abs(holding.gap)),
        ),
    )


def lots_to(distance: int, candidate: Candidate) -> int:
    """So many lots; 0 where they are no order and the smallest order would pass the target.

    >>> from decimal import Decimal
    >>> from rebalancer_core.values.instruments import Symbol
    >>> holding = Holding(
    ...     symbol=Symbol("SPY"),
    ...     held=Decimal(0),
    ...     quote=None,
    ...     weight=Decimal(1),
    ...     gap=950,
    ...     lot_value=100,
    ... )
    >>> whole, block, beyond = (
    ...     Candidate(holding=holding, nearest=10, min_lots=least) for least in (1, 5, 10)
    ... )
    >>> [lots_to(distance, whole) for distance in (0, 50, 450, 451, 949)]
    [10, 9, 5, 5, 1]
    >>> lots_to(900, block), lots_to(900, beyond), lots_to(0, beyond)
    (5, 0, 10)
    """
    gap, lot_value = abs(candidate.holding.gap), candidate.holding.lot_value
    lots = min(-(-(gap - distance) // lot_value), candidate.nearest)
    if lots >= candidate.min_lots:
        return lots
    return candidate.min_lots if candidate.min_lots * lot_value <= gap else 0


def why_unpriced(quote: Unpriced | None) -> Stated | NoQuote:
    """What came instead of a price."""
    return NoQuote() if quote is None else Stated(text=quote.detail)


def _minimums(units: ExactUnit, policy: RebalancePolicy) -> tuple[int, int]:
    return units.of(policy.min_order_usd), units.of(policy.min_improvement_usd)


def _improves_too_little(
    holding: Holding, removed: int, units: ExactUnit, policy: RebalancePolicy
) -> SetAside:
    compared = _compared(units, removed, units.of(policy.min_improvement_usd))
    return SetAside(
        holding=holding,
        reason=Reason.BELOW_MINIMUM_IMPROVEMENT,
        note=ImprovesTooLittle(removed_and_minimum=compared),
    )


def _less_than_a_lot(holding: Holding, valuation: Valuation) -> LessThanOneLot | HalfOfOneLot:
    if holding.gap < 0 and holding.whole_lots(valuation.lot) == 0:
        return LessThanOneLot(held=holding.held)
    compared = _compared(valuation.units, abs(holding.gap), holding.lot_value)
    return HalfOfOneLot(gap_and_lot=compared)


def _compared(units: ExactUnit, first: int, second: int) -> Compared:
    return Compared(units=units, first=first, second=second)
