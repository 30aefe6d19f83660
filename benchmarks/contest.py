"""The contest: every contender on every instance, judged in exact fractions, timed in one run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from random import Random
from time import process_time

from attrs import define, evolve, field, frozen

from benchmarks.contenders import Attempt, Contender, plan_of, shares_of
from benchmarks.instances import Instance
from benchmarks.problem import Problem, Shares, faults, problem
from rebalancer_core.planning.sizing.swap_search import DEAREST_LOTS
from rebalancer_core.values.account import CashBalance, Position
from rebalancer_core.values.instruments import STOCK, USD, ConId, Symbol
from rebalancer_core.values.policy import Sizing

# Quick ones are repeated, to tell what they cost once all that they use is in the machine's caches.
_QUICK_SECONDS = 0.02
_REPEATS = 2


@frozen(kw_only=True)
class Run:
    """What a contender trades, and how long it took: at first, and at best of three.

    `again` = run again after a full fill, it would trade more.
    """

    shares: Shares
    seconds: float
    warm_seconds: float
    again: bool


@define(kw_only=True)
class Score:
    """One contender so far: a number an instance, or a count of instances."""

    gaps_bps: list[float] = field(factory=list)
    idle_usd: list[float] = field(factory=list)
    orders: list[int] = field(factory=list)
    seconds: float = 0.0
    warm_seconds: float = 0.0
    again: int = 0
    inadmissible: int = 0


@frozen(kw_only=True)
class Worst:
    """The instance where our plan is furthest from the optimum, and why it is."""

    gap_bps: float
    instance: Instance
    cause: str


@frozen(kw_only=True)
class Outcome:
    """The scores by contender; `binding` instances lack cash for all their buys.

    `untrue` counts certificates that a better plan disproves.
    """

    scores: Mapping[str, Score]
    count: int
    binding: int
    untrue: int
    worst: Worst | None


def contest(
    drawn: Iterable[Instance], contenders: tuple[Contender, ...], reference: Contender
) -> Outcome:
    """All scores against the best plan that the `reference` (one of the contenders) finds."""
    scores = {contender.name: Score() for contender in contenders}
    count = binding = untrue = 0
    worst: Worst | None = None
    for instance in drawn:
        stated = problem(instance)
        count += 1
        binding += sum(w.nearest * w.price for w in stated.buys) > stated.room
        runs = {c.name: _timed(c, instance, stated) for c in _shuffled(contenders, count)}
        optimum, plan = runs[reference.name].shares, plan_of(instance)
        residual = stated.residual(shares_of(plan))
        # HiGHS stops within a tolerance: where our plan is better by that little, it is the best.
        best = min(stated.residual(optimum), residual)
        for name, run in runs.items():
            _record(scores[name], run, stated, best)
        untrue += residual - Fraction(plan.bound_usd) > best
        gap = _bps(residual - best, stated)
        if worst is None or gap > worst.gap_bps:
            cause = _cause(instance, stated, optimum)
            worst = Worst(gap_bps=gap, instance=instance, cause=cause)
    return Outcome(scores=scores, count=count, binding=binding, untrue=untrue, worst=worst)


def executed(instance: Instance, shares: Shares) -> Instance:
    """The account after these are filled completely at the prices of the plan."""
    con_ids = {q.symbol: q.con_id for q in instance.quotes}
    prices = {q.symbol: q.price for q in instance.quotes}
    held = {p.symbol: p.quantity for p in instance.snapshot.positions}
    spent = sum((prices[s] * n for s, n in shares.items()), Decimal(0))
    after = {s: held.get(s, Decimal(0)) + shares.get(s, 0) for s in con_ids}
    return evolve(
        instance,
        snapshot=evolve(
            instance.snapshot,
            cash=(CashBalance(currency=USD, amount=instance.snapshot.usd_cash - spent),),
            positions=tuple(_position(con_ids[s], s, n) for s, n in after.items() if n),
        ),
    )


def _shuffled(contenders: tuple[Contender, ...], number: int) -> list[Contender]:
    """In another order on each instance: whoever follows a solver finds the caches taken."""
    return Random(number).sample(contenders, len(contenders))  # noqa: S311 - an order, no secrets


def _timed(contender: Contender, instance: Instance, stated: Problem) -> Run:
    attempt = contender.attempt(instance, stated)
    shares, took = _clocked(attempt)
    repeats = [_clocked(attempt)[1] for _ in range(_REPEATS) if took < _QUICK_SECONDS]
    after = executed(instance, shares)
    again = any(contender.attempt(after, problem(after))().values())
    return Run(shares=shares, seconds=took, warm_seconds=min([took, *repeats]), again=again)


def _clocked(attempt: Attempt) -> tuple[Shares, float]:
    # The processor's time: what else the machine does does not count.
    start = process_time()
    shares = attempt()
    return shares, process_time() - start


def _record(score: Score, run: Run, stated: Problem, best: Fraction) -> None:
    score.gaps_bps.append(_bps(stated.residual(run.shares) - best, stated))
    score.idle_usd.append(float(_idle(stated, run.shares)))
    score.orders.append(sum(1 for n in run.shares.values() if n))
    # Who sizes buys only has nothing to do where there are none.
    if stated.buys:
        score.seconds += run.seconds
        score.warm_seconds += run.warm_seconds
    score.again += run.again
    score.inadmissible += bool(faults(stated, run.shares))


def _idle(stated: Problem, shares: Shares) -> Fraction:
    """Cash above the floor, as far as buys still want it."""
    wanted = sum(max(Fraction(0), w.gap - shares.get(w.symbol, 0) * w.price) for w in stated.buys)
    return min(max(Fraction(0), stated.cash_after(shares) - stated.cash_floor), Fraction(wanted))


def _cause(instance: Instance, stated: Problem, optimum: Shares) -> str:
    by_rule = evolve(instance, policy=evolve(instance.policy, sizing=Sizing.PRIORITY))
    first = shares_of(plan_of(by_rule))
    dearest = max((w.price for w in stated.buys), default=Fraction(0))
    allowed = max(DEAREST_LOTS * dearest, Fraction(instance.policy.min_order_usd))
    back = (
        ((first.get(w.symbol, 0) - optimum.get(w.symbol, 0)) * w.price, w.symbol)
        for w in stated.buys
    )
    given_back, symbol = max(back, default=(Fraction(0), Symbol("")))
    if given_back > allowed:
        return (
            f"the optimum takes ${float(given_back):,.0f} from {symbol}, which priority fills "
            f"first; an exchange gives back at most ${float(allowed):,.0f} (the price of priority)"
        )
    return "a gain within the tolerance of 1 bp, or beyond the budget of nodes"


def _bps(dollars: Fraction, stated: Problem) -> float:
    return float(dollars * 10_000 / stated.net_liquidation)


def _position(con_id: ConId, symbol: Symbol, quantity: Decimal) -> Position:
    return Position(
        con_id=con_id, symbol=symbol, security_type=STOCK, currency=USD, quantity=quantity
    )
