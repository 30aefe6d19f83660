"""Cash flows against the optimum under the same rules, as `make bench-flows` prints it.

The same drawn accounts as for sizing, with a deposit or a withdrawal of a drawn part of their
worth. Buys of an investment are measured by the sum of |gap|; sells of a raise by the sum of
|gap| against what remains and what is raised beyond the amount.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from random import Random
from time import process_time

import click
import numpy as np
from attrs import define, evolve, field, frozen
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array
from tabulate import tabulate

from benchmarks.instances import Instance, instances
from benchmarks.optimum import best_plan, silenced
from benchmarks.problem import Problem, Shares, problem
from benchmarks.table import percentile
from rebalancer_core.planning.plan import plan_account
from rebalancer_core.values.account import CashBalance
from rebalancer_core.values.commission import NO_COMMISSION
from rebalancer_core.values.flow import REBALANCE, Flow, Invest, Raise
from rebalancer_core.values.instruments import USD, Symbol
from rebalancer_core.values.plan import Plan, Side

_SEED = 20_261_122
_SECONDS = 60
_WARMING_UP = 20
# Gap to the optimum in bps of net liquidation: median, p95, max.
_MUST_BE = (0.0, 0.5, 3.0)
_ROUNDING = 0.005


@frozen(kw_only=True)
class Mode:
    """One kind of plan: what it is asked, and how far it is from the best there is, in dollars."""

    name: str
    asked: Callable[[Instance, Random], tuple[Instance, Flow]]
    gap: Callable[[Instance, Flow, Plan], Fraction]


@define(kw_only=True)
class Measured:
    """What a mode came to: a number an account."""

    gaps_bps: list[float] = field(factory=list)
    seconds: float = 0.0
    traded: int = 0


def modes() -> tuple[Mode, ...]:
    """Plain plans, investments, and raises."""
    return (
        Mode(name="plain", asked=_plain, gap=_gap_of_buys),
        Mode(name="invest", asked=_deposit, gap=_gap_of_buys),
        Mode(name="raise", asked=_withdrawal, gap=_gap_of_sells),
    )


def measured(mode: Mode, seed: int, count: int) -> Measured:
    """So many accounts of the seed under one mode."""
    found = Measured()
    for instance in instances(seed, count):
        chance = Random(f"{seed}/{instance.number}/{mode.name}")  # noqa: S311 - accounts, no secrets
        account, flow = mode.asked(instance, chance)
        start = process_time()
        plan = _plan_of(account, flow)
        found.seconds += process_time() - start
        found.traded += bool(plan.orders)
        worth = Fraction(plan.managed_net_liquidation)
        found.gaps_bps.append(float(mode.gap(account, flow, plan) * 10_000 / worth))
    return found


def _plan_of(instance: Instance, flow: Flow) -> Plan:
    return plan_account(
        snapshot=instance.snapshot,
        quotes=instance.quotes,
        targets=instance.targets,
        policy=instance.policy,
        commissions=NO_COMMISSION,
        flow=flow,
    ).unwrap()


def _plain(instance: Instance, _: Random) -> tuple[Instance, Flow]:
    return instance, REBALANCE


def _deposit(instance: Instance, chance: Random) -> tuple[Instance, Flow]:
    """2 to 30 % more cash, of which all or a part is to be invested."""
    more = _worth(instance) * chance.randint(200, 3_000) / 10_000
    cash = CashBalance(currency=USD, amount=instance.snapshot.usd_cash + more)
    account = evolve(instance, snapshot=evolve(instance.snapshot, cash=(cash,)))
    part = (more * chance.randint(2_000, 10_000) / 10_000).quantize(Decimal("0.01"))
    return account, Invest() if chance.random() < 0.5 else Invest(amount=part)


def _withdrawal(instance: Instance, chance: Random) -> tuple[Instance, Flow]:
    """0.5 to 20 % of the account."""
    amount = _worth(instance) * chance.randint(50, 2_000) / 10_000
    return instance, Raise(amount=amount.quantize(Decimal("0.01")))


def _worth(instance: Instance) -> Decimal:
    prices = {q.symbol: q.price for q in instance.quotes}
    held = (p.quantity * prices[p.symbol] for p in instance.snapshot.positions)
    return instance.snapshot.usd_cash + sum(held, Decimal(0))


def _shares(plan: Plan) -> Shares:
    return {o.symbol: int(o.quantity if o.side is Side.BUY else -o.quantity) for o in plan.orders}


def _gap_of_buys(instance: Instance, flow: Flow, plan: Plan) -> Fraction:
    stated = problem(_without_band(instance) if isinstance(flow, Invest) else instance)
    if isinstance(flow, Invest):
        lowest = max(stated.cash_floor, Fraction(0))
        if flow.amount is not None:
            lowest = max(lowest, stated.cash - Fraction(flow.amount))
        stated = evolve(stated, wishes=stated.buys, cash_floor=lowest)
    with silenced():
        best = stated.residual(best_plan(stated))
    ours = stated.residual(_shares(plan))
    return max(ours - best, Fraction(0))


def _without_band(instance: Instance) -> Instance:
    return evolve(instance, policy=evolve(instance.policy, per_holding_band_bps=Decimal(0)))


@frozen(kw_only=True)
class _Sale:
    """One holding: `over` dollars above the target of what remains, `least` shares an order."""

    symbol: Symbol
    price: Fraction
    over: Fraction
    held: int
    least: int

    @property
    def full(self) -> int:
        return min(self.held, max(0, floor(self.over / self.price)))

    @property
    def crossing(self) -> Fraction:
        """What the share that crosses the target wastes."""
        return self.price - max(Fraction(0), self.over - self.full * self.price)

    def waste(self, shares: int) -> Fraction:
        """Dollars sold past the target."""
        return max(Fraction(0), shares * self.price - max(self.over, Fraction(0)))


def _gap_of_sells(instance: Instance, flow: Flow, plan: Plan) -> Fraction:
    """Each dollar sold past a target leaves a gap, and one too much to be invested again."""
    if not isinstance(flow, Raise) or not plan.orders:
        return Fraction(0)
    stated = problem(instance)
    missing = Fraction(flow.amount) + stated.cash_floor - stated.cash
    sales = tuple(_sales(instance, stated, Fraction(flow.amount)))
    shares = _shares(plan)
    ours = sum((s.waste(-shares.get(s.symbol, 0)) for s in sales), Fraction(0))
    with silenced():
        best = sum(
            (s.waste(n) for s, n in zip(sales, _best(sales, missing), strict=True)), ours * 0
        )
    return max(2 * (ours - best), Fraction(0))


def _sales(instance: Instance, stated: Problem, amount: Fraction) -> Iterator[_Sale]:
    minimum = Fraction(instance.policy.min_order_usd)
    share = max(Fraction(0), stated.net_liquidation - amount) / stated.net_liquidation
    for symbol, gap in stated.gaps.items():
        price, held = stated.prices[symbol], stated.held.get(symbol, 0)
        value = held * price
        least = max(1, ceil(minimum / price))
        if held >= least:
            over = value - (gap + value) * share
            yield _Sale(symbol=symbol, price=price, over=over, held=held, least=least)


def _best(sales: tuple[_Sale, ...], missing: Fraction) -> list[int]:
    """The shares to sell that waste least, by HiGHS: full ones, the one that crosses, the rest."""
    count = len(sales)
    most = [*(s.full for s in sales), *(min(1, s.held - s.full) for s in sales)]
    most += [max(0, s.held - s.full - 1) for s in sales] + [1] * count
    value = [0.0] * count + [float(s.crossing) for s in sales]
    value += [float(s.price) for s in sales] + [0.0] * count
    rows, columns, numbers = [], [], []
    for i, sale in enumerate(sales):
        for kind in range(3):
            rows += [0, 1 + 2 * i, 2 + 2 * i]
            columns += [kind * count + i] * 3
            numbers += [float(sale.price), 1.0, 1.0]
        rows += [1 + 2 * i, 2 + 2 * i]
        columns += [3 * count + i] * 2
        numbers += [-float(sale.least), -float(sale.held)]
    height = 1 + 2 * count
    low, high = np.full(height, -np.inf), np.full(height, np.inf)
    low[0] = float(missing)
    low[1::2], high[2::2] = 0.0, 0.0
    found = milp(
        np.array(value),
        integrality=np.ones(len(value)),
        bounds=Bounds(0, np.array([float(m) for m in most])),
        constraints=LinearConstraint(
            csr_array((numbers, (rows, columns)), shape=(height, len(value))), low, high
        ),
        options={"mip_rel_gap": 0, "time_limit": _SECONDS},
    )
    return [round(sum(found.x[kind * count + i] for kind in range(3))) for i in range(count)]


@click.command()
@click.option("--seed", default=_SEED, show_default=True, help="Seed of the accounts.")
@click.option("--count", default=1_000, show_default=True, help="How many of them a mode.")
def main(seed: int, count: int) -> None:
    """Prints a row a mode; exits with 1 where one is further from the optimum than it must be."""
    for mode in modes():
        measured(mode, seed + 1, _WARMING_UP)
    results = {mode.name: measured(mode, seed, count) for mode in modes()}
    unit = results["plain"].seconds
    table = [(name, *_row(found, unit)) for name, found in results.items()]
    headers = ("gap, bps", "median", "p95", "max", "must be", "trade", "time")
    click.echo(f"{count:,} accounts of seed {seed} a mode, sizing = best\n")
    click.echo(tabulate(table, headers=headers, tablefmt="github", disable_numparse=True))
    sys.exit(any(not _is_met(found) for found in results.values()))


def _figures(found: Measured) -> tuple[float, float, float]:
    return (
        percentile(found.gaps_bps, 50),
        percentile(found.gaps_bps, 95),
        percentile(found.gaps_bps, 100),
    )


def _is_met(found: Measured) -> bool:
    return all(n <= m + _ROUNDING for n, m in zip(_figures(found), _MUST_BE, strict=True))


def _row(found: Measured, unit: float) -> tuple[str, ...]:
    must_be = " / ".join(f"{number:g}" for number in _MUST_BE)
    verdict = "met" if _is_met(found) else "MISSED"
    return (
        *(f"{number:.2f}" for number in _figures(found)),
        f"{must_be}: {verdict}",
        str(found.traded),
        f"{found.seconds / unit:.2f}",
    )


if __name__ == "__main__":
    main()
