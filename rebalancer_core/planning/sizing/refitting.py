"""The buys of a plan once more, where they cost more than was reserved: they only shrink."""

from __future__ import annotations

from attrs import evolve

from rebalancer_core.planning.candidate import Candidate
from rebalancer_core.planning.sizing.sizing import Sized


def shrunk(sized: Sized, room: int) -> Sized:
    """The same trades with no more bought than is paid for, largest drift first.

    `room` is the cash above the floor before any trade, in units. A buy that is left with less than
    the minimum order is dropped, and its cash goes to the next.
    """
    trades = tuple(zip(sized.candidates, sized.lots, strict=True))
    left = room + sum([c.cash(lots) for c, lots in trades if c.holding.gap < 0])
    kept: list[int] = []
    for candidate, lots in trades:
        fewer = _affordable(candidate, lots, left) if candidate.holding.gap > 0 else lots
        left += candidate.cash(fewer) if candidate.holding.gap > 0 else 0
        kept.append(fewer)
    by_priority = tuple(
        [
            fewer if fewer < lots else filled
            for fewer, lots, filled in zip(kept, sized.lots, sized.by_priority, strict=True)
        ]
    )
    again = evolve(sized, lots=tuple(kept), by_priority=by_priority)
    return evolve(again, bound=sized.bound + sized.drift_removed - again.drift_removed)


def _affordable(candidate: Candidate, at_most: int, room: int) -> int:
    lots = min(at_most, (room - candidate.first_cost) // candidate.holding.costs.to_buy)
    return lots if lots >= min(candidate.min_lots, candidate.nearest) else 0
