"""total_drift: which prefixes of the candidates can bring the portfolio inside its band at all.

Running sums alone rule most of them out, so that few have to be sized.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rebalancer_core.planning.candidate import Candidate
from rebalancer_core.planning.sizing.greedy_fill import drift_removed
from rebalancer_core.planning.sizing.purchase import trade
from rebalancer_core.planning.valuation import Valuation


def least_drifts(
    candidates: Sequence[Candidate], valuation: Valuation, floor: int, *, sells_may_be_cut: bool
) -> Iterator[int]:
    """Of each prefix: no lots of it leave less than this of the sum of |gap|, CASH included.

    Sells are to the nearest lot. Buys spend v, at most what they want and what cash and sells
    leave above the `floor`; with G and c the gaps of holdings and CASH after the sells, they leave
    at least G - removed + |c + v|, where neither v nor the room is less than what is removed. Of
    sells that may be cut, what a lot across the target brought is not counted on.
    """
    gaps = sum([abs(holding.gap) for holding in valuation.holdings])
    cash_gap, room = valuation.cash_gap, valuation.cash - floor
    removable = wanted = 0
    for candidate in candidates:
        value = candidate.nearest * candidate.holding.lot_value
        removed = drift_removed((trade(candidate),), (candidate.nearest,))
        if candidate.holding.gap < 0:
            gaps -= removed
            cash_gap -= value
            room += candidate.cash(candidate.nearest)
        else:
            removable += removed
            wanted += value
        spent = min(wanted, max(0, room))
        left = gaps - min(removable, spent)
        least = max(gaps + cash_gap, left)
        yield least if sells_may_be_cut else max(least, left - cash_gap - spent)
