"""The band and the destination of one holding, by every rule, in units and in basis points."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from rebalancer_core.planning.bands import Band, BandSource, bands, most_inside
from rebalancer_core.planning.holding import Holding
from rebalancer_core.values.instruments import Symbol
from rebalancer_core.values.policy import BandRule, Destination, RebalancePolicy
from rebalancer_core.values.symbol_rules import SymbolRule

AAA = Symbol("AAA")
MANAGED = 1_000_000


def _band(weight: str, policy: RebalancePolicy, rule: SymbolRule | None = None) -> Band:
    holding = Holding(
        symbol=AAA, held=Decimal(0), quote=None, weight=Decimal(weight), gap=0, lot_value=1
    )
    (found,) = bands((holding,), MANAGED, policy, {} if rule is None else {AAA: rule})
    return found


@pytest.mark.parametrize(
    ("rule", "weight", "source", "bps", "most"),
    [
        (BandRule.ABSOLUTE, "0.1", BandSource.ABSOLUTE, "300", 30_000),
        (BandRule.RELATIVE, "0.1", BandSource.RELATIVE, "200", 20_000),
        (BandRule.RELATIVE, "0.5", BandSource.RELATIVE, "1000", 100_000),
        (BandRule.NARROWER, "0.1", BandSource.RELATIVE, "200", 20_000),
        (BandRule.NARROWER, "0.15", BandSource.ABSOLUTE, "300", 30_000),
        (BandRule.NARROWER, "0.5", BandSource.ABSOLUTE, "300", 30_000),
        (BandRule.WIDER, "0.1", BandSource.ABSOLUTE, "300", 30_000),
        (BandRule.WIDER, "0.15", BandSource.ABSOLUTE, "300", 30_000),
        (BandRule.WIDER, "0.5", BandSource.RELATIVE, "1000", 100_000),
        (BandRule.WIDER, "0", BandSource.ZERO_TARGET, "0", 0),
    ],
)
def test_the_rule_decides_which_band_counts(
    rule: BandRule, weight: str, source: BandSource, bps: str, most: int
) -> None:
    policy = RebalancePolicy(
        per_holding_band_bps=Decimal(300), band_rule=rule, relative_band_pct=Decimal(20)
    )
    found = _band(weight, policy)
    assert (found.source, found.bps, found.most) == (source, Decimal(bps), most)
    assert (found.is_outside(most), found.is_outside(-most)) == (False, False)
    assert (found.is_outside(most + 1), found.is_outside(-most - 1)) == (True, True)


@pytest.mark.parametrize("rule", BandRule)
def test_a_symbols_own_band_wins_over_every_rule_save_that_of_a_target_of_0(
    rule: BandRule,
) -> None:
    policy = RebalancePolicy(band_rule=rule, destination=Destination.EDGE)
    own = SymbolRule(symbol=AAA, band_bps=Decimal(120))
    found = _band("0.5", policy, own)
    assert (found.source, found.bps, found.distance) == (BandSource.SYMBOL, Decimal(120), 12_000)
    zero = _band("0", policy, own)
    assert (zero.source, zero.most, zero.distance) == (BandSource.ZERO_TARGET, 0, 0)
    assert zero.destination is Destination.TARGET
    without = _band("0.5", RebalancePolicy(), SymbolRule(symbol=AAA, hold=True))
    assert without.source is BandSource.ABSOLUTE


@pytest.mark.parametrize(
    ("destination", "bps", "distance"),
    [
        (Destination.TARGET, "0", 0),
        (Destination.EDGE, "200", 20_000),
        (Destination.HALFWAY, "100", 10_000),
        (Destination.INSIDE, "175", 17_500),
    ],
)
def test_a_destination_is_a_distance_from_the_target(
    destination: Destination, bps: str, distance: int
) -> None:
    policy = RebalancePolicy(
        per_holding_band_bps=Decimal(200), destination=destination, destination_bps=Decimal(175)
    )
    found = _band("0.5", policy)
    assert (found.destination, found.destination_bps) == (destination, Decimal(bps))
    assert found.distance == distance
    narrow = _band("0.5", policy, SymbolRule(symbol=AAA, band_bps=Decimal(40)))
    assert narrow.distance <= narrow.most == 4_000


def test_only_what_costs_would_take_outside_stops_earlier() -> None:
    edge, inside = (
        _band(
            "0.6",
            RebalancePolicy(
                per_holding_band_bps=Decimal(200),
                destination=destination,
                destination_bps=Decimal(175),
            ),
        )
        for destination in (Destination.EDGE, Destination.INSIDE)
    )
    weight = Fraction(3, 5)
    # 0.62 of the costs, rounded up to whole units.
    assert [edge.sell_distance(weight, costs) for costs in (0, 100, 101)] == [
        20_000,
        19_938,
        19_937,
    ]
    assert [inside.sell_distance(weight, costs) for costs in (0, 4_032, 4_034)] == [
        17_500,
        17_500,
        17_498,
    ]
    assert edge.sell_distance(weight, 10**9) == 0


def test_what_is_inside_is_rounded_down() -> None:
    assert (most_inside(9_999, Decimal(1)), most_inside(10_000, Decimal(1))) == (0, 1)


@pytest.mark.parametrize(
    ("rule", "bars"),
    [
        (SymbolRule(symbol=AAA), (False, False)),
        (SymbolRule(symbol=AAA, hold=True), (True, True)),
        (SymbolRule(symbol=AAA, no_buy=True), (True, False)),
        (SymbolRule(symbol=AAA, no_sell=True), (False, True)),
    ],
)
def test_a_rule_bars_buys_sells_or_both(rule: SymbolRule, bars: tuple[bool, bool]) -> None:
    assert (rule.bars_buy, rule.bars_sell) == bars
