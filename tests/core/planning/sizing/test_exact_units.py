"""ExactUnit are exact, however many digits an amount has."""

from __future__ import annotations

from decimal import Decimal

from rebalancer_core.planning.sizing.exact_units import decimals, unit_of_decimals

LARGE = Decimal("12345678901234567890.123456789012345678901234567891")


def test_dollars_of_more_digits_than_a_context_has_come_back_unrounded() -> None:
    units = unit_of_decimals(30)
    assert units.of(LARGE) == 12345678901234567890123456789012345678901234567891
    assert units.dollars(units.of(LARGE)) == LARGE


def test_decimals_of_far_apart_numbers_are_all_counted() -> None:
    assert decimals((Decimal("1E+40"), Decimal("0.0000001"))) == 7
    assert decimals((LARGE, Decimal("0.5"))) == 30
