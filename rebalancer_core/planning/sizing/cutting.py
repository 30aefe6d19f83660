"""Cutting sells: where a buy is blocked, no more is sold than the other buys and the floor need."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from rebalancer_core.planning.candidate import Candidate


def lots_needed(sells: Sequence[Candidate], spare: int) -> tuple[int, ...]:
    """Lots of each sell, cut from the last up, by no more than `spare` units in all.

    `sells` come by priority, so the smallest drift is cut first; `spare` is the cash above the
    floor that all sells and buys together would leave. A sell is at least its minimum order, or
    none.

    >>> from decimal import Decimal
    >>> from rebalancer_core.planning.holding import Holding
    >>> from rebalancer_core.values.instruments import Symbol
    >>> sell = Candidate(
    ...     holding=Holding(
    ...         symbol=Symbol("SPY"),
    ...         held=Decimal(9),
    ...         quote=None,
    ...         weight=Decimal(0),
    ...         gap=-900,
    ...         lot_value=100,
    ...     ),
    ...     nearest=9,
    ...     min_lots=5,
    ... )
    >>> [lots_needed((sell, sell), spare) for spare in (-50, 250, 700, 900, 1_150)]
    [(9, 9), (9, 7), (6, 5), (9, 0), (7, 0)]
    """
    needed: list[int] = []
    for candidate in reversed(sells):
        lots = _lots_needed(candidate, max(0, spare))
        spare -= candidate.cash(candidate.nearest) - candidate.cash(lots)
        needed.append(lots)
    return tuple(reversed(needed))


def _lots_needed(candidate: Candidate, spare: int) -> int:
    """The fewest lots whose proceeds are at most `spare` less than those of all."""
    enough = candidate.cash(candidate.nearest) - spare
    if enough <= 0:
        return 0
    lots = bisect_left(range(1, candidate.nearest), enough, key=candidate.cash) + 1
    return max(lots, candidate.min_lots)
