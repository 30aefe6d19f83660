"""The problem of one account in exact fractions: it shares nothing with the planning it judges.

Every algorithm of the benchmark gets the same problem: the same candidates outside the band and
above the minimum order, the same sells to the nearest lot, the same room for buys above the cash
floor. What is measured is the sum of |gap| after trading.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import ceil, floor

from attrs import frozen

from benchmarks.instances import Instance
from rebalancer_core.values.instruments import Symbol
from rebalancer_core.values.policy import CashBufferType

# Whole shares to trade, more than 0 to buy, less than 0 to sell.
Shares = Mapping[Symbol, int]


@frozen(kw_only=True)
class Wish:
    """A candidate: `gap` dollars to its target (more than 0 to buy), `price` dollars a share.

    At most `nearest` shares bring it closest; fewer than `least` are under the minimum order.
    """

    symbol: Symbol
    gap: Fraction
    price: Fraction
    nearest: int
    least: int

    @property
    def full(self) -> int:
        """Shares that do not pass the target."""
        return min(self.nearest, floor(abs(self.gap) / self.price))

    def removed(self, shares: int) -> Fraction:
        """By how much so many shares reduce |gap|."""
        return abs(self.gap) - abs(abs(self.gap) - shares * self.price)

    def admits(self, shares: int) -> bool:
        """Whether so many may trade: none, or a minimum order and at most the nearest."""
        return shares == 0 or min(self.least, self.nearest) <= shares <= self.nearest


@frozen(kw_only=True)
class Problem:
    """One account: `wishes` by |gap|, then symbol; `gaps` of every holding; all in dollars."""

    net_liquidation: Fraction
    cash: Fraction
    cash_floor: Fraction
    gaps: Mapping[Symbol, Fraction]
    prices: Mapping[Symbol, Fraction]
    held: Mapping[Symbol, int]
    wishes: tuple[Wish, ...]

    @property
    def sells(self) -> tuple[Wish, ...]:
        """Those above their target."""
        return tuple(w for w in self.wishes if w.gap < 0)

    @property
    def buys(self) -> tuple[Wish, ...]:
        """Those below their target."""
        return tuple(w for w in self.wishes if w.gap > 0)

    @property
    def sold(self) -> dict[Symbol, int]:
        """The sells that every algorithm is given: to the nearest share."""
        return {w.symbol: -w.nearest for w in self.sells}

    @property
    def room(self) -> Fraction:
        """What buys may spend: cash and proceeds above the floor, at least 0."""
        return max(Fraction(0), self.cash_after(self.sold) - self.cash_floor)

    def cash_after(self, shares: Shares) -> Fraction:
        """Cash once these are traded."""
        return self.cash - sum(self.prices[symbol] * n for symbol, n in shares.items())

    def residual(self, shares: Shares) -> Fraction:
        """The sum of |gap| once these are traded: what is to be small."""
        return sum(
            (abs(g - shares.get(s, 0) * self.prices[s]) for s, g in self.gaps.items()), Fraction(0)
        )


def problem(instance: Instance) -> Problem:
    """The account as a person would add it up (per_holding mode)."""
    rules = instance.policy
    prices = {q.symbol: Fraction(q.price) for q in instance.quotes}
    held = {p.symbol: int(p.quantity) for p in instance.snapshot.positions}
    cash = Fraction(instance.snapshot.usd_cash)
    net = cash + sum(n * prices[symbol] for symbol, n in held.items())
    weights = _within_cap(instance, net)
    gaps = {
        w.symbol: weights[w.symbol] * net - held.get(w.symbol, 0) * prices[w.symbol]
        for w in instance.targets.weights
    }
    minimum, band = Fraction(rules.min_order_usd), Fraction(rules.per_holding_band_bps)
    ranked = sorted(gaps.items(), key=lambda each: (-abs(each[1]), each[0]))
    wishes = (
        _wish(symbol, gap, prices[symbol], held.get(symbol, 0), minimum)
        for symbol, gap in ranked
        if abs(gap) * 10_000 > band * net and abs(gap) >= minimum
    )
    return Problem(
        net_liquidation=net,
        cash=cash,
        cash_floor=_floor(instance, net),
        gaps=gaps,
        prices=prices,
        held=held,
        wishes=tuple(w for w in wishes if w.nearest and w.nearest * w.price >= minimum),
    )


def faults(stated: Problem, shares: Shares) -> tuple[str, ...]:
    """Every rule that these trades break; none = admissible."""
    wishes = {w.symbol: w for w in stated.wishes}
    found = [f"{s} is no candidate" for s, n in shares.items() if n and s not in wishes]
    for symbol, wish in wishes.items():
        n = shares.get(symbol, 0)
        if n * wish.gap < 0:
            found.append(f"{symbol} moves away from its target")
        if not wish.admits(abs(n)):
            found.append(f"{symbol} trades {n}, not {wish.least} to {wish.nearest}")
        if -n > stated.held.get(symbol, 0):
            found.append(f"{symbol} is oversold")
    bought = any(n > 0 for n in shares.values())
    if bought and stated.cash_after(shares) < stated.cash_floor:
        found.append("cash ends below its floor")
    return tuple(found)


def _wish(symbol: Symbol, gap: Fraction, price: Fraction, held: int, minimum: Fraction) -> Wish:
    nearest = ceil(abs(gap) / price - Fraction(1, 2))
    return Wish(
        symbol=symbol,
        gap=gap,
        price=price,
        nearest=nearest if gap > 0 else min(nearest, held),
        least=max(1, ceil(minimum / price)),
    )


def _within_cap(instance: Instance, net: Fraction) -> dict[Symbol, Fraction]:
    """The targets, scaled where their gross is over the cap less the buffer, to 12 decimals."""
    weights = {w.symbol: Fraction(w.fraction) for w in instance.targets.weights}
    gross = sum(weights.values(), Fraction())
    most = Fraction(instance.policy.max_leverage) - _buffer(instance, net) / net
    if gross <= most:
        return weights
    return {symbol: _down(weight * _down(most) / gross) for symbol, weight in weights.items()}


def _down(fraction: Fraction) -> Fraction:
    return Fraction(floor(fraction * 10**12), 10**12)


def _floor(instance: Instance, net: Fraction) -> Fraction:
    buffer = _buffer(instance, net)
    target = Fraction(instance.targets.cash) * net
    wanted = target + buffer if target < 0 else max(target, buffer)
    return max(wanted, (1 - Fraction(instance.policy.max_leverage)) * net + buffer)


def _buffer(instance: Instance, net: Fraction) -> Fraction:
    rules = instance.policy
    if rules.cash_buffer_type is CashBufferType.PCT:
        return Fraction(rules.cash_buffer_pct) * net
    return Fraction(rules.cash_buffer_abs)
