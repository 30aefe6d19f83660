"""Contenders: who sizes the plans that are compared; these need nothing but the core."""

from __future__ import annotations

from collections.abc import Callable
from math import floor

from attrs import evolve, frozen

from benchmarks.instances import Instance
from benchmarks.problem import Problem, Shares
from rebalancer_core.planning.decide import decided
from rebalancer_core.planning.plan import plan_account
from rebalancer_core.planning.sizing.sizing import Sized, size
from rebalancer_core.values.commission import NO_COMMISSION
from rebalancer_core.values.plan import Plan, Side
from rebalancer_core.values.policy import Sizing

# What the clock measures.
Attempt = Callable[[], Shares]


@frozen(kw_only=True)
class Contender:
    """A way to size; `attempt` makes everything ready before the clock starts."""

    name: str
    attempt: Callable[[Instance, Problem], Attempt]


def ours(name: str, sizing: Sizing) -> Contender:
    """The whole of `plan_account`: valuation, triggers, sells, buys, rows, reasons, certificate."""

    def attempt(instance: Instance, _: Problem) -> Attempt:
        drawn = evolve(instance, policy=evolve(instance.policy, sizing=sizing))
        return lambda: shares_of(plan_of(drawn))

    return Contender(name=name, attempt=attempt)


def sizing_alone(name: str) -> Contender:
    """The part that peers have: how many lots of each candidate; valued and triggered before."""

    def attempt(instance: Instance, _: Problem) -> Attempt:
        policy = instance.policy
        found = decided(
            snapshot=instance.snapshot,
            quotes=instance.quotes,
            targets=instance.targets,
            policy=policy,
            not_buyable=(),
            commissions=NO_COMMISSION,
        ).unwrap()
        candidates, floor = found.screened.candidates, found.floor.floor
        return lambda: _traded(size(candidates, found.valuation, floor, policy))

    return Contender(name=name, attempt=attempt)


def naive() -> Contender:
    """Largest drift first, sells before buys, rounded down, nothing for what is left over."""

    def attempt(_: Instance, stated: Problem) -> Attempt:
        return lambda: _truncated(stated)

    return Contender(name="naive greedy", attempt=attempt)


def plan_of(instance: Instance) -> Plan:
    """The plan of an instance; every instance can be planned. Trades cost nothing, as for peers."""
    return plan_account(
        snapshot=instance.snapshot,
        quotes=instance.quotes,
        targets=instance.targets,
        policy=instance.policy,
        commissions=NO_COMMISSION,
    ).unwrap()


def shares_of(plan: Plan) -> Shares:
    """A plan's orders as whole shares, more than 0 to buy."""
    return {
        order.symbol: int(order.quantity) if order.side is Side.BUY else -int(order.quantity)
        for order in plan.orders
    }


def _traded(sized: Sized) -> Shares:
    return {
        candidate.holding.symbol: lots if candidate.holding.gap > 0 else -lots
        for candidate, lots in zip(sized.candidates, sized.lots, strict=True)
    }


def _truncated(stated: Problem) -> Shares:
    shares = {w.symbol: -w.full for w in stated.sells if w.full >= w.least}
    room = stated.cash_after(shares) - stated.cash_floor
    for wish in stated.buys:
        count = min(wish.full, max(0, floor(room / wish.price)))
        if count >= wish.least:
            shares[wish.symbol] = count
            room -= count * wish.price
    return shares
