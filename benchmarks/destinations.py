"""Where to stop inside the band: turnover and drift of four ways to rebalance 60/40.

`python -m benchmarks.destinations [PATHS]` prints a line for each: the turnover a year (the smaller
half of each round trip is not counted twice: buys and sells, halved), and the mean |drift| of the
stocks at each day's end. All of them see the same paths, trade whole shares by the product's own
planner, and pay half a spread and commissions. The seed is fixed; so are the figures.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from math import exp
from random import Random

from attrs import define, frozen

from rebalancer_core import (
    AccountId,
    AccountSnapshot,
    CashBalance,
    ConId,
    Plan,
    Position,
    Quote,
    QuoteKind,
    RebalancePolicy,
    Side,
    Symbol,
    Targets,
    Weight,
    plan_account,
)
from rebalancer_core.values.commission import IBKR_FIXED
from rebalancer_core.values.policy import Destination

PATHS, YEARS, SEED = 500, 10, 20260101
DAYS_A_YEAR, DAYS_A_QUARTER = 252, 63
WORTH = 250_000
AT_MOST = 0.65
_WEIGHTS = (0.6, 0.4)
_PRICES = (300.0, 75.0)
_MEANS, _VOLATILITIES, _CORRELATION = (0.07, 0.03), (0.16, 0.05), 0.1
_HALF_SPREAD = 0.0001
_AT = datetime(2026, 1, 2, 17, tzinfo=UTC)
_SYMBOLS = (Symbol("STOCKS"), Symbol("BONDS"))
_TARGETS = Targets(
    weights=tuple(
        Weight(symbol=symbol, fraction=Decimal(str(weight)))
        for symbol, weight in zip(_SYMBOLS, _WEIGHTS, strict=True)
    ),
    cash=Decimal(0),
)
_NO_BUFFER = RebalancePolicy(cash_buffer_pct=Decimal(0))


@frozen(kw_only=True)
class Way:
    """How an account is rebalanced: on the days of `every`, by a policy with a band in bps."""

    name: str
    band_bps: int
    destination: Destination = Destination.TARGET
    destination_bps: int = 0
    every: int = 1

    @property
    def policy(self) -> RebalancePolicy:
        """The rules of the planner."""
        return RebalancePolicy(
            cash_buffer_pct=_NO_BUFFER.cash_buffer_pct,
            per_holding_band_bps=Decimal(self.band_bps),
            destination=self.destination,
            destination_bps=Decimal(self.destination_bps),
        )


WAYS = (
    Way(name="quarterly, to the target", band_bps=0, every=DAYS_A_QUARTER),
    Way(name="band 200, to the target", band_bps=200),
    Way(
        name="band 200, inside 175",
        band_bps=200,
        destination=Destination.INSIDE,
        destination_bps=175,
    ),
    Way(name="band 200, to the edge", band_bps=200, destination=Destination.EDGE),
)


@frozen(kw_only=True)
class Found:
    """Of one way, over all paths: fractions a year, fractions of the account, orders a year."""

    way: Way
    turnover: float
    drift: float
    orders: float


@define(kw_only=True)
class _Account:
    held: list[int]
    cash: float
    traded: float = 0
    orders: int = 0

    def rebalance(self, prices: tuple[float, float], way: Way, policy: RebalancePolicy) -> None:
        worth = self.worth(prices)
        drifts = [
            abs(shares * price / worth - weight)
            for shares, price, weight in zip(self.held, prices, _WEIGHTS, strict=True)
        ]
        # What is well inside its band is not asked about: no plan trades it.
        if max(drifts) * 10_000 < way.band_bps * 0.99:
            return
        self._fill(_planned(self, prices, policy), worth)

    def worth(self, prices: tuple[float, float]) -> float:
        """Net liquidation at these prices."""
        return self.cash + self.held[0] * prices[0] + self.held[1] * prices[1]

    def _fill(self, plan: Plan, worth: float) -> None:
        for order in plan.orders:
            sign = 1 if order.side is Side.BUY else -1
            shares, price = int(order.quantity), float(order.price)
            self.held[_SYMBOLS.index(order.symbol)] += sign * shares
            self.cash -= shares * price * (sign + _HALF_SPREAD)
            self.cash -= float(IBKR_FIXED.estimate(order.quantity))
            self.traded += shares * price / worth / 2
            self.orders += 1


def measured(paths: int = PATHS, years: int = YEARS) -> tuple[Found, ...]:
    """The four ways over the same seeded paths."""
    days = years * DAYS_A_YEAR
    turnover, drift, orders = ([0.0] * len(WAYS) for _ in range(3))
    policies = tuple(way.policy for way in WAYS)
    for path in range(paths):
        accounts = [_new_account() for _ in WAYS]
        for day, prices in enumerate(_path(SEED + path, days), start=1):
            for i, (account, way) in enumerate(zip(accounts, WAYS, strict=True)):
                if day % way.every == 0:
                    account.rebalance(prices, way, policies[i])
                drift[i] += abs(account.held[0] * prices[0] / account.worth(prices) - _WEIGHTS[0])
        for i, account in enumerate(accounts):
            turnover[i] += account.traded
            orders[i] += account.orders
    return tuple(
        Found(
            way=way,
            turnover=turnover[i] / paths / years,
            drift=drift[i] / paths / days,
            orders=orders[i] / paths / years,
        )
        for i, way in enumerate(WAYS)
    )


def _new_account() -> _Account:
    held = [round(WORTH * w / price) for w, price in zip(_WEIGHTS, _PRICES, strict=True)]
    invested = sum(shares * price for shares, price in zip(held, _PRICES, strict=True))
    return _Account(held=held, cash=WORTH - invested)


def _path(seed: int, days: int) -> Iterator[tuple[float, float]]:
    """Prices to the cent at each day's end."""
    chance, prices = Random(seed), list(_PRICES)  # noqa: S311 - a simulation
    step = DAYS_A_YEAR**-0.5
    for _ in range(days):
        first, other = chance.gauss(0, 1), chance.gauss(0, 1)
        moves = (first, _CORRELATION * first + (1 - _CORRELATION**2) ** 0.5 * other)
        for i, (mean, volatility) in enumerate(zip(_MEANS, _VOLATILITIES, strict=True)):
            growth = (mean - volatility**2 / 2) / DAYS_A_YEAR + volatility * step * moves[i]
            prices[i] *= exp(growth)
        yield round(prices[0], 2), round(prices[1], 2)


def _planned(account: _Account, prices: tuple[float, float], policy: RebalancePolicy) -> Plan:
    exact = [Decimal(f"{price:.2f}") for price in prices]
    half = Decimal(str(_HALF_SPREAD))
    return plan_account(
        snapshot=AccountSnapshot(
            account_id=AccountId("DU111111"),
            as_of=_AT,
            base_currency="USD",
            cash=(CashBalance(currency="USD", amount=Decimal(f"{account.cash:.2f}")),),
            positions=tuple(
                Position(
                    con_id=ConId(number),
                    symbol=symbol,
                    security_type="STK",
                    currency="USD",
                    quantity=Decimal(shares),
                )
                for number, (symbol, shares) in enumerate(
                    zip(_SYMBOLS, account.held, strict=True), start=1
                )
            ),
        ),
        quotes=tuple(
            Quote(
                con_id=ConId(number),
                symbol=symbol,
                price=price,
                kind=QuoteKind.LAST,
                as_of=_AT,
                bid=price * (1 - half),
                ask=price * (1 + half),
            )
            for number, (symbol, price) in enumerate(zip(_SYMBOLS, exact, strict=True), start=1)
        ),
        targets=_TARGETS,
        policy=policy,
    ).unwrap()


def main() -> None:
    """The table; ends with 1 where a band inside its edge does not keep what it promises."""
    paths = int(sys.argv[1]) if len(sys.argv) > 1 else PATHS
    found = measured(paths)
    quarterly, inside = found[0], found[2]
    sys.stdout.write(f"60/40, {paths} paths of {YEARS} years, ${WORTH:,}, seed {SEED}\n")
    for each in found:
        sys.stdout.write(
            f"{each.way.name:26} turnover {each.turnover:6.2%} a year "
            f"({each.turnover / quarterly.turnover:4.2f} of quarterly), "
            f"mean drift {each.drift * 10_000:5.1f} bps, {each.orders:4.1f} orders a year\n"
        )
    is_kept = inside.drift <= quarterly.drift and inside.turnover <= AT_MOST * quarterly.turnover
    sys.stdout.write(
        f"must be: {inside.way.name} at the drift of quarterly or less, "
        f"turnover at most {AT_MOST} of it: {'kept' if is_kept else 'MISSED'}\n"
    )
    sys.exit(0 if is_kept else 1)


if __name__ == "__main__":
    main()
