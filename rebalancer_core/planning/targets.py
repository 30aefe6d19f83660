"""Target weights: model portfolios blended exactly, whatever the order of their rows."""

from __future__ import annotations

from decimal import Context, Decimal

from attrs import frozen

from rebalancer_core.values.instruments import CASH, Symbol
from rebalancer_core.values.money import ZERO, plain
from rebalancer_core.values.portfolios import Blend, ModelPortfolio, Targets, Weight

# Wide enough for the product of any two weights and for every sum of these: nothing is rounded.
_EXACT = Context(prec=1000)


@frozen(kw_only=True)
class Contribution:
    """What one model adds to a target: `share` of the blend x `weight` in the model."""

    model: str
    share: Decimal
    weight: Decimal
    fraction: Decimal


def blended_targets(portfolios: tuple[ModelPortfolio, ...], blend: Blend) -> Targets:
    """`w_i = sum_k m_k * p_k,i`, CASH likewise; sums to exactly 1 where its parts do.

    Every symbol of every model of the blend is in it, also with 0. Each model of the blend must be
    among the portfolios.

    >>> from rebalancer_core.values.portfolios import ModelShare
    >>> half = Decimal("0.5")
    >>> core = ModelPortfolio(
    ...     name="core", weights=(Weight(symbol=Symbol("SPY"), fraction=Decimal(1)),), cash=ZERO
    ... )
    >>> safe = ModelPortfolio(
    ...     name="safe", weights=(Weight(symbol=Symbol("BND"), fraction=half),), cash=half
    ... )
    >>> shares = (ModelShare(name="core", fraction=half), ModelShare(name="safe", fraction=half))
    >>> targets = blended_targets((core, safe), Blend(shares=shares))
    >>> [(w.symbol, str(w.fraction)) for w in targets.weights], str(targets.cash)
    ([('BND', '0.25'), ('SPY', '0.5')], '0.25')
    """
    tables = _tables(portfolios)
    symbols = {symbol for share in blend.shares for symbol in tables[share.name]} - {CASH}
    return Targets(
        weights=tuple(
            Weight(symbol=symbol, fraction=_total(_contributions(symbol, tables, blend)))
            for symbol in sorted(symbols)
        ),
        cash=_total(_contributions(CASH, tables, blend)),
    )


def contributions(
    symbol: Symbol, portfolios: tuple[ModelPortfolio, ...], blend: Blend
) -> tuple[Contribution, ...]:
    """What each model of the blend adds to the target of `symbol` (or CASH), in blend order.

    >>> from rebalancer_core.values.portfolios import ModelShare
    >>> safe = ModelPortfolio(name="safe", weights=(), cash=Decimal(1))
    >>> blend = Blend(shares=(ModelShare(name="safe", fraction=Decimal(1)),))
    >>> [(part.model, str(part.fraction)) for part in contributions(CASH, (safe,), blend)]
    [('safe', '1')]
    """
    return _contributions(symbol, _tables(portfolios), blend)


def _tables(portfolios: tuple[ModelPortfolio, ...]) -> dict[str, dict[Symbol, Decimal]]:
    return {
        portfolio.name: {w.symbol: w.fraction for w in portfolio.weights} | {CASH: portfolio.cash}
        for portfolio in portfolios
    }


def _contributions(
    symbol: Symbol, tables: dict[str, dict[Symbol, Decimal]], blend: Blend
) -> tuple[Contribution, ...]:
    return tuple(
        _contribution(share.name, share.fraction, tables[share.name].get(symbol, ZERO))
        for share in blend.shares
    )


def _contribution(model: str, share: Decimal, weight: Decimal) -> Contribution:
    fraction = _EXACT.multiply(share, weight)
    return Contribution(model=model, share=share, weight=weight, fraction=fraction)


def _total(parts: tuple[Contribution, ...]) -> Decimal:
    total = ZERO
    for each in parts:
        total = _EXACT.add(total, each.fraction)
    return Decimal(plain(total))
