"""Scaling: what one row of a plan costs as accounts and symbols grow."""

from __future__ import annotations

from random import Random
from time import process_time

from attrs import frozen

from benchmarks.contenders import plan_of
from benchmarks.instances import Pattern, instance

SIZES = ((1, 30), (20, 100), (1_000, 500))
# A single small account is over before the clock is warm.
_LEAST_ROWS = 30_000


@frozen(kw_only=True)
class Size:
    """So many accounts with so many symbols each, and what a row of their plans took."""

    accounts: int
    symbols: int
    seconds_a_row: float


def measured(accounts: int, symbols: int) -> Size:
    """Plans every account, all patterns in turn; few accounts are planned several times over."""
    patterns = tuple(Pattern)
    rounds = max(1, _LEAST_ROWS // (accounts * symbols))
    took = 0.0
    for number in range(accounts * rounds):
        pattern = patterns[number % len(patterns)]
        drawn = instance(Random(f"{symbols}/{number}"), number, pattern, symbols)  # noqa: S311 - instances, no secrets
        start = process_time()
        plan_of(drawn)
        took += process_time() - start
    rows = accounts * rounds * symbols
    return Size(accounts=accounts, symbols=symbols, seconds_a_row=took / rows)
