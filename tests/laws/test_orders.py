"""What every order obeys, alone and in its place: laws 1 to 6."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from rebalancer_core.values.plan import Side
from rebalancer_core.values.policy import Sizing, TriggerMode
from tests.laws.ledger import band_of, cash_after, cash_left, cost, ledger, planned, signed
from tests.support.strategies import Instance, costly, decimals, instances


@given(costly())
def test_an_order_moves_its_holding_closer_and_crosses_by_less_than_half_a_lot(
    instance: Instance,
) -> None:
    before = ledger(instance)
    assume(not before.is_over)
    for order in planned(instance).orders:
        line = before.lines[order.symbol]
        after = line.gap - signed(order)
        assert line.gap * signed(order) > 0
        assert abs(after) < abs(line.gap)
        assert after * line.gap >= 0 or abs(after) < before.lot * line.price / 2


@given(costly())
def test_an_order_is_whole_lots_and_no_sell_is_more_than_is_held(instance: Instance) -> None:
    before = ledger(instance)
    orders = planned(instance).orders
    assert len({order.symbol for order in orders}) == len(orders)
    for order in orders:
        assert order.quantity > 0
        assert Fraction(order.quantity) % before.lot == 0
        assert order.side is Side.BUY or order.quantity <= before.lines[order.symbol].held


@given(costly())
def test_nothing_inside_the_band_unpriced_blocked_or_under_the_minimum_order_trades(
    instance: Instance,
) -> None:
    before, rules = ledger(instance), instance.policy
    assume(not before.is_over)
    per_holding = rules.trigger_mode is TriggerMode.PER_HOLDING
    for order in planned(instance).orders:
        line = before.lines[order.symbol]
        assert line.tradable
        assert abs(line.gap) > (band_of(instance, before, line) if per_holding else 0)
        assert abs(line.gap) >= rules.min_order_usd
        assert order.value_usd >= rules.min_order_usd


@given(costly())
def test_no_buy_takes_cash_below_the_floor_or_gross_above_the_cap_once_costs_are_paid(
    instance: Instance,
) -> None:
    before, plan = ledger(instance), planned(instance)
    costs = sum((cost(instance, before, order) for order in plan.orders), Fraction())
    assert plan.reserve_usd == costs
    left = cash_left(instance, before, plan.orders)
    for_costs = (Fraction(instance.policy.max_leverage) - 1) * costs
    assert before.floor <= plan.cash_floor
    assert plan.cash_floor == before.floor or for_costs > before.buffer
    if any(order.side is Side.BUY for order in plan.orders):
        assert left >= before.floor
        worth = before.net_liquidation - costs
        assert worth - left <= Fraction(instance.policy.max_leverage) * worth


@given(costly())
def test_value_is_conserved_and_the_figures_of_the_plan_add_up(instance: Instance) -> None:
    before, plan = ledger(instance), planned(instance)
    after = cash_after(before, plan.orders)
    moved = {order.symbol: signed(order) for order in plan.orders}
    gaps = [line.gap - moved.get(symbol, 0) for symbol, line in before.lines.items()]
    assert plan.cash == before.cash
    assert plan.cash_after == after
    assert plan.managed_net_liquidation == before.managed
    assert plan.net_liquidation == before.net_liquidation
    assert plan.gross_before == before.gross
    assert plan.gross_after == before.net_liquidation - after
    assert plan.residual_drift_usd == sum(abs(gap) for gap in gaps)
    weights = [Fraction(r.after_weight) for r in plan.rows if r.after_weight is not None]
    assert abs(sum(weights, Fraction(-1))) < Fraction(1, 10**15)


@given(costly())
def test_sells_come_first_and_no_order_on_the_way_takes_cash_below_start_or_floor(
    instance: Instance,
) -> None:
    before, orders = ledger(instance), planned(instance).orders
    assert [o.side is Side.BUY for o in orders] == sorted(o.side is Side.BUY for o in orders)
    for sent in range(len(orders) + 1):
        assert cash_after(before, orders[:sent]) >= min(before.cash, before.floor)


@given(
    instances((TriggerMode.PER_HOLDING,)),
    st.sampled_from(decimals("0", "0.02", "0.2")),
    st.sampled_from(decimals("1", "1.1", "3")),
    st.sampled_from(Sizing),
)
def test_sells_do_not_depend_on_buffer_leverage_or_buys(
    instance: Instance, buffer: Decimal, leverage: Decimal, sizing: Sizing
) -> None:
    other = evolve(
        instance,
        policy=evolve(
            instance.policy, cash_buffer_pct=buffer, max_leverage=leverage, sizing=sizing
        ),
    )
    assume(not any(_is_levered(each) for each in (instance, other)))
    sells, others = (
        [o for o in planned(each).orders if o.side is Side.SELL] for each in (instance, other)
    )
    assert sells == others


def _is_levered(instance: Instance) -> bool:
    """Whether the leverage cap has a word in what is sold."""
    before = ledger(instance)
    return before.is_over or before.is_scaled
