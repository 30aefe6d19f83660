"""Peers: how PyPortfolioOpt sizes the same buys with the same room, adapted so that it can do well.

It is given our sells, and the dollars wanted of each buy as weights of the dollars to spend: the
room, or all that is wanted where that is less. What comes out below the minimum order is dropped,
as its caller would. The figures are floats before the clock starts: it knows no others.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping

import pandas as pd
from pypfopt.discrete_allocation import DiscreteAllocation

from benchmarks.contenders import Attempt, Contender
from benchmarks.instances import Instance
from benchmarks.problem import Problem, Shares
from rebalancer_core.values.instruments import Symbol


def peers() -> tuple[Contender, ...]:
    """Its greedy allocation, and its linear programme by the solver that it chooses."""
    return (
        Contender(name="PyPortfolioOpt greedy", attempt=_attempt(_greedy)),
        Contender(name="PyPortfolioOpt LP", attempt=_attempt(_lp)),
    )


def _attempt(
    allocated: Callable[[DiscreteAllocation], Mapping[Symbol, int]],
) -> Callable[[Instance, Problem], Attempt]:
    def attempt(_: Instance, stated: Problem) -> Attempt:
        wanted = sum(w.gap for w in stated.buys)
        budget = float(min(stated.room, wanted))
        weights = {w.symbol: float(w.gap / wanted) for w in stated.buys}
        prices = {w.symbol: float(w.price) for w in stated.buys}

        def sized() -> Shares:
            if not budget:
                return stated.sold
            return _orders(
                stated,
                allocated(
                    DiscreteAllocation(weights, pd.Series(prices), total_portfolio_value=budget)
                ),
            )

        return sized

    return attempt


def _greedy(allocation: DiscreteAllocation) -> Mapping[Symbol, int]:
    with warnings.catch_warnings():
        # Where its first round buys nothing it divides by zero, and goes on.
        warnings.simplefilter("ignore", RuntimeWarning)
        bought: Mapping[Symbol, int] = allocation.greedy_portfolio()[0]
    return bought


def _lp(allocation: DiscreteAllocation) -> Mapping[Symbol, int]:
    bought: Mapping[Symbol, int] = allocation.lp_portfolio()[0]
    return bought


def _orders(stated: Problem, bought: Mapping[Symbol, int]) -> Shares:
    buys = {w.symbol: int(bought.get(w.symbol, 0)) for w in stated.buys}
    enough = {w.symbol: buys[w.symbol] for w in stated.buys if buys[w.symbol] >= w.least}
    return {**stated.sold, **enough}
