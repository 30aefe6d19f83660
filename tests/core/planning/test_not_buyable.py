"""What may not be bought is not bought, and nothing is sold that only it would have needed."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import product

from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from rebalancer_core.planning.candidate import Candidate
from rebalancer_core.planning.holding import Holding
from rebalancer_core.planning.plan import plan_account
from rebalancer_core.planning.sizing.cutting import lots_needed
from rebalancer_core.values.instruments import ConId, Symbol
from rebalancer_core.values.plan import Action, NotBuyable, Plan, PlannedOrder, Reason, Side
from rebalancer_core.values.policy import TriggerMode
from tests.laws.ledger import Ledger, Wish, cash_after, executed, ledger, planned, signed, wishes
from tests.support.strategies import Instance, instances

PER_HOLDING = (TriggerMode.PER_HOLDING,)
_NONE = frozenset[ConId]()


@st.composite
def _blocked(
    draw: st.DrawFn, modes: tuple[TriggerMode, ...] = tuple(TriggerMode)
) -> tuple[Instance, frozenset[ConId]]:
    """An account, and contracts that it may not buy: often those that it would."""
    instance = draw(instances(modes).filter(_is_within_cap))
    bought = [order.con_id for order in planned(instance).orders if order.side is Side.BUY]
    every = [quote.con_id for quote in instance.quotes]
    usual = st.frozensets(st.sampled_from(bought), min_size=1) if bought else st.just(_NONE)
    return instance, draw(st.one_of(usual, usual, st.frozensets(st.sampled_from(every))))


def _is_within_cap(instance: Instance) -> bool:
    return not ledger(instance).is_over


@given(_blocked())
def test_nothing_is_bought_that_may_not_be(drawn: tuple[Instance, frozenset[ConId]]) -> None:
    instance, blocked = drawn
    plan = _planned(instance, blocked)
    assert not {order.con_id for order in plan.orders if order.side is Side.BUY} & blocked
    for row in plan.rows:
        if row.reason is Reason.REFUSED_BY_BROKER:
            assert row.con_id in blocked
            assert row.action is Action.NONE
            assert row.note == "the test says so"


@given(_blocked())
def test_where_no_wanted_buy_is_blocked_the_plan_is_what_it_was(
    drawn: tuple[Instance, frozenset[ConId]],
) -> None:
    instance, blocked = drawn
    plan = _planned(instance, blocked)
    if all(row.reason is not Reason.REFUSED_BY_BROKER for row in plan.rows):
        assert plan == planned(instance)


@given(_blocked())
def test_every_order_still_moves_its_own_holding_closer_and_reaches_the_minimum_order(
    drawn: tuple[Instance, frozenset[ConId]],
) -> None:
    instance, blocked = drawn
    before = ledger(instance)
    for order in _planned(instance, blocked).orders:
        line = before.lines[order.symbol]
        assert abs(line.gap - signed(order)) < abs(line.gap)
        assert Fraction(order.quantity) % before.lot == 0
        assert order.side is Side.BUY or order.quantity <= line.held
        assert order.value_usd >= instance.policy.min_order_usd


@given(_blocked(PER_HOLDING))
def test_sells_only_shrink_and_what_remains_pays_the_buys_and_the_floor(
    drawn: tuple[Instance, frozenset[ConId]],
) -> None:
    instance, blocked = drawn
    before, plan = ledger(instance), _planned(instance, blocked)
    usual = {o.symbol: o.quantity for o in planned(instance).orders if o.side is Side.SELL}
    sells = {o.symbol: o.quantity for o in plan.orders if o.side is Side.SELL}
    assert all(quantity <= usual[symbol] for symbol, quantity in sells.items())
    if sells != usual or any(order.side is Side.BUY for order in plan.orders):
        assert cash_after(before, plan.orders) >= before.floor


@given(_blocked(PER_HOLDING))
def test_no_sell_could_be_smaller_by_a_lot_or_a_minimum_order(
    drawn: tuple[Instance, frozenset[ConId]],
) -> None:
    instance, blocked = drawn
    before, plan = ledger(instance), _planned(instance, blocked)
    assume(any(row.reason is Reason.REFUSED_BY_BROKER for row in plan.rows))
    idle = cash_after(before, plan.orders) - before.floor
    for order in (each for each in plan.orders if each.side is Side.SELL):
        assert idle < _smallest_cut(order, before, instance)


@given(_blocked())
def test_planning_again_after_a_full_fill_is_empty(
    drawn: tuple[Instance, frozenset[ConId]],
) -> None:
    instance, blocked = drawn
    after = executed(instance, _planned(instance, blocked))
    assert _planned(after, blocked).orders == ()


@given(_blocked(PER_HOLDING))
def test_the_best_plan_without_these_buys_is_not_further_away_than_the_bound_says(
    drawn: tuple[Instance, frozenset[ConId]],
) -> None:
    instance, blocked = drawn
    before, plan = ledger(instance), _planned(instance, blocked)
    names = {quote.symbol for quote in instance.quotes if quote.con_id in blocked}
    found = wishes(instance, before)
    sells = [w for w in found if w.line.gap < 0]
    buys = [w for w in found if w.line.gap > 0 and w.line.symbol not in names]
    assume(all(wish.nearest <= 12 for wish in buys))
    room = before.cash - before.floor + sum((w.nearest * w.lot for w in sells), Fraction())
    best = max(
        sum((w.removed(lots) for w, lots in zip(buys, choice, strict=True)), Fraction())
        for choice in product(*(_admissible(wish) for wish in buys))
        if not any(choice) or sum(w.lot * n for w, n in zip(buys, choice, strict=True)) <= room
    )
    drift = sum((abs(line.gap) for line in before.lines.values()), Fraction())
    optimum = drift - best - sum((w.removed(w.nearest) for w in sells), Fraction())
    assert Fraction(plan.residual_drift_usd) >= optimum
    assert Fraction(plan.residual_drift_usd) - Fraction(plan.bound_usd) <= optimum


@given(_blocked())
def test_every_row_has_its_reason_and_the_order_of_the_words_changes_nothing(
    drawn: tuple[Instance, frozenset[ConId]],
) -> None:
    instance, blocked = drawn
    plan = _planned(instance, blocked)
    assert all(row.reason for row in plan.rows if row.action is Action.NONE)
    turned = tuple(reversed(_words(blocked)))
    assert _plan(instance, turned) == plan
    for row in plan.rows:
        if row.reason is Reason.SELL_CUT:
            assert "needed, as a buy is blocked" in row.note
            assert row.drift is not None
            assert row.drift > 0


@given(
    st.lists(
        st.tuples(st.integers(1, 9), st.integers(1, 6), st.integers(1, 6)), min_size=1, max_size=4
    ),
    st.integers(-10, 120),
)
def test_the_smallest_drift_is_cut_first_and_as_far_as_it_goes(
    drawn: list[tuple[int, int, int]], spare: int
) -> None:
    sells = tuple(_sell(value, most, min(most, least)) for value, most, least in drawn)
    needed = lots_needed(sells, spare)
    left = max(0, spare)
    for sell, lots in reversed(tuple(zip(sells, needed, strict=True))):
        allowed = (0, *range(sell.min_lots, sell.nearest + 1))
        affordable = [n for n in allowed if (sell.nearest - n) * sell.holding.lot_value <= left]
        assert lots == min(affordable)
        left -= (sell.nearest - lots) * sell.holding.lot_value
    assert left >= 0


def test_a_replaced_fund_is_kept_while_its_successor_may_not_be_bought() -> None:
    assert lots_needed((_sell(100, 5, 1),), 500) == (0,)
    assert lots_needed((_sell(100, 5, 1),), 499) == (1,)
    assert lots_needed((_sell(100, 5, 1), _sell(70, 5, 1)), -1) == (5, 5)


def _planned(instance: Instance, blocked: frozenset[ConId]) -> Plan:
    return _plan(instance, _words(blocked))


def _words(blocked: frozenset[ConId]) -> tuple[NotBuyable, ...]:
    return tuple(NotBuyable(con_id=con_id, why="the test says so") for con_id in sorted(blocked))


def _plan(instance: Instance, not_buyable: tuple[NotBuyable, ...]) -> Plan:
    return plan_account(
        snapshot=instance.snapshot,
        quotes=instance.quotes,
        targets=instance.targets,
        policy=instance.policy,
        commissions=instance.commission,
        not_buyable=not_buyable,
    ).unwrap()


def _smallest_cut(order: PlannedOrder, before: Ledger, instance: Instance) -> Fraction:
    """What the least further cut of a sell would keep unsold: a lot, or all of a minimum order."""
    lot = Fraction(order.price) * before.lot
    fewer = evolve(order, quantity=order.quantity - Decimal(str(float(before.lot))))
    is_least = fewer.value_usd < instance.policy.min_order_usd or not fewer.quantity
    return Fraction(order.value_usd) if is_least else lot


def _admissible(wish: Wish) -> list[int]:
    return [0, *range(min(wish.least, wish.nearest), wish.nearest + 1)]


def _sell(lot_value: int, nearest: int, min_lots: int) -> Candidate:
    holding = Holding(
        symbol=Symbol("SPY"),
        held=Decimal(nearest),
        quote=None,
        weight=Decimal(0),
        gap=-nearest * lot_value,
        lot_value=lot_value,
    )
    return Candidate(holding=holding, nearest=nearest, min_lots=min_lots)
