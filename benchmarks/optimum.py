"""The optimum: the buys that remove the most |gap| under the same rules, by HiGHS.

Maximise the sum over buys of (price x full shares + (2 x remainder - price) for the share that
crosses), so that the cost is at most the room, and a buy is none or at least a minimum order.
HiGHS reckons in floats: its whole numbers are taken, everything about them is reckoned again in
fractions, and a solution that breaks a rule counts as one.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from attrs import frozen
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from benchmarks.contenders import Attempt, Contender
from benchmarks.instances import Instance
from benchmarks.problem import Problem, Shares, Wish

_SECONDS = 60


def optimum() -> Contender:
    """The best whole-share plan by HiGHS."""
    return Contender(name="HiGHS, the optimum", attempt=_attempt)


@frozen(kw_only=True)
class Step:
    """One integer variable: up to `most` shares worth `value` dollars of drift each."""

    wish: int
    most: int
    price: float
    value: float


def _attempt(_: Instance, stated: Problem) -> Attempt:
    def sized() -> Shares:
        with silenced():
            return best_plan(stated)

    return sized


def best_plan(stated: Problem) -> Shares:
    """The given sells and the best buys; what HiGHS found in a minute where it did not finish."""
    buys = stated.buys
    if not buys or not stated.room:
        return stated.sold
    steps = tuple(step for i, wish in enumerate(buys) for step in _steps(i, wish))
    count = len(steps)
    # The last variables say whether a buy trades at all.
    value = np.array([-s.value for s in steps] + [0.0] * len(buys))
    most = np.array([float(s.most) for s in steps] + [1.0] * len(buys))
    rows, columns, numbers = [], [], []
    for column, step in enumerate(steps):
        rows += [0, 1 + 2 * step.wish, 2 + 2 * step.wish]
        columns += [column] * 3
        numbers += [step.price, 1.0, 1.0]
    for i, wish in enumerate(buys):
        rows += [1 + 2 * i, 2 + 2 * i]
        columns += [count + i] * 2
        numbers += [-float(min(wish.least, wish.nearest)), -float(wish.nearest)]
    height = 1 + 2 * len(buys)
    low, high = np.full(height, -np.inf), np.full(height, np.inf)
    high[0] = float(stated.room)
    low[1::2] = 0.0
    high[2::2] = 0.0
    found = milp(
        value,
        integrality=np.ones(len(value)),
        bounds=Bounds(0, most),
        constraints=LinearConstraint(
            csr_array((numbers, (rows, columns)), shape=(height, len(value))), low, high
        ),
        options={"mip_rel_gap": 0, "time_limit": _SECONDS},
    )
    lots = [0] * len(buys)
    for step, shares in zip(steps, found.x[:count], strict=True):
        lots[step.wish] += round(shares)
    return {**stated.sold, **{w.symbol: n for w, n in zip(buys, lots, strict=True) if n}}


@contextmanager
def silenced() -> Iterator[None]:
    """HiGHS prints a line of its own from C now and then, whatever its options say."""
    sys.stdout.flush()
    kept = os.dup(1)
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def _steps(i: int, wish: Wish) -> tuple[Step, ...]:
    """The share that crosses is worth less than the full ones, so these are taken first."""
    price = float(wish.price)
    full = Step(wish=i, most=wish.full, price=price, value=price)
    if wish.nearest == wish.full:
        return (full,)
    crossing = float(2 * (wish.gap - wish.full * wish.price) - wish.price)
    return (full, Step(wish=i, most=1, price=price, value=crossing))
