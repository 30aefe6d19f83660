"""Instances: accounts as they come to be rebalanced, drawn from a seed, the same on every machine.

5 to 60 ETFs at $8 to $700, $5,000 to $5,000,000, in seven patterns of how an account got away from
its targets. Everything is drawn as whole numbers, so no float decides anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import ROUND_DOWN, Decimal
from enum import Enum
from math import exp, log
from random import Random

from attrs import frozen

from rebalancer_core.values.account import (
    AccountSnapshot,
    CashBalance,
    Position,
    Quote,
    QuoteKind,
)
from rebalancer_core.values.instruments import STOCK, USD, AccountId, ConId, Symbol
from rebalancer_core.values.policy import RebalancePolicy, Sizing
from rebalancer_core.values.portfolios import Targets, Weight

AS_OF = datetime(2026, 1, 2, 15, 4, 5, tzinfo=UTC)
_CENT = Decimal("0.01")
_TEN_THOUSAND = Decimal(10_000)


class Pattern(Enum):
    """How an account got away from its targets."""

    MARKET_DRIFT = "market drift"
    DEPOSIT = "deposit"
    INITIAL_PURCHASE = "initial purchase"
    CASH_POOR = "cash poor"
    DEBIT_CASH = "debit cash"
    LEVERAGE_BOUND = "leverage bound"
    MARGIN_MODELS = "margin models"


@frozen(kw_only=True)
class Instance:
    """One call of the planning function, and what it stands for."""

    number: int
    pattern: Pattern
    snapshot: AccountSnapshot
    quotes: tuple[Quote, ...]
    targets: Targets
    policy: RebalancePolicy


@frozen(kw_only=True)
class _Shape:
    """A pattern in numbers: bps of net liquidation or, for `strays`, of each holding's target."""

    cash_target: tuple[int, int]
    cash_now: tuple[int, int]
    strays: tuple[int, int]
    max_leverage: Decimal = Decimal("1.50")


_SHAPES = {
    Pattern.MARKET_DRIFT: _Shape(cash_target=(0, 300), cash_now=(50, 400), strays=(-3500, 4500)),
    Pattern.DEPOSIT: _Shape(cash_target=(0, 200), cash_now=(500, 4000), strays=(-1000, 1000)),
    Pattern.INITIAL_PURCHASE: _Shape(
        cash_target=(0, 200), cash_now=(10_000, 10_000), strays=(-10_000, -10_000)
    ),
    Pattern.CASH_POOR: _Shape(cash_target=(0, 0), cash_now=(-50, 150), strays=(-6000, 2500)),
    Pattern.DEBIT_CASH: _Shape(cash_target=(0, 0), cash_now=(-2500, -300), strays=(-6000, 6000)),
    Pattern.LEVERAGE_BOUND: _Shape(
        cash_target=(-7000, -4000),
        cash_now=(-2400, 1000),
        strays=(-6000, 1000),
        max_leverage=Decimal("1.25"),
    ),
    Pattern.MARGIN_MODELS: _Shape(
        cash_target=(-4500, -500), cash_now=(-4000, 2000), strays=(-5000, 3000)
    ),
}


def instances(seed: int, count: int) -> Iterator[Instance]:
    """`count` accounts, the patterns in turn; an instance depends on the seed and its number only.

    >>> [drawn.pattern.value for drawn in instances(1, 3)]
    ['market drift', 'deposit', 'initial purchase']
    >>> next(instances(1, 1)) == next(instances(1, 1))
    True
    """
    patterns = tuple(Pattern)
    return (
        instance(Random(f"{seed}/{number}"), number, patterns[number % len(patterns)])  # noqa: S311 - instances, no secrets
        for number in range(count)
    )


def instance(chance: Random, number: int, pattern: Pattern, symbols: int | None = None) -> Instance:
    """One account of a pattern, with so many symbols, or 5 to 60."""
    shape = _SHAPES[pattern]
    count = symbols or chance.randint(5, 60)
    net = Decimal(_log_uniform(chance, 5_000, 5_000_000))
    cash_target = Decimal(chance.randint(*shape.cash_target)) / _TEN_THOUSAND
    cash_now = Decimal(chance.randint(*shape.cash_now)) / _TEN_THOUSAND
    weights = _weights(chance, count, 1 - cash_target)
    names = tuple(Symbol(f"E{i:03}") for i in range(count))
    prices = tuple(_log_uniform(chance, 800, 70_000) * _CENT for _ in names)
    shares = _shares(chance, shape, weights, prices, net * (1 - cash_now))
    invested = sum((n * p for n, p in zip(shares, prices, strict=True)), Decimal(0))
    return Instance(
        number=number,
        pattern=pattern,
        snapshot=AccountSnapshot(
            account_id=AccountId("DU111111"),
            as_of=AS_OF,
            base_currency=USD,
            cash=(CashBalance(currency=USD, amount=net - invested),),
            positions=tuple(
                Position(
                    con_id=ConId(i + 1),
                    symbol=name,
                    security_type=STOCK,
                    currency=USD,
                    quantity=quantity,
                )
                for i, (name, quantity) in enumerate(zip(names, shares, strict=True))
                if quantity
            ),
        ),
        quotes=tuple(
            Quote(con_id=ConId(i + 1), symbol=name, price=price, kind=QuoteKind.LAST, as_of=AS_OF)
            for i, (name, price) in enumerate(zip(names, prices, strict=True))
        ),
        targets=Targets(
            weights=tuple(
                Weight(symbol=name, fraction=weight)
                for name, weight in zip(names, weights, strict=True)
            ),
            cash=cash_target,
        ),
        policy=RebalancePolicy(
            per_holding_band_bps=Decimal(chance.choice((0, 10, 25, 50, 50, 50))),
            min_order_usd=Decimal(chance.choice((0, 100, 250, 500, 500, 500))),
            max_leverage=shape.max_leverage,
            sizing=Sizing.BEST,
        ),
    )


def _weights(chance: Random, count: int, total: Decimal) -> tuple[Decimal, ...]:
    """Some large, many small, to 0.01 %; they sum to exactly `total`."""
    parts = [chance.randint(1, 100) * chance.randint(1, 10) for _ in range(count)]
    whole = sum(parts)
    rounded = [(total * part / whole).quantize(Decimal("0.0001"), ROUND_DOWN) for part in parts]
    largest = max(range(count), key=parts.__getitem__)
    rounded[largest] += total - sum(rounded)
    return tuple(rounded)


def _shares(
    chance: Random,
    shape: _Shape,
    weights: tuple[Decimal, ...],
    prices: tuple[Decimal, ...],
    to_invest: Decimal,
) -> tuple[Decimal, ...]:
    """Whole shares that together are worth about `to_invest`, each strayed from its target."""
    strayed = [w * (10_000 + chance.randint(*shape.strays)) for w in weights]
    whole = sum(strayed)
    if not whole or to_invest <= 0:
        return tuple(Decimal(0) for _ in weights)
    shares, carried = [Decimal(0)] * len(prices), Decimal(0)
    # Dearest first, and what a holding leaves goes to the next: the cheapest rounds for all.
    for i in sorted(range(len(prices)), key=prices.__getitem__, reverse=True):
        carried += to_invest * strayed[i] / whole
        shares[i] = carried // prices[i]
        carried -= shares[i] * prices[i]
    return tuple(shares)


def _log_uniform(chance: Random, least: int, most: int) -> int:
    return round(exp(chance.uniform(log(least), log(most))))
