"""After the sells, buys fit the cash that is really there, and never grow."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from rebalancer_core.planning.refit import refit_buys
from rebalancer_core.values.commission import IBKR_FIXED, NO_COMMISSION, CommissionRate
from rebalancer_core.values.instruments import ConId, Symbol
from rebalancer_core.values.plan import PlannedOrder, Side
from tests.support.strategies import PRICES, decimals

FLOOR = Decimal(100)


def test_cash_as_planned_changes_nothing() -> None:
    buys = (_buy("AAA", 60, "100"), _buy("BBB", 39, "100"))
    assert _refit(buys, "10000") == buys


def test_more_cash_than_planned_buys_no_more() -> None:
    buys = (_buy("AAA", 60, "100"),)
    assert _refit(buys, "1000000") == buys


def test_missing_proceeds_shrink_the_lowest_priority_first() -> None:
    buys = (_buy("AAA", 60, "100"), _buy("BBB", 39, "100"))
    assert _refit(buys, "9250") == (buys[0], _buy("BBB", 31, "100"))


def test_a_buy_cut_below_the_minimum_order_frees_its_cash_for_the_next() -> None:
    buys = (_buy("AAA", 40, "100"), _buy("BBB", 3, "300"), _buy("CCC", 5, "100"))
    assert _refit(buys, "4650") == (buys[0], buys[2])


def test_without_cash_above_the_floor_nothing_is_bought() -> None:
    assert _refit((_buy("AAA", 60, "100"),), "-500") == ()
    assert _refit((), "1000") == ()


def test_no_cash_buys_not_even_a_share_of_a_dollar() -> None:
    assert _refit((_buy("AAA", 1, "1"),), "100", minimum="0") == ()
    assert _refit((_buy("AAA", 1, "1"),), "101", minimum="0") == (_buy("AAA", 1, "1"),)


def test_without_a_minimum_order_a_single_share_is_bought() -> None:
    assert _refit((_buy("AAA", 3, "100"),), "299", minimum="0") == (_buy("AAA", 1, "100"),)


def test_fractional_lots_shrink_to_the_lot() -> None:
    lot = Decimal("0.0001")
    refit = _refit((_buy("AAA", Decimal("29.7002"), "333.33"),), "5100", lot)
    assert [order.quantity for order in refit] == [Decimal("15.0001")]


@given(
    st.lists(st.tuples(st.integers(1, 40), st.sampled_from(PRICES)), max_size=6),
    st.integers(-1000, 30_000),
    st.sampled_from(decimals("0", "500", "1200")),
)
def test_refitted_buys_only_shrink_keep_the_floor_and_the_minimum_and_leave_no_lot_unused(
    planned: list[tuple[int, Decimal]], cash: int, minimum: Decimal
) -> None:
    buys = tuple(_buy(f"E{i:02}", n, str(price)) for i, (n, price) in enumerate(planned))
    refit = refit_buys(
        buys=buys, cash=Decimal(cash), cash_floor=FLOOR, min_order_usd=minimum, lot=Decimal(1)
    )
    lots = {order.symbol: order.quantity for order in refit}
    spent = sum((Fraction(order.value_usd) for order in refit), Fraction())
    left = Fraction(cash) - Fraction(FLOOR) - spent
    assert left >= 0 or not refit
    for buy in buys:
        done = lots.get(buy.symbol, Decimal(0))
        least = next(n for n in range(1, int(buy.quantity) + 1) if _is_order(n, buy, minimum))
        assert done <= buy.quantity
        assert done == 0 or done >= least
        if done < buy.quantity:
            assert (1 if done else least) * Fraction(buy.price) > left


@pytest.mark.parametrize(
    ("cash", "shares"),
    [("1101.02", 9), ("1101.03", 10), ("30102.47", 299), ("30102.48", 300), ("30300", 300)],
)
def test_the_commission_is_paid_out_of_the_same_cash(cash: str, shares: int) -> None:
    (bought,) = _refit((_buy("AAA", 300, "100"),), cash, commission=IBKR_FIXED)
    assert bought.quantity == min(shares, 300)


@given(
    st.lists(st.tuples(st.integers(1, 900), st.sampled_from(PRICES)), max_size=6),
    st.integers(-1000, 60_000),
    st.sampled_from(decimals("0", "500")),
)
def test_refitted_buys_with_their_commissions_keep_the_floor(
    planned: list[tuple[int, Decimal]], cash: int, minimum: Decimal
) -> None:
    buys = tuple(_buy(f"E{i:02}", n, str(price)) for i, (n, price) in enumerate(planned))
    shares = {buy.symbol: buy.quantity for buy in buys}
    refit = _refit(buys, str(cash), minimum=str(minimum), commission=IBKR_FIXED)
    left = (
        Fraction(cash)
        - Fraction(FLOOR)
        - sum((_cost(order, minimum, shares[order.symbol]) for order in refit), Fraction())
    )
    assert left >= 0 or not refit
    kept = {order.symbol: order for order in refit}
    for buy in buys:
        done = kept.get(buy.symbol)
        assert done is None or done.quantity <= buy.quantity
        if done is not None and done.quantity < buy.quantity:
            more = evolve(done, quantity=done.quantity + 1)
            one_more = _cost(more, minimum, buy.quantity) - _cost(done, minimum, buy.quantity)
            assert one_more > left


def _cost(order: PlannedOrder, minimum: Decimal, planned: Decimal) -> Fraction:
    """As in a plan: $0.005 a share, and what the smallest order's shares lack to $1."""
    least = max(Fraction(1), -(-Fraction(minimum) // Fraction(order.price)) * Fraction(1))
    first = max(Fraction(), 1 - min(least, Fraction(planned)) / 200)
    return Fraction(order.value_usd) + Fraction(order.quantity) / 200 + first


def _is_order(lots: int, buy: PlannedOrder, minimum: Decimal) -> bool:
    return lots * buy.price >= minimum or lots == buy.quantity


def _buy(symbol: str, quantity: int | Decimal, price: str) -> PlannedOrder:
    return PlannedOrder(
        con_id=ConId(1),
        symbol=Symbol(symbol),
        side=Side.BUY,
        quantity=Decimal(quantity),
        price=Decimal(price),
    )


def _refit(
    buys: tuple[PlannedOrder, ...],
    cash: str,
    lot: Decimal = Decimal(1),
    minimum: str = "500",
    commission: CommissionRate = NO_COMMISSION,
) -> tuple[PlannedOrder, ...]:
    return refit_buys(
        buys=buys,
        cash=Decimal(cash),
        cash_floor=FLOOR,
        min_order_usd=Decimal(minimum),
        lot=lot,
        commission=commission,
    )
