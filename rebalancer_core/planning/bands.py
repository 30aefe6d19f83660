"""Bands: how far a holding may be from its target, and how far from it a trade stops.

A target of 0 has a band of 0 and is gone to all the way: what nobody wants is sold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import Enum
from fractions import Fraction

from attrs import frozen

from rebalancer_core.planning.holding import Holding
from rebalancer_core.values.instruments import Symbol
from rebalancer_core.values.money import BPS, HUNDRED, ZERO, product
from rebalancer_core.values.policy import BandRule, Destination, RebalancePolicy
from rebalancer_core.values.symbol_rules import SymbolRule

_HALF = Decimal("0.5")


class BandSource(Enum):
    """What a band is made of."""

    ABSOLUTE = "per_holding_band_bps"
    RELATIVE = "relative_band_pct"
    SYMBOL = "band_bps of the symbol"
    ZERO_TARGET = "target of 0"


@frozen(kw_only=True)
class Band:
    """What one holding tolerates, `bps` of managed net liquidation; `most` is that in units.

    A trade stops `destination_bps` from the target, `distance` in units, or closer.
    """

    source: BandSource
    bps: Decimal
    most: int
    destination: Destination
    destination_bps: Decimal
    distance: int

    def is_outside(self, gap: int) -> bool:
        """Strictly outside: exactly on the band does not trade."""
        return abs(gap) > self.most

    def sell_distance(self, weight: Fraction, costs: int) -> int:
        """Where a sell stops, in units, when the plan costs that much.

        Costs come off net liquidation: a holding then is above its target by `weight` of them more,
        and its band is narrower. A sell that ended on the edge would be outside once it is paid.
        """
        fraction = weight + Fraction(self.bps) / int(BPS)
        room = -(-costs * fraction.numerator // fraction.denominator)
        return max(0, min(self.distance, self.most - room))


def bands(
    holdings: tuple[Holding, ...],
    managed: int,
    policy: RebalancePolicy,
    rules: Mapping[Symbol, SymbolRule],
) -> Iterator[Band]:
    """The band of each holding, in their order; `managed` net liquidation in units."""
    usual = _band(BandSource.ABSOLUTE, policy.per_holding_band_bps, managed, policy)
    nothing = _band(BandSource.ZERO_TARGET, ZERO, managed, policy)
    for holding in holdings:
        if not holding.weight:
            yield nothing
            continue
        rule = rules.get(holding.symbol)
        if rule is not None and rule.band_bps is not None:
            yield _band(BandSource.SYMBOL, rule.band_bps, managed, policy)
        elif policy.band_rule is BandRule.ABSOLUTE:
            yield usual
        else:
            relative = relative_band_bps(holding.weight, policy)
            is_relative = _is_relative(relative, policy)
            yield _band(BandSource.RELATIVE, relative, managed, policy) if is_relative else usual


def relative_band_bps(weight: Decimal, policy: RebalancePolicy) -> Decimal:
    """`relative_band_pct` of a target weight, in bps of managed net liquidation.

    >>> relative_band_bps(Decimal("0.1"), RebalancePolicy())
    Decimal('250.0')
    """
    return product(product(weight, policy.relative_band_pct), HUNDRED)


def destination_bps(band_bps: Decimal, policy: RebalancePolicy) -> Decimal:
    """How far from its target a trade stops, in bps, of a holding with that band.

    >>> inside = RebalancePolicy(destination=Destination.INSIDE, destination_bps=Decimal(175))
    >>> destination_bps(Decimal(200), inside), destination_bps(Decimal(100), inside)
    (Decimal('175'), Decimal('100'))
    """
    match policy.destination:
        case Destination.TARGET:
            return ZERO
        case Destination.EDGE:
            return band_bps
        case Destination.HALFWAY:
            return product(band_bps, _HALF)
        case Destination.INSIDE:
            return min(policy.destination_bps, band_bps)


def outside_band(gap: int, managed: int, band_bps: Decimal) -> bool:
    """Strictly outside: exactly on the band does not trade.

    >>> outside_band(-50, 10_000, Decimal(50)), outside_band(51, 10_000, Decimal(50))
    (False, True)
    """
    return abs(gap) > most_inside(managed, band_bps)


def most_inside(managed: int, bps: Decimal) -> int:
    """The most whole units that are inside so many basis points.

    >>> most_inside(10_000, Decimal("50.5"))
    50
    """
    over, under = bps.as_integer_ratio()
    return over * managed // (int(BPS) * under)


def _is_relative(relative: Decimal, policy: RebalancePolicy) -> bool:
    match policy.band_rule:
        case BandRule.ABSOLUTE:
            return False
        case BandRule.RELATIVE:
            return True
        case BandRule.NARROWER:
            return relative < policy.per_holding_band_bps
        case BandRule.WIDER:
            return relative > policy.per_holding_band_bps


def _band(source: BandSource, bps: Decimal, managed: int, policy: RebalancePolicy) -> Band:
    goal = destination_bps(bps, policy)
    return Band(
        source=source,
        bps=bps,
        most=most_inside(managed, bps),
        destination=Destination.TARGET if source is BandSource.ZERO_TARGET else policy.destination,
        destination_bps=goal,
        distance=most_inside(managed, goal),
    )
