"""What is not a number does not go inward."""

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ib_async.util import UNSET_DOUBLE

from rebalancer_adapters.ib.numbers import to_amount, to_number, to_price, to_wire_quantity

_NONE = [math.nan, math.inf, -math.inf, UNSET_DOUBLE, 1.7976931348623157e308, 1.79e308, -1e15, None]


@pytest.mark.parametrize("value", _NONE)
def test_no_number_is_none(value: float | None) -> None:
    assert to_number(value) is None
    assert to_price(value) is None


@pytest.mark.parametrize("value", [-1.0, 0.0, -0.01, 0.00009, 1e-300, 5e-324, 10_000_000.01, 1e14])
def test_a_price_is_between_its_bounds_or_none(value: float) -> None:
    assert to_number(value) == Decimal(str(value))
    assert to_price(value) is None


@pytest.mark.parametrize(
    "text",
    ["", " ", "nan", "Infinity", "1.7976931348623157E308", "1e5", "1,000", "true", "-", "9" * 16],
)
def test_an_odd_account_value_is_none(text: str) -> None:
    assert to_amount(text) is None


@given(st.decimals(min_value=Decimal("0.01"), max_value=100_000, places=4))
def test_a_price_comes_in_exactly_as_it_was_written(price: Decimal) -> None:
    assert to_price(float(str(price))) == price


@given(st.decimals(min_value=Decimal("0.0001"), max_value=10_000_000, places=4))
def test_a_quantity_goes_out_exactly(quantity: Decimal) -> None:
    assert Decimal(str(to_wire_quantity(quantity))) == quantity


def test_whole_shares_are_written_without_a_point() -> None:
    assert str(to_wire_quantity(Decimal("250.000"))) == "250"
