"""The leverage cap: targets are scaled to it, and accounts above it are brought down."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from attrs import evolve
from hypothesis import assume, event, given
from hypothesis import strategies as st

from rebalancer_core.planning.leverage import gross_of, scaled_to_leverage
from rebalancer_core.values.account import CashBalance, Quote
from rebalancer_core.values.plan import Action, Plan, Reason, Side
from rebalancer_core.values.policy import TriggerMode
from rebalancer_core.values.portfolios import Targets
from tests.laws.ledger import Ledger, cash_left, cost, executed, ledger, planned, wishes
from tests.support.strategies import PER_HOLDING_MOSTLY, Instance, costly, decimals, instances


@st.composite
def levered(draw: st.DrawFn, modes: tuple[TriggerMode, ...] = PER_HOLDING_MOSTLY) -> Instance:
    """Accounts that borrow, most of them above their cap."""
    instance = draw(costly(modes, with_purchases=False))
    prices = {q.con_id: q.price for q in instance.quotes if isinstance(q, Quote)}
    invested = sum(
        (
            p.quantity * prices[p.con_id]
            for p in instance.snapshot.positions
            if p.con_id in prices and (p.security_type, p.currency) == ("STK", "USD")
        ),
        Decimal(0),
    )
    above = draw(st.sampled_from(decimals("1.0001", "1.01", "1.1", "1.5")))
    owed = 1 - 1 / (instance.policy.max_leverage * above)
    cash = CashBalance(currency="USD", amount=-(invested * owed).quantize(Decimal("0.01")))
    return evolve(instance, snapshot=evolve(instance.snapshot, cash=(cash,)))


def _plan_of(instance: Instance) -> tuple[Ledger, Plan]:
    before = ledger(instance)
    assume(before.is_over and before.managed > 0 and before.net_liquidation > 0)
    return before, planned(instance)


@given(levered())
def test_an_account_above_the_cap_is_brought_down_to_it_less_the_buffer_or_says_by_how_much_not(
    instance: Instance,
) -> None:
    before, plan = _plan_of(instance)
    costs = sum((cost(instance, before, order) for order in plan.orders), Fraction())
    left = cash_left(instance, before, plan.orders)
    worth = before.net_liquidation - costs
    over = worth - left - Fraction(instance.policy.max_leverage) * worth
    event("missed" if plan.cap_missed_usd else "met")
    if any(order.side is Side.BUY for order in plan.orders):
        assert left >= before.floor
        assert over <= 0
    elif plan.cap_missed_usd:
        assert over == plan.cap_missed_usd
    else:
        assert over <= (0 if _is_out_of_shares(instance, before, plan) else -before.buffer)


@given(levered((TriggerMode.PER_HOLDING,)))
def test_no_more_is_sold_for_the_cap_than_a_lot_or_a_minimum_order_too_much(
    instance: Instance,
) -> None:
    before, plan = _plan_of(instance)
    wanted = {w.line.symbol: w.nearest for w in wishes(instance, before) if w.line.gap < 0}
    for_cap = [row for row in plan.rows if row.quantity and row.reason is Reason.LEVERAGE_CAP]
    sold_for_cap = [row for row in for_cap if row.action is Action.SELL]
    if not sold_for_cap:
        return
    factor = Fraction(instance.policy.max_leverage) - 1
    costs = sum((cost(instance, before, order) for order in plan.orders), Fraction())
    left = cash_left(instance, before, plan.orders)
    room = left + factor * (before.net_liquidation - costs) - factor * before.net_liquidation
    spare = room - (before.net_liquidation - before.cap + before.buffer)
    dearest = max(before.lines[row.symbol].price * before.lot for row in sold_for_cap)
    assert spare < dearest + max(dearest, Fraction(instance.policy.min_order_usd))
    for row in sold_for_cap:
        lots = Fraction(row.quantity) / before.lot
        assert lots > wanted.get(row.symbol, 0)
        assert lots.denominator == 1
        assert lots * before.lot <= before.lines[row.symbol].held
        assert row.value_usd >= instance.policy.min_order_usd
        assert (row.symbol in plan.inside_band_sells) is (row.symbol not in wanted)


@given(levered())
def test_nothing_is_bought_beside_a_sell_for_the_cap_and_a_symbol_has_one_order(
    instance: Instance,
) -> None:
    _, plan = _plan_of(instance)
    assert len({order.symbol for order in plan.orders}) == len(plan.orders)
    reasons = {row.reason for row in plan.rows if row.action is Action.SELL}
    buys = [order for order in plan.orders if order.side is Side.BUY]
    assert not (buys and Reason.LEVERAGE_CAP in reasons)


@given(levered())
def test_the_sells_for_the_cap_go_to_targets_first_by_drift(instance: Instance) -> None:
    before, plan = _plan_of(instance)
    sold = {order.symbol: Fraction(order.quantity) for order in plan.orders}
    over = {
        symbol: -line.gap - sold.get(symbol, Fraction()) * line.price
        for symbol, line in before.lines.items()
        if line.tradable and line.held >= before.lot
    }
    past = [s for s in plan.inside_band_sells if over[s] <= -before.lines[s].price * before.lot]
    least = max(Fraction(instance.policy.min_order_usd), Fraction())
    for symbol in past:
        line = before.lines[symbol]
        if sold[symbol] * line.price > least + line.price * before.lot:
            # Sold past its target by more than rounding: nobody else is left above his.
            for other, left in over.items():
                lot = before.lines[other].price * before.lot
                held = before.lines[other].held * before.lines[other].price
                assert left <= lot or held < least + lot or other == symbol


@given(levered())
def test_an_account_that_was_brought_down_is_not_above_the_cap_again(instance: Instance) -> None:
    _, plan = _plan_of(instance)
    assume(not plan.cap_missed_usd)
    after = executed(instance, plan)
    assert not ledger(after).is_over
    assert planned(after).inside_band_sells == ()


@given(instances(), st.sampled_from(decimals("0.5", "0.99", "1", "1.2", "1.49", "1.9")))
def test_scaled_targets_keep_their_proportions_and_never_pass_the_cap(
    instance: Instance, at_most: Decimal
) -> None:
    asked = instance.targets
    scaled = scaled_to_leverage(asked, at_most)
    assert sum((w.fraction for w in scaled.weights), scaled.cash) == 1
    if gross_of(asked) <= at_most:
        assert scaled == asked
        return
    slack = Fraction(len(asked.weights), 10**12)
    assert Fraction(at_most) - slack <= gross_of(scaled) <= Fraction(at_most)
    for before, after in zip(asked.weights, scaled.weights, strict=True):
        exact = Fraction(before.fraction) * Fraction(at_most) / gross_of(asked)
        assert 0 <= exact - Fraction(after.fraction) < Fraction(1, 10**12)
    assert scaled_to_leverage(scaled, at_most) == scaled


@given(costly((TriggerMode.PER_HOLDING,)))
def test_the_plan_of_targets_above_the_cap_is_that_of_the_scaled_ones(instance: Instance) -> None:
    before, plan = ledger(instance), planned(instance)
    assume(before.is_scaled)
    weights = {row.symbol: row.target_weight for row in plan.rows if row.target_weight is not None}
    for symbol, line in before.lines.items():
        held = line.held * line.price
        assert weights[symbol] == (line.gap + held) / before.managed
    assert sum(map(Fraction, weights.values())) == 1
    assert isinstance(instance.targets, Targets)


def _is_out_of_shares(instance: Instance, before: Ledger, plan: Plan) -> bool:
    """Whether all is sold that can be: what is left is no lot, or less than a minimum order."""
    sold = {order.symbol: Fraction(order.quantity) for order in plan.orders}
    minimum = Fraction(instance.policy.min_order_usd)
    for symbol, line in before.lines.items():
        whole = line.held // before.lot * before.lot
        can_sell = line.tradable and whole and whole * line.price >= minimum
        if can_sell and sold.get(symbol, Fraction()) < whole:
            return False
    return True
