"""Figures are written as a person reads them."""

from decimal import Decimal

import pytest

from rebalancer_cli.screen import figures
from rebalancer_core.messages import counted


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (figures.percent(Decimal("0.6")), "60.00"),
        (figures.percent(None), "-"),
        (figures.percent(Decimal("-0.000001")), "0.00"),
        (figures.signed_percent(Decimal("0.0125")), "+1.25"),
        (figures.signed_percent(Decimal("-0.000001")), "0.00"),
        (figures.signed_dollars(Decimal("-1240.4")), "-1,240"),
        (figures.signed_dollars(Decimal("-0.4")), "0"),
        (figures.dollars(Decimal(0)), "-"),
        (figures.dollars(Decimal("18420.4")), "18,420"),
        (figures.price(Decimal("512.3")), "512.30"),
        (figures.price(Decimal("9.87250")), "9.8725"),
        (figures.price(Decimal("1E+3")), "1,000.00"),
        (figures.price(Decimal(100) / 3), "33.3333"),
        (figures.quantity(Decimal("1204.0000")), "1,204"),
        (figures.quantity(Decimal("0.5")), "0.5"),
        (figures.quantity(Decimal(0)), "-"),
        (figures.leverage(Decimal("1.2345")), "1.23x"),
        (figures.leverage(None), "-"),
        (figures.money(Decimal("-5.2"), 2), "-$5.20"),
        (counted(1, "order"), "1 order"),
        (counted(0, "order"), "0 orders"),
    ],
)
def test_a_figure_is_grouped_and_signed_and_nothing_is_a_dash(written: str, expected: str) -> None:
    assert written == expected
