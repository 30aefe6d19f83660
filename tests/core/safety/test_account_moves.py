"""What moved in an account between two readings is told; our own fills are no surprise."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from attrs import evolve

from rebalancer_core.safety.account_moves import (
    CashFell,
    OpenOrdersChanged,
    OpenOrdersUnknown,
    SharesMoved,
    UnexpectedPosition,
    holdings_moved,
    moved_since,
    unexpected_positions,
)
from rebalancer_core.values.account import AccountSnapshot, CashBalance, OpenOrder, Position
from rebalancer_core.values.instruments import Symbol
from rebalancer_core.values.plan import Side
from tests.core.orders.made_up import HANDED, fill, heard
from tests.core.orders.made_up import TICKET as BUY
from tests.core.safety.test_limits import (
    BND,
    SNAPSHOT,
    VTI,
    VXUS,
    open_order,
    position,
)
from tests.support.plan_factory import AS_OF


def test_an_account_that_stood_still_has_not_moved() -> None:
    later = evolve(SNAPSHOT, as_of=AS_OF + timedelta(minutes=1))
    assert moved_since(SNAPSHOT, later) == ()


@pytest.mark.parametrize("cash", ["6999", "7000", "8000"])
def test_cash_that_rose_or_fell_by_no_more_than_a_dollar_has_not_moved(cash: str) -> None:
    assert moved_since(SNAPSHOT, _with_cash(cash)) == ()


def test_cash_that_fell_by_more_than_a_dollar_is_told() -> None:
    assert moved_since(SNAPSHOT, _with_cash("6998.99")) == (
        CashFell(before=Decimal(7000), now=Decimal("6998.99")),
    )
    assert moved_since(SNAPSHOT, evolve(SNAPSHOT, cash=())) == (
        CashFell(before=Decimal(7000), now=Decimal(0)),
    )


def test_positions_and_open_orders_that_moved_are_told() -> None:
    moved = evolve(
        SNAPSHOT,
        positions=(position(VTI, "VTI", "99.5"), position(VXUS, "VXUS", "5")),
        open_orders=(open_order(VTI),),
    )
    assert moved_since(SNAPSHOT, moved) == (
        _moved("VTI", "100", "99.5"),
        _moved("BND", "100", "0"),
        _moved("VXUS", "0", "5"),
        OpenOrdersChanged(),
    )


@pytest.mark.parametrize(
    "other",
    [
        evolve(open_order(VTI), perm_id=10),
        evolve(open_order(VTI), client_id=1),
        evolve(open_order(VTI), order_id=8),
        evolve(open_order(VTI), remaining=Decimal(4)),
    ],
)
def test_an_open_order_that_became_another_is_a_change(other: OpenOrder) -> None:
    before = evolve(SNAPSHOT, open_orders=(open_order(VTI),))
    assert moved_since(before, evolve(SNAPSHOT, open_orders=(other,))) == (OpenOrdersChanged(),)
    assert moved_since(before, before) == ()


def test_open_orders_that_are_hidden_are_never_the_same() -> None:
    hidden = evolve(SNAPSHOT, open_orders_visible=False)
    for before, now in ((SNAPSHOT, hidden), (hidden, SNAPSHOT), (hidden, hidden)):
        assert moved_since(before, now) == (OpenOrdersUnknown(),)


def test_holdings_are_told_without_the_cash() -> None:
    assert holdings_moved(SNAPSHOT, evolve(SNAPSHOT, cash=())) == ()


def test_holdings_that_our_own_fills_explain_are_expected() -> None:
    now = _with(position(BUY.con_id, "SPY", "4"))
    assert unexpected_positions(SNAPSHOT, (heard(HANDED, fill(4)),), now) == ()
    assert unexpected_positions(SNAPSHOT, (), SNAPSHOT) == ()


def test_a_sale_is_expected_to_be_gone() -> None:
    sale = evolve(BUY, side=Side.SELL, con_id=VTI, symbol=Symbol("VTI"), quantity=Decimal(4))
    sold = evolve(heard(HANDED, ticket=sale), reported_filled=Decimal(4))
    now = evolve(SNAPSHOT, positions=(position(VTI, "VTI", "96"), position(BND, "BND", "100")))
    assert unexpected_positions(SNAPSHOT, (sold,), now) == ()
    assert unexpected_positions(SNAPSHOT, (sold,), SNAPSHOT) == (_differs("VTI", 100, 96),)


def test_a_holding_that_somebody_else_changed_is_told() -> None:
    now = _with(position(VXUS, "VXUS", "5"))
    assert unexpected_positions(SNAPSHOT, (), now) == (_differs("VXUS", 5, 0),)
    assert unexpected_positions(now, (), SNAPSHOT) == (_differs("VXUS", 0, 5),)


def _differs(symbol: str, found: int, expected: int) -> UnexpectedPosition:
    return UnexpectedPosition(
        symbol=Symbol(symbol), found=Decimal(found), expected=Decimal(expected)
    )


def _with(added: Position) -> AccountSnapshot:
    return evolve(SNAPSHOT, positions=(*SNAPSHOT.positions, added))


def _with_cash(usd: str) -> AccountSnapshot:
    return evolve(SNAPSHOT, cash=(CashBalance(currency="USD", amount=Decimal(usd)),))


def _moved(symbol: str, before: str, now: str) -> SharesMoved:
    return SharesMoved(symbol=Symbol(symbol), before=Decimal(before), now=Decimal(now))
