"""A year near the cap: no day on which one symbol is sold and bought."""

from __future__ import annotations

from decimal import Decimal

import pytest

from benchmarks.leverage_days import year


@pytest.mark.parametrize("cash", ["-0.4", "-0.5"])
def test_in_a_year_of_days_near_the_cap_no_symbol_is_sold_and_bought_on_one_day(cash: str) -> None:
    found = year(Decimal(cash))
    assert found.days_both_ways == 0
    assert found.days_not_settled == 0
    assert found.days_with_trades > 50
    assert found.highest_after <= Decimal("1.50")
    assert bool(found.days_sold_for_cap) is (cash == "-0.5")
