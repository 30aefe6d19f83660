"""A band tolerates what is exactly on it, also where it is not a whole number of basis points."""

from __future__ import annotations

from decimal import Decimal

import pytest

from rebalancer_core.planning.bands import outside_band
from rebalancer_core.planning.triggers import portfolio_outside_band


@pytest.mark.parametrize(("band", "edge"), [("50", 5_000), ("12.5", 1_250), ("0.01", 1), ("0", 0)])
def test_a_gap_on_its_band_is_inside_on_either_side(band: str, edge: int) -> None:
    for side in (1, -1):
        assert not outside_band(side * edge, 1_000_000, Decimal(band))
        assert outside_band(side * (edge + 1), 1_000_000, Decimal(band))


def test_amounts_of_more_digits_than_a_float_has_are_judged_exactly() -> None:
    managed = 10_000 * 123_456_789_123_456_789
    edge = 50 * 123_456_789_123_456_789
    assert not outside_band(edge, managed, Decimal(50))
    assert outside_band(edge + 1, managed, Decimal(50))
    assert not portfolio_outside_band((edge,), edge, managed, Decimal(50))
    assert portfolio_outside_band((edge,), edge + 1, managed, Decimal(50))


@pytest.mark.parametrize(("band", "edge"), [("50", 5_000), ("12.5", 1_250), ("0.01", 1), ("0", 0)])
def test_a_portfolio_on_its_band_is_inside(band: str, edge: int) -> None:
    for gaps, cash in (((edge,), -edge), ((-edge,), edge), ((edge, -edge), 0)):
        assert not portfolio_outside_band(gaps, cash, 1_000_000, Decimal(band))
        assert portfolio_outside_band((*gaps, 1), cash, 1_000_000, Decimal(band))
        assert portfolio_outside_band((*gaps, -1), cash, 1_000_000, Decimal(band))
