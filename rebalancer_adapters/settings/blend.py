"""The blend of models: weights that sum to 1 within 0.001, then to exactly 1."""

from __future__ import annotations

import re
from decimal import Decimal

from rebalancer_adapters.ground.exact_sum import exact_parts
from rebalancer_adapters.ground.problems import Problem, Wrong
from rebalancer_adapters.settings.grammars import number
from rebalancer_adapters.settings.keys import MODELS
from rebalancer_adapters.settings.sources import Said, Sources
from rebalancer_core.values.money import ONE, ZERO, plain
from rebalancer_core.values.portfolios import Blend, ModelShare

_TOLERANCE = Decimal("0.001")
_WEIGHT = number("0", "1", "a fraction: 0.6 is 60 %")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.&+-]{0,39}", re.ASCII)
# Column and row names of portfolios.csv.
_TAKEN = frozenset({"etf", "cash"})


def blend(sources: Sources) -> Blend | tuple[Problem, ...]:
    """The models in the order of the file, or everything wrong with them."""
    models = sources.entries(MODELS)
    if not models:
        return (_about(sources, "no model is named", "NAME = weight, weights sum to 1"),)
    named = tuple(p for said in models for p in (*_check_name(said), *_check_weight(said)))
    if named:
        return named
    weights = tuple(_weight(said) for said in models)
    total = sum(weights, ZERO)
    if abs(total - ONE) > _TOLERANCE:
        problem = f"the weights sum to {plain(total)}, need 1 ± {_TOLERANCE}"
        return (_about(sources, problem, "change a weight; fractions, 0.6 is 60 %"),)
    parts = zip(models, exact_parts(weights), strict=True)
    return Blend(shares=tuple(ModelShare(name=said.key, fraction=part) for said, part in parts))


def _check_name(said: Said) -> tuple[Problem, ...]:
    if _NAME.fullmatch(said.key) and said.key.casefold() not in _TAKEN:
        return ()
    fix = "letters, digits, spaces and _ . & + - (at most 40), and neither ETF nor CASH"
    return (said.key_problem(Wrong(problem=f"{said.key!r} cannot name a model", fix=fix)),)


def _check_weight(said: Said) -> tuple[Problem, ...]:
    parsed = _WEIGHT.parse(said.text) if said.text else _missing()
    return (said.problem(parsed),) if isinstance(parsed, Wrong) else ()


def _weight(said: Said) -> Decimal:
    parsed = _WEIGHT.parse(said.text)
    return ZERO if isinstance(parsed, Wrong) else parsed


def _missing() -> Wrong:
    return Wrong(problem="there is no weight", fix=_WEIGHT.choices)


def _about(sources: Sources, problem: str, fix: str) -> Problem:
    return Problem(place=sources.place(MODELS), key=MODELS, problem=problem, fix=fix)
