"""What `JournalPort` promises: written means on the disk, and told again as it was."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from attrs import evolve
from returns.pipeline import is_successful
from returns.result import Success

from rebalancer_adapters.journal.sqlite_journal import open_journal
from rebalancer_core.orders.events import OrderRef, OwnActed, OwnAction
from rebalancer_core.orders.order_state import Phase
from rebalancer_core.ports import JournalPort
from rebalancer_core.reconcile.journal_model import JournaledEvent
from rebalancer_core.values.instruments import AccountId
from tests.adapters.journal.made_up import (
    APPROVAL,
    AT,
    PURCHASE,
    RUN,
    SALE,
    approval_in,
    intent_for,
    opened,
    run_named,
    runs_in,
    story_of,
    tell,
)
from tests.support.plan_factory import ACCOUNT

OTHER = AccountId("DU222222")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "journal.sqlite"


def test_a_new_journal_knows_no_run(path: Path) -> None:
    with opened(path) as journal:
        port: JournalPort = journal
        assert port.summaries() == Success(())
        assert port.runs_named((RUN.run_id,)) == Success(())


def test_a_run_is_told_again_as_it_was_by_another_process(path: Path) -> None:
    with opened(path) as journal:
        tell(journal)
    with opened(path) as journal:
        (run,) = runs_in(journal)
    assert run.started == RUN
    (account,) = run.accounts
    assert account.approval == APPROVAL
    assert account.is_reported
    sale, purchase = account.orders
    assert (sale.intent, purchase.intent) == (intent_for(SALE), intent_for(PURCHASE, order_id=8))
    assert tuple(heard.event for heard in sale.events) == story_of(SALE)
    assert sale.events[0] == JournaledEvent(at=AT, event=story_of(SALE)[0])
    assert sale.events[1].at > sale.events[0].at
    assert sale.is_finished
    assert purchase.state.phase is Phase.HANDED
    assert purchase.state.unfilled == PURCHASE.quantity


def test_runs_come_oldest_first_each_with_its_own_accounts(path: Path) -> None:
    with opened(path) as journal:
        for run_id in ("bbbbbbbb", "aaaaaaaa"):
            assert is_successful(journal.start(run_named(run_id)))
        for run_id, account in (("aaaaaaaa", OTHER), ("bbbbbbbb", ACCOUNT), ("bbbbbbbb", OTHER)):
            assert is_successful(journal.approve(approval_in(run_id, account)))
        ticket = evolve(SALE, account_id=OTHER)
        assert is_successful(journal.intend(intent_for(ticket, "aaaaaaaa")))
        assert is_successful(journal.reported("bbbbbbbb", OTHER))
        first, second = runs_in(journal)
    assert [a.approval.account_id for a in first.accounts] == [ACCOUNT, OTHER]
    assert [a.is_reported for a in first.accounts] == [False, True]
    assert [len(a.orders) for a in first.accounts] == [0, 0]
    assert [(a.approval.account_id, len(a.orders)) for a in second.accounts] == [(OTHER, 1)]


def test_a_second_intent_for_a_reference_is_a_fault(told: Path) -> None:
    with opened(told) as journal:
        another = intent_for(evolve(SALE, con_id=PURCHASE.con_id))
        assert "entry.order_ref" in journal.intend(another).failure().detail
        (run,) = runs_in(journal)
        assert len(run.accounts[0].orders) == 2


def test_a_second_intent_for_a_leg_is_a_fault_under_any_reference(told: Path) -> None:
    with opened(told) as journal:
        again = evolve(SALE, order_ref=OrderRef("rb1-9f2c31aa-01009-1"))
        assert "entry.leg" in journal.intend(intent_for(again)).failure().detail


def test_the_second_leg_of_an_order_may_follow_the_first(told: Path) -> None:
    with opened(told) as journal:
        second = evolve(SALE, order_ref=OrderRef("rb1-9f2c31aa-01001-2"))
        assert is_successful(journal.intend(intent_for(second)))


def test_one_leg_may_trade_both_sides_and_in_two_accounts(told: Path) -> None:
    with opened(told) as journal:
        other_side = evolve(SALE, order_ref=OrderRef("rb1-9f2c31aa-01004-1"), side=PURCHASE.side)
        assert is_successful(journal.intend(intent_for(other_side)))
        assert is_successful(journal.approve(approval_in(RUN.run_id, OTHER)))
        elsewhere = evolve(SALE, order_ref=OrderRef("rb1-9f2c31aa-02001-1"), account_id=OTHER)
        assert is_successful(journal.intend(intent_for(elsewhere)))
        (run,) = runs_in(journal)
    assert [len(account.orders) for account in run.accounts] == [3, 1]
    assert run.accounts[1].orders[0].intent.ticket == elsewhere


def test_a_run_starts_once(told: Path) -> None:
    with opened(told) as journal:
        assert journal.start(RUN).failure().detail == "run 9f2c31aa is already in it"


def test_a_plan_is_approved_once_in_a_run(told: Path) -> None:
    with opened(told) as journal:
        assert "entry.account" in journal.approve(APPROVAL).failure().detail


def test_nothing_stands_below_a_run_that_never_started(path: Path) -> None:
    with opened(path) as journal:
        for answer in (
            journal.approve(APPROVAL),
            journal.intend(intent_for(SALE)),
            journal.reported(RUN.run_id, ACCOUNT),
        ):
            assert answer.failure().detail == "run 9f2c31aa was never started"
        assert journal.runs() == Success(())


def test_no_order_and_no_report_stands_without_an_approved_plan(path: Path) -> None:
    with opened(path) as journal:
        journal.start(RUN)
        journal.approve(approval_in(RUN.run_id, OTHER))
        for answer in (journal.intend(intent_for(SALE)), journal.reported(RUN.run_id, ACCOUNT)):
            why = answer.failure().detail
            assert why == "no plan for DU111111 was approved in run 9f2c31aa"


def test_an_event_of_an_order_that_was_never_intended_is_a_fault(told: Path) -> None:
    with opened(told) as journal:
        stray = OwnActed(order_ref=OrderRef("rb1-00000000-01001-1"), act=OwnAction.HANDED)
        fault = journal.note(stray, AT).failure()
        assert fault.detail == "no order rb1-00000000-01001-1 was ever intended"


def test_a_refused_entry_leaves_the_journal_in_use(told: Path) -> None:
    with opened(told) as journal:
        journal.start(RUN).failure()
        journal.intend(intent_for(SALE)).failure()
        assert is_successful(
            journal.note(OwnActed(order_ref=SALE.order_ref, act=OwnAction.ABSENT), AT)
        )


def test_the_journal_of_another_process_at_work_is_waited_for_briefly(path: Path) -> None:
    with opened(path) as journal, closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert "SQLITE_BUSY" in journal.start(RUN).failure().detail
        assert "SQLITE_BUSY" in journal.runs().failure().detail
        other.execute("ROLLBACK")
        assert is_successful(journal.start(RUN))


def test_a_journal_locked_at_its_opening_is_a_fault(path: Path) -> None:
    with opened(path), closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert "SQLITE_BUSY" in open_journal(path, busy_ms=10).failure().detail


def test_two_processes_may_write_their_runs_in_turn(path: Path) -> None:
    with opened(path) as one, opened(path) as two:
        assert is_successful(one.start(run_named("11111111")))
        assert is_successful(two.start(run_named("22222222")))
        assert is_successful(one.approve(approval_in("11111111")))
        assert is_successful(two.approve(approval_in("22222222", OTHER)))
        assert one.runs() == two.runs()
        assert len(runs_in(one)) == 2


def test_each_commit_goes_to_the_disk_and_not_to_a_log_beside_it(path: Path) -> None:
    with opened(path) as journal:
        tell(journal)
        connection = journal._connection  # noqa: SLF001 its settings are the promise
        for pragma, value in (("journal_mode", "delete"), ("synchronous", 3), ("fullfsync", 1)):
            assert connection.execute(f"PRAGMA {pragma}").fetchone() == (value,)
    assert [each.name for each in path.parent.iterdir()] == ["journal.sqlite"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such file modes")
def test_the_journal_is_its_owners_alone(path: Path) -> None:
    with opened(path):
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("name", ["mit Leerzeichen", "Übung", "100%25", "a#b", "é;=&"])
def test_the_folder_may_have_any_name(tmp_path: Path, name: str) -> None:
    with opened(tmp_path / name / "journal.sqlite") as journal:
        assert is_successful(journal.start(RUN))
    assert [each.name for each in tmp_path.iterdir()] == [name]


def test_a_closed_journal_is_a_fault_and_no_crash(path: Path) -> None:
    with opened(path) as journal:
        pass
    assert "closed" in journal.start(RUN).failure().detail
    assert "closed" in journal.runs().failure().detail
