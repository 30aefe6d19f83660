"""Whole runs in memory: what is sent, asked and kept, and what a fault of the outside does."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest
from attrs import evolve
from returns.result import Failure

from rebalancer_adapters.memory import (
    MemoryOutside,
    Rejection,
    ScriptedPerson,
    memory_world,
)
from rebalancer_core.application.types import UnknownTargets
from rebalancer_core.orders.order_state import Phase
from rebalancer_core.orders.record import OrderStatus
from rebalancer_core.reporting.summary import AccountStatus
from rebalancer_core.values.account import DataType, MarketObservation
from rebalancer_core.values.instruments import ConId
from rebalancer_core.values.policy import AskingPolicy, ConfirmMode, SafetyPolicy
from tests.adapters.memory.played import (
    IEF,
    NO_JOURNAL,
    NO_REPORTS,
    NOON,
    ONE,
    SAVED,
    SPY,
    TWO,
    UNREACHED,
    new_inputs,
    new_outside,
    played,
    statuses_of,
)


def test_a_whole_run_leaves_orders_reports_and_a_journal() -> None:
    outside = new_outside(True, False)
    reports = played(outside, new_inputs(ONE, TWO))
    assert statuses_of(reports) == [AccountStatus.DONE, AccountStatus.DECLINED]
    assert {order.account_id for order in outside.books.tickets} == {ONE}
    assert list(outside.reports.tables) == [
        "rebalance_pre_DU111111",
        "rebalance_post_DU111111",
        "rebalance_pre_DU222222",
        "run_summary",
    ]
    runs = outside.journal.runs().unwrap()
    (account,) = (each for run in runs for each in run.accounts)
    assert account.is_reported
    assert {order.state.phase for order in account.orders} == {Phase.FILLED}
    assert [(asked.accounts, asked.answer) for asked in outside.person.questions] == [
        ((ONE,), True),
        ((TWO,), False),
    ]
    assert [row.status for row in outside.person.rows] == statuses_of(reports)
    assert outside.person.reports == list(reports)
    assert [plan.account_id for plan, _ in outside.person.previews] == [ONE, TWO]
    assert [record.account_id for record in outside.person.records] == [ONE]
    ended = {now.ticket.symbol for _, now in outside.person.changes if now.phase is Phase.FILLED}
    assert ended == {SPY, IEF}


def test_the_next_run_finds_what_the_one_before_traded() -> None:
    outside = new_outside(True)
    played(outside, new_inputs(ONE))
    sent = len(outside.books.tickets)
    assert statuses_of(played(outside, new_inputs(ONE))) == [AccountStatus.NOTHING_TO_DO]
    assert len(outside.books.tickets) == sent > 0
    run_ids = [facts.run_id for facts, _ in outside.reports.pages.values()]
    assert run_ids == ["memory1", "memory2"]
    assert list(outside.reports.pages) == ["rebalance", "rebalance-2"]


def test_a_person_without_another_answer_says_no() -> None:
    outside = new_outside()
    assert statuses_of(played(outside, new_inputs(ONE))) == [AccountStatus.DECLINED]
    assert outside.books.tickets == []


def test_one_answer_for_all_accounts_is_one_question() -> None:
    outside = new_outside(True)
    asking = AskingPolicy(confirm_mode=ConfirmMode.GLOBAL)
    reports = played(outside, new_inputs(ONE, TWO, asking=asking))
    assert statuses_of(reports) == [AccountStatus.DONE] * 2
    assert [asked.accounts for asked in outside.person.questions] == [(ONE, TWO)]


def test_a_price_that_moves_while_the_person_thinks_is_asked_about_again() -> None:
    outside = new_outside(True, True)
    dearer = MarketObservation(
        con_id=ConId(1),
        symbol=SPY,
        observed_at=NOON,
        bid=Decimal(615),
        ask=Decimal(615),
        last=Decimal(615),
        last_at=NOON,
        close=Decimal(600),
        data_type=DataType.LIVE,
    )

    def think() -> None:
        outside.clock.advance(30)
        outside.books.move_price(dearer)

    outside.person.while_asked = think
    assert statuses_of(played(outside, new_inputs(ONE))) == [AccountStatus.DONE]
    assert len(outside.person.questions) == 2
    shown = [order.price for plan, _ in outside.person.previews for order in plan.orders]
    assert shown == [600, 95, 615, 95]
    assert any("SPY" in note and "615" in note for note in outside.person.notes)


def test_the_banner_has_the_age_of_the_oldest_price_and_not_of_the_reading() -> None:
    world = memory_world(SAVED)
    spy, ief = world.observations
    traded_before = evolve(spy, last_at=NOON - timedelta(seconds=45))
    outside = MemoryOutside(world=evolve(world, observations=(traded_before, ief)), at=NOON)
    played(outside, new_inputs(ONE), may_trade=False)
    ((_, facts),) = outside.person.previews
    assert facts.price_age_seconds == 45


@pytest.mark.parametrize(("seconds", "questions"), [(120, 1), (121, 2)])
def test_a_plan_older_than_plan_ttl_sec_is_shown_again(seconds: int, questions: int) -> None:
    outside = new_outside(True, True)
    thought = iter((seconds, 1))
    outside.person.while_asked = lambda: outside.clock.advance(next(thought))
    assert statuses_of(played(outside, new_inputs(ONE))) == [AccountStatus.DONE]
    assert len(outside.person.questions) == questions


def test_an_account_that_another_process_trades_is_refused_and_the_others_go_on() -> None:
    outside = new_outside(True)
    outside.sessions.locked_elsewhere.add(ONE)
    reports = played(outside, new_inputs(ONE, TWO))
    assert statuses_of(reports) == [AccountStatus.REFUSED, AccountStatus.DONE]
    assert "being traded by another process" in reports[0].error
    assert {order.account_id for order in outside.books.tickets} == {TWO}


def test_a_connection_that_fails_is_every_accounts_report_and_the_next_one_succeeds() -> None:
    outside = new_outside(True, True)
    outside.sessions.faults.append(UNREACHED)
    reports = played(outside, new_inputs(ONE, TWO))
    assert statuses_of(reports) == [AccountStatus.FAILED] * 2
    assert all("connection refused" in report.error for report in reports)
    assert outside.sessions.opened == []
    assert statuses_of(played(outside, new_inputs(ONE, TWO))) == [AccountStatus.DONE] * 2


def test_a_closed_gate_lets_nothing_out_until_the_deadline_has_passed() -> None:
    outside = new_outside(True)
    outside.sessions.closed_gate = "market data farm is broken"
    (report,) = played(outside, new_inputs(ONE))
    assert report.record is not None
    assert {outcome.status for outcome in report.record.outcomes} == {OrderStatus.SKIPPED}
    assert outside.books.tickets == []
    assert outside.clock.monotonic() >= SafetyPolicy().order_deadline_sec


def test_a_journal_that_cannot_be_opened_refuses_before_anything_is_asked() -> None:
    outside = new_outside(True)
    outside.sessions.unopened = NO_JOURNAL
    (report,) = played(outside, new_inputs(ONE))
    assert report.status is AccountStatus.REFUSED
    assert "disk full" in report.error
    assert outside.sessions.opened == []


def test_a_preview_that_cannot_be_kept_is_not_asked_about() -> None:
    outside = new_outside(True)
    outside.reports.fault = NO_REPORTS
    assert statuses_of(played(outside, new_inputs(ONE))) == [AccountStatus.REFUSED]
    assert (outside.person.questions, outside.books.tickets) == ([], [])
    assert outside.reports.check_writable() == Failure(NO_REPORTS)
    assert (outside.reports.tables, outside.reports.pages) == ({}, {})
    assert any("disk full" in line for line in outside.log.lines if line.startswith("ERROR"))


def test_a_run_that_is_stopped_reaches_no_account() -> None:
    outside = new_outside(True)
    outside.stop.requested = True
    assert statuses_of(played(outside, new_inputs(ONE))) == [AccountStatus.INTERRUPTED]


def test_targets_that_nobody_lists_come_back() -> None:
    outside = MemoryOutside(world=memory_world(evolve(SAVED, quotes=())), at=NOON)
    found = asyncio.run(outside.play(new_inputs(ONE)))
    assert isinstance(found, UnknownTargets)
    assert [unlisted.symbol for unlisted in found.symbols] == [IEF, SPY]


def test_what_goes_wrong_is_added_to_the_world() -> None:
    world = evolve(memory_world(SAVED), rejections=(Rejection(symbol=IEF),))
    outside = MemoryOutside(world=world, at=NOON, person=ScriptedPerson(answers=(True,)))
    played(outside, new_inputs(ONE))
    assert {order.symbol for order in outside.books.tickets} == {SPY}


def test_a_silent_order_halts_the_run_and_keeps_its_account_from_the_next() -> None:
    world = evolve(memory_world(SAVED), silent=(SPY,))
    outside = MemoryOutside(world=world, at=NOON, person=ScriptedPerson(answers=(True,) * 4))
    (halted, kept) = played(outside, new_inputs(ONE, TWO))
    assert halted.status is AccountStatus.UNKNOWN
    assert kept.status is AccountStatus.REFUSED
    (locked,) = played(outside, new_inputs(ONE))
    assert locked.status is AccountStatus.UNKNOWN
    assert {order.account_id for order in outside.books.tickets} == {ONE}
