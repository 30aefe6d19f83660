"""A row's figures follow from its facts: what is held, its price, its target and its trade."""

from __future__ import annotations

from decimal import Decimal

from attrs import evolve

from rebalancer_core.values.instruments import CASH, ConId, Symbol
from rebalancer_core.values.plan import Action, PlanRow

HELD = PlanRow(
    symbol=Symbol("VTI"),
    con_id=ConId(1),
    held=Decimal(30),
    price=Decimal("100.50"),
    target_weight=Decimal("0.4"),
    managed=Decimal(9000),
)


def test_drift_is_value_less_target_in_dollars_and_of_managed_net_liquidation() -> None:
    assert HELD.drift_usd == Decimal(-585)
    assert HELD.drift == Decimal("-0.065")
    assert HELD.current_weight == Decimal("0.335")


def test_a_buy_adds_to_the_weight_and_a_sell_takes_from_it() -> None:
    bought = evolve(HELD, change=Decimal(6))
    sold = evolve(HELD, change=Decimal(-6))
    assert (bought.action, sold.action, HELD.action) == (Action.BUY, Action.SELL, Action.NONE)
    assert bought.quantity == sold.quantity == Decimal(6)
    assert bought.value_usd == sold.value_usd == Decimal(603)
    assert bought.after_weight == Decimal("0.402")
    assert sold.after_weight == Decimal("0.268")
    assert HELD.after_weight == HELD.current_weight


def test_cash_is_what_the_trades_leave() -> None:
    cash = PlanRow(
        symbol=CASH,
        con_id=None,
        held=Decimal(900),
        price=Decimal(1),
        target_weight=Decimal("0.05"),
        managed=Decimal(9000),
        change=Decimal(-450),
    )
    assert cash.is_cash
    assert (cash.action, cash.quantity) == (Action.NONE, Decimal(0))
    assert cash.value_usd == 0
    assert not HELD.is_cash
    assert not evolve(cash, con_id=ConId(7)).is_cash
    assert cash.current_weight == Decimal("0.1")
    assert cash.after_weight == cash.target_weight == Decimal("0.05")
    assert cash.drift_usd == Decimal(450)


def test_what_is_left_out_of_the_account_has_no_weights() -> None:
    out = evolve(HELD, managed=None)
    assert (out.current_weight, out.after_weight, out.drift, out.drift_usd) == (None,) * 4


def test_a_kept_holding_has_no_drift_without_a_target() -> None:
    kept = evolve(HELD, target_weight=None)
    assert (kept.drift, kept.drift_usd) == (None, None)
    assert kept.current_weight == Decimal("0.335")


def test_figures_are_exact_beyond_the_precision_of_the_running_context() -> None:
    row = evolve(HELD, target_weight=Decimal("0.5"), managed=Decimal(10**36 + 1))
    assert row.drift_usd == Decimal("-499999999999999999999999999999996985.5")
