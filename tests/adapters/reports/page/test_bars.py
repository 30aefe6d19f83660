"""The bars say what the figures say: one scale an account, zero in its place."""

from decimal import Decimal
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from rebalancer_adapters.reports.page.bars import legend, scale_of, weight_bars

weights = st.decimals(min_value=-5, max_value=5, places=6)


def drawn(*shown: Decimal | None) -> dict[str, dict[str, str]]:
    before, target, after = shown
    picture = ET.fromstring(weight_bars(scale_of(shown), before, target, after))
    return {part.attrib["class"]: part.attrib for part in picture}


def test_bars_begin_at_zero_and_end_at_the_weight() -> None:
    parts = drawn(Decimal("0.5"), Decimal("0.4"), Decimal("0.25"))
    assert (parts["before"]["x"], parts["before"]["width"]) == ("0", "100")
    assert (parts["after"]["x"], parts["after"]["width"]) == ("0", "50")
    assert parts["target"]["x1"] == parts["target"]["x2"] == "80"


def test_borrowed_cash_reaches_to_the_left_of_zero() -> None:
    scale = scale_of((Decimal("-0.2"), Decimal("0.6")))
    picture = ET.fromstring(weight_bars(scale, Decimal("-0.2"), None, Decimal("0.6")))
    parts = {part.attrib["class"]: part.attrib for part in picture}
    assert parts["zero"]["x1"] == "25"
    assert (parts["before"]["x"], parts["before"]["width"]) == ("0", "25")
    assert (parts["after"]["x"], parts["after"]["width"]) == ("25", "75")


def test_a_weight_that_is_not_known_has_no_bar() -> None:
    assert set(drawn(None, None, None)) == {"zero"}


def test_the_legend_names_each_shape() -> None:
    words = "".join(ET.fromstring(legend("as planned")).itertext())
    for shape in ("hollow: before", "line: target", "full: as planned"):
        assert shape in words


@given(weights, weights, weights)
def test_every_weight_lies_inside_of_the_picture(
    before: Decimal, target: Decimal, after: Decimal
) -> None:
    parts = drawn(before, target, after)
    for name in ("before", "after"):
        left, width = Decimal(parts[name]["x"]), Decimal(parts[name]["width"])
        assert left >= 0
        assert left + width <= Decimal("100.01")
    assert 0 <= Decimal(parts["target"]["x1"]) <= 100
