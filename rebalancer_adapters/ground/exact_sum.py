"""Parts of a whole sum to exactly 1: rounding is put where it is smallest beside the part."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from rebalancer_core.values.money import ONE, ZERO, rounded

# Far below a share of any account, and short enough to read.
STEP = Decimal("1e-9")


def exact_parts(parts: Sequence[Decimal], rest_to: int | None = None) -> tuple[Decimal, ...]:
    """`parts` divided by their sum, to 1e-9, with what rounding leaves over in one of them.

    That one is `rest_to` (an index), else the largest part, the first of equals. The sum of
    `parts` must not be 0.

    >>> [str(part) for part in exact_parts([Decimal(1), Decimal(1), Decimal(1)])]
    ['0.333333334', '0.333333333', '0.333333333']
    """
    total = sum(parts, ZERO)
    shares = [rounded(part / total, STEP) for part in parts]
    taker = shares.index(max(shares)) if rest_to is None else rest_to
    shares[taker] += ONE - sum(shares, ZERO)
    return tuple(shares)
