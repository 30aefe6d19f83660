"""What every plan obeys as a whole (laws 7 to 14)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import product
from math import prod
from random import Random

from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from rebalancer_core.planning.refit import refit_buys
from rebalancer_core.values.account import Quote
from rebalancer_core.values.plan import Action, Plan, Reason, Side
from rebalancer_core.values.policy import Sizing, TriggerMode
from tests.laws.ledger import Ledger, Wish, cash_after, cash_left, executed, ledger, planned, wishes
from tests.laws.variants import decisions, scaled, shuffled_instance
from tests.support.strategies import Instance, costly, decimals, instances

PER_HOLDING = (TriggerMode.PER_HOLDING,)
TOTAL_DRIFT = (TriggerMode.TOTAL_DRIFT,)


@given(instances())
def test_planning_again_after_a_full_fill_is_empty(instance: Instance) -> None:
    assume(not ledger(instance).is_over)
    assert planned(executed(instance, planned(instance))).orders == ()


@given(costly(PER_HOLDING))
def test_planning_again_after_a_full_fill_trades_only_what_the_costs_moved_over_an_edge(
    instance: Instance,
) -> None:
    """Costs come off net liquidation, so that every gap and every edge moves by about as much."""
    before, plan = ledger(instance), planned(instance)
    assume(not before.is_over)
    after = executed(instance, plan)
    costs, now = 3 * Fraction(plan.reserve_usd), ledger(after)
    assume(not _is_near_an_edge(after, now, costs))
    assert planned(after).orders == ()


@given(costly(PER_HOLDING))
def test_no_further_lot_or_block_fits_in_the_cash_that_is_left(instance: Instance) -> None:
    before, plan = ledger(instance), planned(instance)
    assume(not before.is_over)
    left = cash_left(instance, before, plan.orders) - Fraction(plan.cash_floor)
    lots = _lots(plan, before)
    for wish in wishes(instance, before):
        done = lots.get(wish.line.symbol, 0)
        if wish.line.gap < 0:
            assert done == wish.nearest
        elif done < wish.nearest:
            more = done + 1 if done else min(wish.least, wish.nearest)
            assert wish.cash(instance, before, done) - wish.cash(instance, before, more) > left


@given(costly(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(instance: Instance, chance: Random) -> None:
    assert planned(shuffled_instance(instance, chance)) == planned(instance)


@given(costly(), st.sampled_from(decimals("10", "0.001", "1.37", "123456.789")))
def test_the_unit_of_money_changes_nothing(instance: Instance, scale: Decimal) -> None:
    plan, other = planned(instance), planned(scaled(instance, scale))
    assert decisions(other) == decisions(plan)
    assert other.residual_drift_usd == plan.residual_drift_usd * scale


@given(costly(PER_HOLDING))
def test_a_plan_is_never_worse_than_largest_drift_first_truncated(instance: Instance) -> None:
    before = ledger(instance)
    assume(not before.is_over)
    plan = planned(instance)
    found = wishes(instance, before)
    sells = [w for w in found if w.line.gap < 0]
    whole = {w.line.symbol: int(abs(w.line.gap) / w.lot) for w in found}
    kept = [w for w in sells if min(whole[w.line.symbol], w.nearest) >= w.least]
    # A last lot that brings less than its commission costs the buys more than truncating it does.
    assume(
        all(
            wish.cash(instance, before, wish.nearest)
            >= wish.cash(instance, before, min(whole[wish.line.symbol], wish.nearest))
            for wish in sells
        )
    )
    removed = Fraction(0)
    left = before.cash - Fraction(plan.cash_floor)
    for wish in kept:
        lots = min(whole[wish.line.symbol], wish.nearest)
        removed += wish.removed(lots)
        left += wish.cash(instance, before, lots)
    for wish in (w for w in found if w.line.gap > 0):
        lots = min(whole[wish.line.symbol], wish.affordable(instance, before, left))
        if lots >= wish.least:
            removed += wish.removed(lots)
            left += wish.cash(instance, before, lots)
    drift = sum(abs(line.gap) for line in before.lines.values())
    assert plan.residual_drift_usd <= drift - removed


@given(costly(PER_HOLDING))
def test_no_buy_gives_back_more_than_two_dearest_lots_or_a_minimum_order(
    instance: Instance,
) -> None:
    before = ledger(instance)
    assume(not before.is_over)
    best, priority = (_with_sizing(instance, sizing) for sizing in (Sizing.BEST, Sizing.PRIORITY))
    buys = [w.lot for w in wishes(instance, before) if w.line.gap > 0]
    most = max([*(2 * lot for lot in buys), Fraction(instance.policy.min_order_usd)])
    after = {o.symbol: o.value_usd for o in best.orders}
    for order in priority.orders:
        assert order.value_usd - after.get(order.symbol, Decimal(0)) <= most
    gained = priority.residual_drift_usd - best.residual_drift_usd
    if best.orders != priority.orders:
        assert gained * 10_000 > before.managed


@given(instances(TOTAL_DRIFT))
def test_a_portfolio_inside_its_band_does_not_trade_whatever_single_holdings_do(
    instance: Instance,
) -> None:
    before, plan = ledger(instance), planned(instance)
    assume(not before.is_over)
    inside = before.portfolio_drift * 10_000 <= instance.policy.portfolio_total_band_bps
    assert not (inside and plan.orders)


@given(instances(TOTAL_DRIFT))
def test_total_drift_trades_a_prefix_of_the_candidates_and_no_longer_one_than_it_needs(
    instance: Instance,
) -> None:
    before, plan = ledger(instance), planned(instance)
    assume(not before.is_over)
    if not plan.orders:
        return
    no_band = evolve(
        instance.policy, trigger_mode=TriggerMode.PER_HOLDING, per_holding_band_bps=Decimal(0)
    )
    names = [w.line.symbol for w in wishes(evolve(instance, policy=no_band), before)]
    left_alone = {
        row.symbol for row in plan.rows if row.reason is Reason.PORTFOLIO_WITHIN_BAND
    }.intersection(names)
    assert left_alone == set(names[len(names) - len(left_alone) :])
    after = ledger(executed(instance, plan))
    inside = after.portfolio_drift * 10_000 <= instance.policy.portfolio_total_band_bps
    assert inside or not left_alone


@given(instances(TOTAL_DRIFT))
def test_total_drift_does_not_trade_a_holding_that_it_need_not(instance: Instance) -> None:
    before, plan = ledger(instance), planned(instance)
    assume(not before.is_over)
    if not plan.orders or any(row.reason for row in plan.rows if row.quantity):
        return
    ranked = sorted((-abs(before.lines[o.symbol].gap), o.symbol) for o in plan.orders)
    others = tuple(o for o in plan.orders if o.symbol != ranked[-1][1])
    if cash_after(before, others) < before.floor:
        return
    without = ledger(executed(instance, evolve(plan, orders=others)))
    assert without.portfolio_drift * 10_000 > instance.policy.portfolio_total_band_bps


@given(costly(PER_HOLDING), st.sampled_from(Sizing))
def test_the_best_plan_is_not_further_away_than_the_bound_says(
    instance: Instance, sizing: Sizing
) -> None:
    before, plan = ledger(instance), _with_sizing(instance, sizing)
    assume(not before.is_over)
    found = wishes(instance, before)
    buys = [w for w in found if w.line.gap > 0]
    if _choices(buys) > 3_000:
        return
    sells = [w for w in found if w.line.gap < 0]
    proceeds = sum((w.cash(instance, before, w.nearest) for w in sells), Fraction())
    room = max(Fraction(), before.cash - Fraction(plan.cash_floor) + proceeds)
    affordable = (
        lots
        for lots in product(*(_admissible(w) for w in buys))
        if -sum(w.cash(instance, before, n) for n, w in zip(lots, buys, strict=True)) <= room
    )
    best = max(_removed(buys, lots) for lots in affordable)
    drift = sum((abs(line.gap) for line in before.lines.values()), Fraction())
    optimum = drift - best - sum((w.removed(w.nearest) for w in sells), Fraction())
    assert Fraction(plan.residual_drift_usd) >= optimum
    assert Fraction(plan.residual_drift_usd) - Fraction(plan.bound_usd) <= optimum


@given(costly(), st.sampled_from(decimals("1", "0.999", "0.5")))
def test_buys_refitted_after_the_sells_only_shrink_and_only_where_cash_is_missing(
    instance: Instance, share: Decimal
) -> None:
    plan, before = planned(instance), ledger(instance)
    buys = tuple(o for o in plan.orders if o.side is Side.BUY)
    sells = tuple(o for o in plan.orders if o.side is Side.SELL)
    brought = cash_left(instance, before, sells) - before.cash
    assume(brought >= 0)
    refit = refit_buys(
        buys=buys,
        cash=plan.cash + Decimal(brought.numerator) / brought.denominator * share,
        cash_floor=plan.cash_floor,
        min_order_usd=instance.policy.min_order_usd,
        lot=Decimal("0.0001") if instance.policy.allow_fractional else Decimal(1),
        commission=instance.commission,
        share_costs={q.con_id: q.bought_at for q in instance.quotes if isinstance(q, Quote)},
    )
    confirmed = {o.symbol: o.quantity for o in buys}
    assert all(o.quantity <= confirmed[o.symbol] for o in refit)
    if share == 1 or not plan.sell_usd:
        assert refit == buys


@given(costly())
def test_every_position_and_target_has_one_row_and_every_quiet_row_its_reason(
    instance: Instance,
) -> None:
    plan = planned(instance)
    names = [(row.symbol, row.con_id) for row in plan.rows]
    assert len(set(names)) == len(names)
    assert {(p.symbol, p.con_id) for p in instance.snapshot.positions} <= set(names)
    assert {w.symbol for w in instance.targets.weights} <= {symbol for symbol, _ in names}
    assert [row.is_cash for row in plan.rows] == [False] * (len(names) - 1) + [True]
    assert all(row.reason for row in plan.rows if row.action is Action.NONE)
    traded = {(r.symbol, r.action.value, r.quantity) for r in plan.rows if r.quantity}
    assert traded == {(o.symbol, o.side.value, o.quantity) for o in plan.orders}


def _lots(plan: Plan, before: Ledger) -> dict[str, int]:
    return {o.symbol: int(Fraction(o.quantity) / before.lot) for o in plan.orders}


def _with_sizing(instance: Instance, sizing: Sizing) -> Plan:
    return planned(evolve(instance, policy=evolve(instance.policy, sizing=sizing)))


def _admissible(wish: Wish) -> list[int]:
    return [0, *range(min(wish.least, wish.nearest), wish.nearest + 1)]


def _removed(found: list[Wish], lots: tuple[int, ...]) -> Fraction:
    return sum((w.removed(n) for n, w in zip(lots, found, strict=True)), Fraction())


def _choices(found: list[Wish]) -> int:
    # Counted, not listed: fractional lots can be millions.
    return prod(2 + wish.nearest - min(wish.least, wish.nearest) for wish in found)


def _is_near_an_edge(instance: Instance, now: Ledger, by: Fraction) -> bool:
    """Whether a gap is so close to the band, the minimum order or half a lot, or a cut buy to the
    cash that it lacks.
    """
    rules = instance.policy
    band = Fraction(rules.per_holding_band_bps) / 10_000 * now.managed
    for line in now.lines.values():
        gap, lot = abs(line.gap), line.price * now.lot
        if not line.tradable:
            continue
        if min(abs(gap - band), abs(gap - Fraction(rules.min_order_usd))) <= by:
            return True
        if abs(gap / lot % 1 - Fraction(1, 2)) * lot <= by:
            return True
    left = now.cash - now.floor
    return any(
        -by <= left + wish.cash(instance, now, min(wish.least, wish.nearest))
        for wish in wishes(instance, now)
        if wish.line.gap > 0
    )
