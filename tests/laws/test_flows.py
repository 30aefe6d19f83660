"""What every plan of a cash flow obeys: deposits, withdrawals, one side only, cash set aside."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from random import Random

from attrs import evolve
from hypothesis import assume, event, given
from hypothesis import strategies as st

from rebalancer_core.planning.quantities import plan_quantities
from rebalancer_core.values.account import CashBalance
from rebalancer_core.values.flow import REBALANCE, BuyOnly, Flow, Invest, Raise, SellOnly
from rebalancer_core.values.plan import Plan, PlannedOrder, Reason, Side
from rebalancer_core.values.policy import BandRule, Destination, TriggerMode
from tests.laws.ledger import (
    Ledger,
    Line,
    cash_left,
    executed,
    ledger,
    planned,
    signed,
    wishes,
)
from tests.laws.test_leverage import levered
from tests.laws.variants import scaled, shuffled_instance
from tests.support.strategies import Instance, banded, costly, decimals, instances

AMOUNTS = decimals("0.01", "100", "499.99", "1234.56", "5000", "20000", "300000")
PER_HOLDING = (TriggerMode.PER_HOLDING,)
ANY_FLOW: tuple[Flow, ...] = (
    REBALANCE,
    Invest(),
    *(Invest(amount=amount) for amount in AMOUNTS),
    *(Raise(amount=amount) for amount in AMOUNTS),
    BuyOnly(),
    SellOnly(),
)


@st.composite
def accounts(draw: st.DrawFn) -> Instance:
    """Accounts below and above the cap, with a deposit or without, with cash set aside or none."""
    instance = draw(st.one_of(costly(), banded(), levered()))
    deposit = draw(st.sampled_from(decimals("0", "0", "750", "5000", "40000")))
    aside = draw(st.sampled_from(decimals("0", "0", "1000", "25000.5")))
    cash = CashBalance(currency="USD", amount=instance.snapshot.usd_cash + deposit)
    found = evolve(
        instance,
        snapshot=evolve(instance.snapshot, cash=(cash,)),
        policy=evolve(
            instance.policy,
            set_aside_usd=aside,
            deploy_idle_cash=draw(st.sampled_from([False, False, True])),
        ),
    )
    before = ledger(beside_aside(found))
    assume(before.managed > 0 and before.net_liquidation > 0)
    return found


def beside_aside(instance: Instance) -> Instance:
    """The account as if what is set aside were not there."""
    cash = instance.snapshot.usd_cash
    aside = min(instance.policy.set_aside_usd, max(Decimal(0), cash))
    left = CashBalance(currency="USD", amount=cash - aside)
    return evolve(
        instance,
        snapshot=evolve(instance.snapshot, cash=(left,)),
        policy=evolve(instance.policy, set_aside_usd=Decimal(0)),
    )


def without_bands(instance: Instance) -> Instance:
    """The account whose every holding is a candidate, up to its target."""
    return evolve(
        instance,
        policy=evolve(
            instance.policy,
            per_holding_band_bps=Decimal(0),
            band_rule=BandRule.ABSOLUTE,
            destination=Destination.TARGET,
        ),
        symbol_rules=tuple(evolve(rule, band_bps=None) for rule in instance.symbol_rules),
    )


def _short(instance: Instance) -> Fraction:
    """What is missing to set_aside_usd."""
    cash = max(Decimal(0), instance.snapshot.usd_cash)
    return Fraction(max(Decimal(0), instance.policy.set_aside_usd - cash))


def _plan(instance: Instance, flow: Flow) -> Plan:
    return planned(evolve(instance, flow=flow))


def _invested(instance: Instance, flow: Invest) -> tuple[Instance, Ledger, Plan]:
    beside = beside_aside(instance)
    return beside, ledger(beside), _plan(instance, flow)


investments = st.sampled_from([Invest(), *(Invest(amount=amount) for amount in AMOUNTS)])


@given(accounts(), investments)
def test_an_investment_sells_nothing_and_spends_no_more_than_its_room_costs_included(
    instance: Instance, flow: Invest
) -> None:
    beside, before, plan = _invested(instance, flow)
    assert all(order.side is Side.BUY for order in plan.orders)
    spent = before.cash - cash_left(beside, before, plan.orders)
    room = before.cash - max(before.floor, Fraction())
    if flow.amount is not None:
        room = min(room, Fraction(flow.amount))
    event("invests" if plan.orders else "invests nothing")
    assert spent <= max(room, Fraction())
    assert plan.cash - plan.cash_floor <= max(room, Fraction())


@given(accounts(), investments)
def test_an_investment_buys_every_lot_that_fits_whatever_the_bands_say(
    instance: Instance, flow: Invest
) -> None:
    beside, before, plan = _invested(instance, flow)
    assume(not before.is_over)
    no_band = without_bands(beside)
    left = cash_left(beside, before, plan.orders) - Fraction(plan.cash_floor)
    assert _is_maximal(no_band, before, plan.orders, left)


@given(accounts(), investments)
def test_the_same_investment_again_never_passes_the_floor(instance: Instance, flow: Invest) -> None:
    filled = executed(instance, _plan(instance, flow))
    beside = beside_aside(filled)
    before = ledger(beside)
    assume(before.managed > 0 and before.net_liquidation > 0)
    again = _plan(filled, flow)
    if again.orders:
        assert cash_left(beside, before, again.orders) >= max(before.floor, Fraction())


def _is_maximal(
    instance: Instance, before: Ledger, orders: tuple[PlannedOrder, ...], left: Fraction
) -> bool:
    bought = {o.symbol: int(Fraction(o.quantity) / before.lot) for o in orders}
    for wish in (w for w in wishes(instance, before) if w.line.gap > 0):
        done = bought.get(wish.line.symbol, 0)
        if done < wish.nearest:
            more = done + 1 if done else min(wish.least, wish.nearest)
            step = wish.cash(instance, before, done) - wish.cash(instance, before, more)
            if step <= left:
                return False
    return True


amounts_raised = st.sampled_from([Raise(amount=amount) for amount in AMOUNTS])


@given(accounts(), amounts_raised)
def test_a_raise_sells_until_the_amount_is_there_and_no_more_than_it_says(
    instance: Instance, flow: Raise
) -> None:
    beside = beside_aside(instance)
    before, plan = ledger(beside), _plan(instance, flow)
    missing = _missing(instance, before, flow)
    assert all(order.side is Side.SELL for order in plan.orders)
    if missing <= 0:
        event("is there")
        assert plan.orders == ()
    elif plan.most_raised_usd is not None:
        event("too much")
        assert plan.orders == ()
        most = Fraction(flow.amount) - missing + _everything(beside, before)
        assert plan.most_raised_usd == max(Fraction(), most)
        assert most < flow.amount
    else:
        event("sold")
        dearest = max(Fraction(order.price) for order in plan.orders)
        excess = _brought(beside, before, plan.orders) - missing
        assert 0 <= excess < max(dearest, Fraction(instance.policy.min_order_usd))


@given(accounts(), amounts_raised)
def test_no_lot_of_a_raise_is_one_too_many(instance: Instance, flow: Raise) -> None:
    beside = beside_aside(instance)
    before, plan = ledger(beside), _plan(instance, flow)
    assume(plan.orders)
    missing = _missing(instance, before, flow)
    for order in plan.orders:
        rest = tuple(each for each in plan.orders if each is not order)
        assert _brought(beside, before, rest) < missing
        fewer = Fraction(order.quantity) - before.lot
        line = before.lines[order.symbol]
        if fewer >= _least(beside, before, line) * before.lot:
            smaller = evolve(order, quantity=Decimal(fewer.numerator) / fewer.denominator)
            assert _brought(beside, before, (*rest, smaller)) < missing


@given(accounts(), amounts_raised)
def test_only_the_last_order_of_a_raise_may_be_under_the_minimum(
    instance: Instance, flow: Raise
) -> None:
    plan = _plan(instance, flow)
    under = [o for o in plan.orders if o.value_usd < instance.policy.min_order_usd]
    assert len(under) <= 1
    if under:
        minimum = Fraction(instance.policy.min_order_usd)
        before = ledger(beside_aside(instance))
        line = before.lines[under[0].symbol]
        block = _least(instance, before, line) * line.price * before.lot
        assert block > minimum


@given(accounts(), amounts_raised)
def test_a_second_raise_of_the_same_amount_sells_nothing(instance: Instance, flow: Raise) -> None:
    plan = _plan(instance, flow)
    assume(plan.most_raised_usd is None)
    filled = executed(instance, plan)
    before = ledger(beside_aside(filled))
    # Costs come off net liquidation: where CASH is borrowed the floor rises by a part of them.
    assume(before.floor <= Fraction(plan.cash_floor))
    again = _plan(filled, flow)
    assert again.orders == ()
    assert again.most_raised_usd is None


@given(accounts(), amounts_raised)
def test_a_raise_sells_what_is_most_over_first_and_nothing_past_it_while_others_are_over(
    instance: Instance, flow: Raise
) -> None:
    """Past a target by more than a step only once no other could be sold down to its own."""
    beside = beside_aside(instance)
    before, plan = ledger(beside), _plan(instance, flow)
    assume(plan.orders)
    sold = {o.symbol: -signed(o) for o in plan.orders}
    remaining = max(Fraction(), before.managed - Fraction(flow.amount) - _short(instance))
    share = remaining / before.managed
    over = {
        line.symbol: line.held * line.price * (1 - share) - line.gap * share
        for line in before.lines.values()
    }
    for symbol, value in sold.items():
        line = before.lines[symbol]
        step = max(1, _least(beside, before, line)) * line.price * before.lot
        if value >= over[symbol] + step:
            for other in _sellable(beside, before):
                left = over[other.symbol] - sold.get(other.symbol, Fraction())
                # What a lot or a minimum order brings too much is taken off the others again.
                dearest = max(Fraction(o.price) for o in plan.orders)
                minimum = Fraction(instance.policy.min_order_usd)
                assert left < other.price * before.lot + dearest + minimum


def _missing(instance: Instance, before: Ledger, flow: Raise) -> Fraction:
    return Fraction(flow.amount) + _short(instance) + before.floor - before.cash


def _least(instance: Instance, before: Ledger, line: Line) -> int:
    lot = line.price * before.lot
    return max(1, ceil(Fraction(instance.policy.min_order_usd) / lot))


def _sale(instance: Instance, line: Line, shares: Fraction) -> Fraction:
    rate = instance.commission
    fee = max(Fraction(rate.minimum), shares * Fraction(rate.per_share))
    return shares * line.sold - fee if shares else Fraction()


def _brought(instance: Instance, before: Ledger, orders: tuple[PlannedOrder, ...]) -> Fraction:
    return sum(
        (_sale(instance, before.lines[o.symbol], Fraction(o.quantity)) for o in orders), Fraction()
    )


def _sellable(instance: Instance, before: Ledger) -> list[Line]:
    found = []
    for line in before.lines.values():
        kept = {rule.symbol for rule in instance.symbol_rules if rule.hold or rule.no_sell}
        if line.tradable and line.price and line.symbol not in kept:
            shares = floor(line.held / before.lot) * before.lot
            enough = shares >= _least(instance, before, line) * before.lot
            if enough and _sale(instance, line, shares) > 0:
                found.append(line)
    return found


def _everything(instance: Instance, before: Ledger) -> Fraction:
    return sum(
        (
            _sale(instance, line, floor(line.held / before.lot) * before.lot)
            for line in _sellable(instance, before)
        ),
        Fraction(),
    )


@given(accounts())
def test_buy_only_buys_outside_the_bands_alone_and_keeps_the_floor(instance: Instance) -> None:
    evolved = evolve(instance, policy=evolve(instance.policy, deploy_idle_cash=False))
    beside = beside_aside(evolved)
    before, plan = ledger(beside), _plan(evolved, BuyOnly())
    assert all(order.side is Side.BUY for order in plan.orders)
    if plan.orders:
        assert cash_left(beside, before, plan.orders) >= before.floor
        assert not before.is_over
    if instance.policy.trigger_mode is TriggerMode.PER_HOLDING:
        wanted = {w.line.symbol: w.nearest for w in wishes(beside, before) if w.line.gap > 0}
        for order in plan.orders:
            assert Fraction(order.quantity) <= wanted[order.symbol] * before.lot


@given(accounts())
def test_sell_only_sells_what_a_rebalance_sells(instance: Instance) -> None:
    before, plan = ledger(beside_aside(instance)), _plan(instance, SellOnly())
    assert all(order.side is Side.SELL for order in plan.orders)
    assume(not before.is_over and instance.policy.trigger_mode is TriggerMode.PER_HOLDING)
    whole = _plan(instance, REBALANCE)
    assert plan.orders == tuple(o for o in whole.orders if o.side is Side.SELL)


@given(accounts(), st.sampled_from(ANY_FLOW))
def test_a_plan_is_made_as_if_what_is_set_aside_were_not_there(
    instance: Instance, flow: Flow
) -> None:
    assume(not (isinstance(flow, Raise) and _short(instance)))
    plan, other = _plan(instance, flow), _plan(beside_aside(instance), flow)
    cash = max(Decimal(0), instance.snapshot.usd_cash)
    assert plan.set_aside_usd == min(instance.policy.set_aside_usd, cash)
    assert plan.set_aside_short_usd == Decimal(0) or plan.cash <= 0
    assert evolve(
        plan, set_aside_usd=Decimal(0), set_aside_short_usd=Decimal(0), warnings=()
    ) == evolve(other, warnings=())


@given(accounts(), st.sampled_from(ANY_FLOW))
def test_value_is_conserved_and_every_quiet_row_has_its_reason(
    instance: Instance, flow: Flow
) -> None:
    plan = _plan(instance, flow)
    assert plan.cash_after == plan.cash - plan.buy_usd + plan.sell_usd
    assert all(row.reason is not None for row in plan.rows if not row.quantity)
    left_out = {Reason.BUYS_LEFT_OUT: Decimal(-1), Reason.SELLS_LEFT_OUT: Decimal(1)}
    for row in plan.rows:
        if row.reason in left_out and row.drift_usd is not None:
            assert row.drift_usd * left_out[row.reason] > 0


@given(instances(PER_HOLDING), st.sampled_from(decimals("50", "500", "3000")))
def test_idle_cash_is_deployed_to_the_last_lot_that_fits_and_then_rests(
    instance: Instance, band: Decimal
) -> None:
    policy = evolve(instance.policy, deploy_idle_cash=True, per_holding_band_bps=band)
    instance = evolve(instance, policy=policy)
    before = ledger(instance)
    assume(not before.is_over)
    plan = planned(instance)
    least = max(Fraction(plan.cash_floor), Fraction())
    left = cash_left(instance, before, plan.orders) - least
    event("deploys" if any(r.reason is Reason.IDLE_CASH for r in plan.rows) else "rests")
    if any(r.reason is Reason.IDLE_CASH for r in plan.rows):
        assert left >= 0
    minimum = Fraction(instance.policy.min_order_usd)
    assert left < minimum or _is_maximal(without_bands(instance), before, plan.orders, left)
    assert planned(executed(instance, plan)).orders == ()


@given(accounts(), st.sampled_from(ANY_FLOW))
def test_idle_cash_is_no_part_of_an_investment_a_raise_or_a_sale(
    instance: Instance, flow: Flow
) -> None:
    assume(isinstance(flow, Invest | Raise | SellOnly))
    without = evolve(instance, policy=evolve(instance.policy, deploy_idle_cash=False))
    assert _plan(instance, flow) == _plan(without, flow)


@given(accounts(), st.sampled_from(ANY_FLOW))
def test_quantities_alone_are_those_of_the_plan_of_a_flow(instance: Instance, flow: Flow) -> None:
    orders = plan_quantities(
        snapshot=instance.snapshot,
        quotes=instance.quotes,
        targets=instance.targets,
        policy=instance.policy,
        commissions=instance.commission,
        symbol_rules=instance.symbol_rules,
        flow=flow,
    ).unwrap()
    assert orders == _plan(instance, flow).orders


@given(accounts(), st.sampled_from(ANY_FLOW), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_flow(instance: Instance, flow: Flow, chance: Random) -> None:
    other = shuffled_instance(instance, chance)
    assert _plan(other, flow) == _plan(instance, flow)


@given(
    accounts(),
    st.sampled_from(ANY_FLOW),
    st.sampled_from(decimals("10", "0.001", "1.37", "9876.5")),
)
def test_the_unit_of_money_changes_no_flow(instance: Instance, flow: Flow, scale: Decimal) -> None:
    plan, other = _plan(instance, flow), _plan(_scaled(instance, scale), _scaled_flow(flow, scale))
    assert [(o.side, o.symbol, o.quantity) for o in other.orders] == [
        (o.side, o.symbol, o.quantity) for o in plan.orders
    ]
    assert [row.reason for row in other.rows] == [row.reason for row in plan.rows]
    assert other.residual_drift_usd == plan.residual_drift_usd * scale


def _scaled(instance: Instance, scale: Decimal) -> Instance:
    other = scaled(instance, scale)
    aside = instance.policy.set_aside_usd * scale
    return evolve(other, policy=evolve(other.policy, set_aside_usd=aside))


def _scaled_flow(flow: Flow, scale: Decimal) -> Flow:
    if isinstance(flow, Raise):
        return Raise(amount=flow.amount * scale)
    if isinstance(flow, Invest) and flow.amount is not None:
        return Invest(amount=flow.amount * scale)
    return flow
