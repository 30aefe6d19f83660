"""Bands and destinations: what every plan obeys that stops short of its targets."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from random import Random

from attrs import evolve
from hypothesis import assume, event, given
from hypothesis import strategies as st

from rebalancer_core.values.account import AccountSnapshot, CashBalance, Position, Quote, QuoteKind
from rebalancer_core.values.instruments import AccountId, ConId, Symbol
from rebalancer_core.values.plan import Action, Plan, Reason, Side
from rebalancer_core.values.policy import BandRule, Destination, RebalancePolicy, TriggerMode
from rebalancer_core.values.portfolios import Targets, Weight
from tests.laws.ledger import (
    Ledger,
    Line,
    Wish,
    band_of,
    cash_left,
    destination_of,
    executed,
    ledger,
    planned,
    share_of_costs,
    signed,
    smallest_order,
    wishes,
)
from tests.laws.variants import decisions, scaled, shuffled_instance
from tests.support.strategies import AS_OF, Instance, banded, decimals


@given(banded())
def test_an_order_goes_toward_its_destination_and_no_further_than_it_must(
    instance: Instance,
) -> None:
    """The fewest lots that reach it, or the smallest order; nearest to the target at most."""
    before, plan = _below_the_cap(instance)
    wanted = _by_symbol(wishes(instance, before))
    for order in plan.orders:
        wish = wanted[order.symbol]
        lots = Fraction(order.quantity) / before.lot
        assert wish.line.gap * signed(order) > 0
        assert min(wish.least, wish.nearest) <= lots <= wish.nearest
        if order.side is Side.SELL:
            assert lots == wish.nearest
        one_less = abs(wish.line.gap) - (lots - 1) * wish.lot
        if destination_of(instance, before, wish.line) and order.side is Side.BUY:
            is_raised = lots <= wish.least
            assert is_raised or one_less > destination_of(instance, before, wish.line)


@given(banded())
def test_an_order_passes_its_target_by_less_than_half_a_lot_and_improves_enough(
    instance: Instance,
) -> None:
    before, plan = _below_the_cap(instance)
    for order in plan.orders:
        line = before.lines[order.symbol]
        after = line.gap - signed(order)
        assert after * line.gap >= 0 or abs(after) < before.lot * line.price / 2
        assert abs(after) < abs(line.gap)
        assert abs(line.gap) - abs(after) >= instance.policy.min_improvement_usd
        assert order.value_usd >= instance.policy.min_order_usd
        assert abs(line.gap) > band_of(instance, before, line)


@given(banded())
def test_what_is_filled_is_inside_its_band_once_the_costs_are_paid(instance: Instance) -> None:
    """Save where the nearest lot, what is held or the cash does not reach so far."""
    before, plan = _below_the_cap(instance)
    wanted = _by_symbol(wishes(instance, before))
    after = executed(instance, plan)
    now = ledger(after)
    for order in plan.orders:
        line = now.lines[order.symbol]
        is_cut = Fraction(order.quantity) / before.lot < wanted[order.symbol].nearest
        if is_cut or _is_as_near_as_lots_go(after, now, line, plan):
            event("cut, or between two lots")
        else:
            event("inside")
            assert abs(line.gap) <= band_of(after, now, line)


@given(banded())
def test_a_plan_is_not_followed_by_another_one_for_what_it_traded(instance: Instance) -> None:
    before, plan = _below_the_cap(instance)
    assume(plan.orders and instance.policy.destination is not Destination.TARGET)
    after = executed(instance, plan)
    now, again = ledger(after), planned(after)
    assume(not now.is_over and now.is_scaled == before.is_scaled)
    wanted = _by_symbol(wishes(instance, before))
    done = {o.symbol: Fraction(o.quantity) / before.lot for o in plan.orders}
    for order in again.orders:
        line = now.lines[order.symbol]
        is_whole = order.symbol in done and done[order.symbol] == wanted[order.symbol].nearest
        # A band of 0 tolerates nothing: what the costs moved is outside of it.
        if is_whole and band_of(after, now, line):
            assert _is_as_near_as_lots_go(after, now, line, plan)


@given(banded(), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_rules_changes_nothing(instance: Instance, chance: Random) -> None:
    assert planned(shuffled_instance(instance, chance)) == planned(instance)


@given(banded(), st.sampled_from(decimals("10", "0.001", "1.37", "123456.789")))
def test_the_unit_of_money_changes_no_destination(instance: Instance, scale: Decimal) -> None:
    plan, other = planned(instance), planned(scaled(instance, scale))
    assert decisions(other) == decisions(plan)
    assert other.residual_drift_usd == plan.residual_drift_usd * scale


@given(banded())
def test_what_a_rule_of_its_symbol_forbids_is_never_traded_not_even_for_the_cap(
    instance: Instance,
) -> None:
    plan = planned(instance)
    rules = {rule.symbol: rule for rule in instance.symbol_rules}
    for row in plan.rows:
        rule = rules.get(row.symbol)
        if rule is None or row.target_weight is None or row.is_cash:
            continue
        if rule.hold:
            assert (row.action, row.reason) == (Action.NONE, Reason.HOLD)
        assert not (rule.no_buy and row.action is Action.BUY)
        assert not (rule.no_sell and row.action is Action.SELL)


@given(banded())
def test_every_holding_outside_its_band_trades_or_says_why_not(instance: Instance) -> None:
    before, plan = _below_the_cap(instance)
    for row in plan.rows:
        line = before.lines.get(row.symbol)
        if line is None or row.target_weight is None or row.is_cash or row.reason is Reason.HOLD:
            continue
        is_inside = abs(line.gap) <= band_of(instance, before, line)
        assert is_inside is (row.reason is Reason.WITHIN_BAND)


@given(banded())
def test_no_buy_takes_cash_below_the_floor(instance: Instance) -> None:
    before, plan = ledger(instance), planned(instance)
    if any(order.side is Side.BUY for order in plan.orders):
        assert cash_left(instance, before, plan.orders) >= before.floor


@given(banded((TriggerMode.TOTAL_DRIFT,)))
def test_total_drift_knows_no_bands_of_holdings_and_no_destinations(instance: Instance) -> None:
    usual = evolve(
        instance,
        policy=evolve(instance.policy, band_rule=BandRule.ABSOLUTE, destination=Destination.TARGET),
        symbol_rules=tuple(evolve(rule, band_bps=None) for rule in instance.symbol_rules),
    )
    assert planned(instance) == planned(usual)


@st.composite
def dear(draw: st.DrawFn) -> Instance:
    """$100,000 with too many of a few dear shares: every rule for small orders matters."""
    price = 20 * draw(st.integers(15, 75))
    gap = price * draw(st.integers(9, 36)) // 20
    fund = Symbol("DEAR")
    return Instance(
        snapshot=AccountSnapshot(
            account_id=AccountId("DU111111"),
            as_of=AS_OF,
            base_currency="USD",
            cash=(CashBalance(currency="USD", amount=Decimal(100_000 - 40 * price)),),
            positions=(
                Position(
                    con_id=ConId(1),
                    symbol=fund,
                    security_type="STK",
                    currency="USD",
                    quantity=Decimal(40),
                ),
            ),
        ),
        quotes=(
            Quote(
                con_id=ConId(1),
                symbol=fund,
                price=Decimal(price),
                kind=QuoteKind.LAST,
                as_of=AS_OF,
            ),
        ),
        targets=Targets(
            weights=(Weight(symbol=fund, fraction=Decimal(40 * price - gap) / 100_000),),
            cash=1 - Decimal(40 * price - gap) / 100_000,
        ),
        policy=RebalancePolicy(
            per_holding_band_bps=draw(st.sampled_from(decimals("10", "25", "100"))),
            min_order_usd=draw(st.sampled_from(decimals("0", "300", "900"))),
            min_improvement_usd=draw(st.sampled_from(decimals("0", "200", "700"))),
            destination=draw(st.sampled_from(Destination)),
            destination_bps=Decimal(20),
            cash_buffer_pct=Decimal(0),
        ),
    )


@given(dear())
def test_a_small_order_is_raised_up_to_its_target_and_improves_as_much_as_it_must(
    instance: Instance,
) -> None:
    before, plan = _below_the_cap(instance)
    wanted = _by_symbol(wishes(instance, before))
    assert {order.symbol for order in plan.orders} == set(wanted)
    for order in plan.orders:
        line = before.lines[order.symbol]
        value, gap = Fraction(order.value_usd), -line.gap
        rest = gap - destination_of(instance, before, line)
        assert value >= smallest_order(instance)
        assert gap - abs(gap - value) >= instance.policy.min_improvement_usd
        is_raised = value >= rest + line.price
        assert value <= gap or not is_raised


def _below_the_cap(instance: Instance) -> tuple[Ledger, Plan]:
    before = ledger(instance)
    assume(not before.is_over)
    return before, planned(instance)


def _by_symbol(found: list[Wish]) -> dict[str, Wish]:
    return {wish.line.symbol: wish for wish in found}


def _is_as_near_as_lots_go(after: Instance, now: Ledger, line: Line, plan: Plan) -> bool:
    """Whether no lot is left, or costs alone moved it over the middle between two lots."""
    lot = line.price * now.lot
    moved = share_of_costs(after, now, line) * Fraction(plan.reserve_usd)
    return abs(line.gap) <= lot / 2 + moved or (line.gap < 0 and line.held < now.lot)
