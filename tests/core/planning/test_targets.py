"""Targets are blended exactly, whatever the order of models and rows."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from rebalancer_core.planning.targets import blended_targets, contributions
from rebalancer_core.values.instruments import CASH, Symbol
from rebalancer_core.values.portfolios import Blend, ModelPortfolio, ModelShare, Weight

SYMBOLS = ("AAA", "BBB", "CCC", "DDD")


@st.composite
def fractions_of_one(draw: st.DrawFn, count: int) -> tuple[Decimal, ...]:
    """Numbers with 28 digits that sum to exactly 1."""
    parts = draw(st.lists(st.integers(0, 10**28 // count), min_size=count - 1, max_size=count - 1))
    return tuple(Decimal(p).scaleb(-28) for p in (*parts, 10**28 - sum(parts)))


@st.composite
def blends(draw: st.DrawFn) -> tuple[tuple[ModelPortfolio, ...], Blend]:
    """Models and their shares, each of full precision."""
    count = draw(st.integers(1, 4))
    shares = draw(fractions_of_one(count))
    names = [f"model {i}" for i in range(count)]
    parts = [draw(fractions_of_one(len(SYMBOLS) + 1)) for _ in names]
    portfolios = (
        ModelPortfolio(
            name=name,
            weights=tuple(
                Weight(symbol=Symbol(symbol), fraction=fraction)
                for symbol, fraction in zip(SYMBOLS, part[:-1], strict=True)
            ),
            cash=part[-1],
        )
        for name, part in zip(names, parts, strict=True)
    )
    blend = Blend(
        shares=tuple(ModelShare(name=n, fraction=f) for n, f in zip(names, shares, strict=True))
    )
    return tuple(portfolios), blend


@given(blends())
def test_targets_are_the_exact_blend_and_sum_to_exactly_one(
    case: tuple[tuple[ModelPortfolio, ...], Blend],
) -> None:
    portfolios, blend = case
    targets = blended_targets(portfolios, blend)
    assert sum((Fraction(w.fraction) for w in targets.weights), Fraction(targets.cash)) == 1
    share = {s.name: Fraction(s.fraction) for s in blend.shares}
    for i, weight in enumerate(targets.weights):
        parts = (share[p.name] * Fraction(p.weights[i].fraction) for p in portfolios)
        assert weight.fraction == sum(parts, Fraction())


@given(blends())
def test_the_order_of_models_and_rows_changes_no_target(
    case: tuple[tuple[ModelPortfolio, ...], Blend],
) -> None:
    portfolios, blend = case
    backwards = tuple(
        ModelPortfolio(name=p.name, weights=p.weights[::-1], cash=p.cash) for p in portfolios[::-1]
    )
    assert blended_targets(backwards, Blend(shares=blend.shares[::-1])) == blended_targets(
        portfolios, blend
    )


def test_a_symbol_with_zero_everywhere_stays_listed() -> None:
    core = _model("core", {"AAA": "1", "BBB": "0"}, "0")
    targets = blended_targets((core,), _blend(core="1"))
    assert {str(w.symbol): w.fraction for w in targets.weights} == {"AAA": 1, "BBB": 0}


def test_a_symbol_that_one_model_lacks_counts_as_zero_there() -> None:
    models = (_model("core", {"AAA": "1.2"}, "-0.2"), _model("safe", {"BBB": "0.5"}, "0.5"))
    blend = _blend(core="0.75", safe="0.25")
    told = [(c.model, c.weight, c.fraction) for c in contributions(Symbol("AAA"), models, blend)]
    assert told == [("core", Decimal("1.2"), Decimal("0.9")), ("safe", 0, 0)]
    cash = [c.fraction for c in contributions(CASH, models, blend)]
    assert cash == [Decimal("-0.15"), Decimal("0.125")]
    assert blended_targets(models, blend).cash == Decimal("-0.025")


def _model(name: str, weights: dict[str, str], cash: str) -> ModelPortfolio:
    return ModelPortfolio(
        name=name,
        weights=tuple(
            Weight(symbol=Symbol(symbol), fraction=Decimal(text))
            for symbol, text in weights.items()
        ),
        cash=Decimal(cash),
    )


def _blend(**shares: str) -> Blend:
    return Blend(
        shares=tuple(ModelShare(name=n, fraction=Decimal(text)) for n, text in shares.items())
    )
