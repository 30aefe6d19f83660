"""A plan's margin is what its orders change, each told by the broker for itself."""

from decimal import Decimal

from rebalancer_core.messages.margin import explain_margin
from rebalancer_core.safety.margin import plan_margin
from rebalancer_core.values.margin import MarginEffect, Shift

_SELL = MarginEffect(
    initial=Shift(before=Decimal(5000), change=Decimal(-1500)),
    maintenance=Shift(before=Decimal(4000), change=Decimal(-1200)),
    equity_with_loan=Shift(before=Decimal(20000), change=Decimal("-1.5")),
    commission=Decimal("1.5"),
    commission_currency="USD",
)
_BUY = MarginEffect(
    initial=Shift(before=Decimal(5000), change=Decimal(2500)),
    maintenance=Shift(before=Decimal(4000), change=Decimal(2000)),
    equity_with_loan=Shift(before=Decimal(20000), change=Decimal(-1)),
    commission=Decimal(1),
    commission_currency="USD",
)


def test_the_changes_of_all_orders_add_up_on_what_was_before() -> None:
    margin = plan_margin((_SELL, _BUY), "USD")
    assert (margin.asked, margin.answered) == (2, 2)
    assert margin.initial == 6000
    assert margin.maintenance == 4800
    assert margin.excess_liquidity == Decimal("15197.5")
    assert margin.commissions == (("USD", Decimal("2.5")),)
    assert explain_margin(margin) == ""


def test_orders_without_an_answer_are_counted_and_change_nothing() -> None:
    margin = plan_margin((None, _BUY, None), "CAD")
    assert (margin.asked, margin.answered, margin.currency) == (3, 1, "CAD")
    assert margin.initial == 7500


def test_without_any_answer_there_is_no_figure() -> None:
    margin = plan_margin((None, None), "USD")
    assert (margin.initial, margin.maintenance, margin.excess_liquidity) == (None, None, None)
    assert margin.commissions == ()
    assert explain_margin(margin) == ""


def test_a_figure_that_one_answer_lacks_is_not_guessed() -> None:
    without_equity = MarginEffect(initial=_BUY.initial, maintenance=_BUY.maintenance)
    margin = plan_margin((_SELL, without_equity), "USD")
    assert margin.initial == 6000
    assert margin.excess_liquidity is None
    assert margin.commissions == ()


def test_excess_liquidity_below_zero_is_a_caution() -> None:
    deep = MarginEffect(
        maintenance=Shift(before=Decimal(4000), change=Decimal(2000)),
        equity_with_loan=Shift(before=Decimal(5000), change=Decimal(-1)),
    )
    margin = plan_margin((deep,), "USD")
    assert margin.excess_liquidity == -1001
    assert "excess liquidity would be 1001 USD below zero" in explain_margin(margin)
