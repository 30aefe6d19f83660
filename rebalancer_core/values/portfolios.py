"""Model portfolios and their blend, as fractions that sum to exactly 1."""

from __future__ import annotations

from decimal import Decimal

from attrs import frozen

from rebalancer_core.values.instruments import Symbol


@frozen(kw_only=True)
class Weight:
    """A share of a whole: 0.6 means 60 %."""

    symbol: Symbol
    fraction: Decimal


@frozen(kw_only=True)
class ModelPortfolio:
    """One column of portfolios.csv: `weights` + `cash` = 1; only `cash` may be negative."""

    name: str
    weights: tuple[Weight, ...]
    cash: Decimal


@frozen(kw_only=True)
class ModelShare:
    """How much of the blend one model is, a fraction."""

    name: str
    fraction: Decimal


@frozen(kw_only=True)
class Blend:
    """Model shares that sum to exactly 1."""

    shares: tuple[ModelShare, ...]


@frozen(kw_only=True)
class Targets:
    """Blended target weights, sorted by symbol: `weights` + `cash` = exactly 1.

    A symbol listed with 0 has a weight of 0 here: it is to be sold, not unlisted.
    """

    weights: tuple[Weight, ...]
    cash: Decimal
