"""Runs in memory: commissions that a what-if names, and questions about debt and the cap."""

from decimal import Decimal

from attrs import evolve

from rebalancer_adapters.memory import MemoryOutside, ScriptedPerson, memory_inputs, memory_world
from rebalancer_core.reporting.summary import AccountReport, AccountStatus
from rebalancer_core.values.plan import Plan, Reason
from rebalancer_core.values.policy import RebalancePolicy
from tests.adapters.memory.holding import holding
from tests.adapters.memory.played import (
    BLEND,
    IEF,
    MODEL,
    ONE,
    SAVED,
    SPY,
    WITH_ANY_TURNOVER,
    played,
    statuses_of,
)


def test_where_a_what_if_names_more_commission_the_plan_shown_only_buys_less() -> None:
    usual, dear = (_played_with_commission(usd)[0] for usd in ("1", "75"))
    bought = {order.symbol: order.quantity for order in usual.orders}
    assert usual.reserve_usd < 3
    assert bought == {SPY: 10, IEF: 41}
    assert {order.symbol: order.quantity for order in dear.orders} == {SPY: 10, IEF: 39}
    assert dear.reserve_usd >= 150
    assert dear.cash_after - dear.reserve_usd >= dear.cash_floor
    assert next(row for row in dear.rows if row.symbol == IEF).reason is Reason.NO_CASH_LEFT


def test_a_commission_that_cash_covers_changes_the_reserve_alone() -> None:
    usual, dearer = (_played_with_commission(usd)[0] for usd in ("1", "1.5"))
    assert dearer.orders == usual.orders
    assert Decimal(3) <= dearer.reserve_usd < Decimal("3.5")


def _played_with_commission(usd: str) -> tuple[Plan, ...]:
    world = evolve(memory_world(SAVED), commission_usd=Decimal(usd))
    outside = MemoryOutside(world=world, at=SAVED.as_of, person=ScriptedPerson(answers=(True,)))
    inputs = memory_inputs(ONE, portfolios=(MODEL,), blend=BLEND, safety=WITH_ANY_TURNOVER)
    assert statuses_of(played(outside, inputs)) == [AccountStatus.DONE]
    return tuple(plan for plan, _ in outside.person.previews)


def test_debt_beside_kept_holdings_wants_the_account_id_typed() -> None:
    outside, (report,) = _played(cash="-1000", spy="10", old="60")
    assert report.status is AccountStatus.DONE
    (asked,) = outside.person.questions
    assert asked.why_typed == "USD cash is negative beside holdings that are kept."
    assert report.plan is not None
    assert any("no model borrows" in warning for warning in report.plan.warnings)


def test_without_kept_holdings_a_plain_yes_will_do() -> None:
    outside, (report,) = _played(cash="-1000", spy="10", old="0")
    assert report.status is AccountStatus.DONE
    assert [asked.why_typed for asked in outside.person.questions] == [""]


def _played(*, cash: str, spy: str, old: str) -> tuple[MemoryOutside, tuple[AccountReport, ...]]:
    saved = holding(cash, spy=spy, old=old)
    outside = MemoryOutside(
        world=memory_world(saved), at=saved.as_of, person=ScriptedPerson(answers=(True,))
    )
    inputs = memory_inputs(
        ONE,
        portfolios=(MODEL,),
        blend=BLEND,
        rebalance=RebalancePolicy(max_leverage=Decimal("1.2")),
        safety=WITH_ANY_TURNOVER,
    )
    return outside, played(outside, inputs)
