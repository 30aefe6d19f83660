"""Runs in memory: deposits, withdrawals, cash set aside, and accounts that are left alone."""

import asyncio
from datetime import timedelta
from decimal import Decimal

from attrs import evolve

from rebalancer_adapters.memory import MemoryOutside, ScriptedPerson, memory_inputs, memory_world
from rebalancer_core.application.types import Inputs, UnknownTargets, UntouchedAccount
from rebalancer_core.reporting.summary import AccountReport, AccountStatus
from rebalancer_core.values.flow import Flow, Invest, Raise
from rebalancer_core.values.plan import Side
from rebalancer_core.values.policy import RebalancePolicy
from tests.adapters.memory.played import (
    BLEND,
    IEF,
    MODEL,
    ONE,
    SAVED,
    TWO,
    WITH_ANY_TURNOVER,
    played,
    statuses_of,
)

_DAY = timedelta(days=1)


def _outside(*answers: bool) -> MemoryOutside:
    return MemoryOutside(
        world=memory_world(SAVED), at=SAVED.as_of, person=ScriptedPerson(answers=answers)
    )


def _inputs(flow: Flow, aside: str = "0") -> Inputs:
    inputs = memory_inputs(
        ONE,
        portfolios=(MODEL,),
        blend=BLEND,
        rebalance=RebalancePolicy(set_aside_usd=Decimal(aside)),
        safety=WITH_ANY_TURNOVER,
    )
    accounts = tuple(evolve(account, flow=flow) for account in inputs.accounts)
    return evolve(inputs, accounts=accounts)


def _unattended(outside: MemoryOutside, inputs: Inputs) -> tuple[AccountReport, ...]:
    run = outside.rebalance_run(inputs, without_prompt=True)
    assert not isinstance(asyncio.run(run.all_accounts()), UnknownTargets)
    return run.complete()


def _cash(report: AccountReport) -> Decimal:
    assert report.seen is not None
    return report.seen.usd_cash


def test_a_second_investment_of_a_day_wants_the_account_id_and_is_refused_with_yes() -> None:
    outside, invest = _outside(True, True, True), _inputs(Invest(amount=Decimal(2_000)))
    assert statuses_of(played(outside, invest)) == [AccountStatus.DONE]
    (refused,) = _unattended(outside, invest)
    assert refused.status is AccountStatus.BLOCKED
    assert "Today $2,000 were invested already: 17:00 UTC, run memory1" in refused.error
    assert statuses_of(played(outside, invest)) == [AccountStatus.DONE]
    first, second = outside.person.questions
    assert first.why_typed == ""
    assert (
        second.why_typed == "Today $2,000 were invested already: 17:00 UTC, run memory1, 1 order."
    )


def test_an_investment_of_the_day_before_or_a_rebalance_asks_for_no_account_id() -> None:
    outside, invest = _outside(True, True, True), _inputs(Invest(amount=Decimal(2_000)))
    played(outside, invest)
    played(outside, _inputs(Invest(amount=Decimal(2_000)), aside="0"))
    outside.clock.hear(SAVED.as_of + _DAY)
    played(outside, invest)
    assert [bool(asked.why_typed) for asked in outside.person.questions] == [False, True, False]


def test_what_cannot_be_raised_is_refused_and_names_the_most() -> None:
    outside = _outside(True)
    (report,) = played(outside, _inputs(Raise(amount=Decimal(50_000))))
    assert report.status is AccountStatus.REFUSED
    assert "$50,000 cannot be raised: $9,900 is the most" in report.error
    assert outside.person.questions == []
    (previewed,) = played(outside, _inputs(Raise(amount=Decimal(50_000))), may_trade=False)
    assert previewed.status is AccountStatus.REFUSED


def test_a_raise_ends_with_the_setting_that_keeps_it_and_sells_nothing_again() -> None:
    outside = _outside(True, True)
    played(outside, _inputs(Invest()))
    raised = _inputs(Raise(amount=Decimal(3_000)), aside="100")
    (report,) = played(outside, raised)
    assert report.status is AccountStatus.DONE
    assert report.plan is not None
    assert {order.side for order in report.plan.orders} == {Side.SELL}
    assert report.notes[-1].endswith("[rebalance] set_aside_usd = 3100")
    assert _cash(report) >= 3_100
    (again,) = played(outside, raised)
    assert again.status is AccountStatus.NOTHING_TO_DO
    assert again.notes == report.notes[-1:]


def test_what_is_set_aside_is_not_spent() -> None:
    outside = _outside(True)
    (report,) = played(outside, _inputs(Invest(), aside="4000"))
    assert report.status is AccountStatus.DONE
    assert 4_000 + Decimal("59.99") < _cash(report) < 4_000 + 700
    assert report.plan is not None
    assert IEF in {order.symbol for order in report.plan.orders}


def test_an_account_that_the_amounts_do_not_name_is_not_read_and_says_so() -> None:
    inputs = _inputs(Invest())
    left = UntouchedAccount(number=2, account_id=TWO)
    outside = _outside(True)
    reports = played(outside, evolve(inputs, untouched=(left,)))
    assert statuses_of(reports) == [AccountStatus.DONE, AccountStatus.NOT_TOUCHED]
    assert reports[1].notes == ("the amounts name other accounts",)
