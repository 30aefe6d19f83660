"""Orders that had their last word: who is asked about them, and what silence or a fault means."""

import asyncio
from datetime import datetime, timedelta

from attrs import evolve
from returns.result import Failure, Result, Success

from rebalancer_adapters.memory.books import MemoryBooks, MemoryWorld
from rebalancer_adapters.memory.memory_broker import MemoryBroker
from rebalancer_adapters.memory.memory_clock import MemoryClock
from rebalancer_adapters.memory.memory_journal import MemoryJournal
from rebalancer_core.application.journaling import Amended
from rebalancer_core.application.reconcile import Reconciliation
from rebalancer_core.application.reconciled import Reconciled
from rebalancer_core.orders.events import BrokerFact, OrderEvent
from rebalancer_core.reconcile.journal_model import JournaledRun, JournalFault
from rebalancer_core.reconcile.past_orders import accounts_to_ask, open_orders
from rebalancer_core.values.account import AccountSnapshot, Position
from rebalancer_core.values.faults import BrokerFault, BrokerSilent
from rebalancer_core.values.instruments import STOCK, USD, AccountId
from rebalancer_core.values.money import ONE, ZERO
from tests.adapters.journal.made_up import APPROVAL, AT, RUN, SALE, intent_for
from tests.cli.scripted_desk import ScriptedDesk, filled_by
from tests.support.plan_factory import ACCOUNT

_DAY = timedelta(days=1)
_FILL, _COMMISSION = filled_by(SALE)
SILENT = BrokerSilent(request="executions", seconds=15)
_DEARER = evolve(_FILL, execution_id=f"{SALE.order_ref}.02", price=_FILL.price + ONE)


class ToldDesk(ScriptedDesk):
    """A desk that tells one answer about every account."""

    def __init__(self, answer: Result[tuple[BrokerFact, ...], BrokerFault]) -> None:
        super().__init__({})
        self._answer = answer

    async def evidence(
        self, account_id: AccountId, *, needs_completed: bool = True
    ) -> Result[tuple[BrokerFact, ...], BrokerFault]:
        self.evidence_asked += 1
        return self._answer


def test_orders_of_today_are_asked_about_also_when_none_is_open() -> None:
    runs = _runs(_journal(_FILL, _COMMISSION))
    assert open_orders(runs) == ()
    assert accounts_to_ask(runs, AT) == (ACCOUNT,)


def test_finished_orders_of_another_day_are_asked_about_no_more() -> None:
    journal = _journal(_FILL, _COMMISSION)
    assert accounts_to_ask(_runs(journal), AT + _DAY) == ()
    desk = ToldDesk(Success((_DEARER,)))
    assert _recovered(journal, desk, AT + _DAY) == Reconciled(account_id=ACCOUNT)
    assert desk.evidence_asked == 0


def test_open_orders_are_asked_about_on_any_day() -> None:
    runs = _runs(_journal())
    ((_, left),) = open_orders(runs)
    assert left.intent.ticket.account_id == ACCOUNT
    assert accounts_to_ask(runs, AT + _DAY) == (ACCOUNT,)


def test_a_corrected_order_is_told_once_and_its_report_is_owed() -> None:
    journal = _journal(_FILL, _COMMISSION)
    desk = ToldDesk(Success((_FILL, _DEARER)))
    found = _recovered(journal, desk)
    assert len(found.lines) == 1
    assert found.open_orders == ()
    assert found.amended == {(RUN.run_id, ACCOUNT)}
    written = len(journal.events)
    assert _recovered(journal, desk) == Reconciled(account_id=ACCOUNT)
    assert len(journal.events) == written


def test_a_broker_that_does_not_answer_leaves_finished_orders_finished() -> None:
    found = _recovered(_journal(_FILL, _COMMISSION), ToldDesk(Failure(SILENT)))
    assert found.open_orders == ()
    assert found.unasked == SILENT


def test_a_correction_that_cannot_be_written_down_keeps_the_account_back() -> None:
    journal = _journal(_FILL, _COMMISSION)
    journal.fault = JournalFault(path="journal.sqlite", detail="disk full")
    found = _recovered(journal, ToldDesk(Success((_DEARER,))))
    assert (found.lines, found.amended) == ((), frozenset())
    assert "disk full" in found.open_orders[0]


def test_news_of_an_open_order_that_cannot_be_written_down_are_a_fault_too() -> None:
    journal = _journal()
    journal.fault = JournalFault(path="journal.sqlite", detail="disk full")
    desk = ToldDesk(Success((_FILL,)))
    (order,) = _runs(journal)[0].accounts[0].orders
    amended = asyncio.run(_recovery(journal, desk, AT).refresh(ACCOUNT, (order,)))
    assert isinstance(amended, Amended)
    assert "disk full" in amended.faults[0]


def test_a_correction_that_takes_shares_back_of_an_open_order_is_written_down() -> None:
    part = evolve(_FILL, shares=ONE)
    busted = evolve(part, execution_id=f"{SALE.order_ref}.02", shares=ZERO)
    journal = _journal(part)
    desk = ToldDesk(Success((busted,)))
    held = Position(
        con_id=SALE.con_id,
        symbol=SALE.symbol,
        quantity=intent_for(SALE).position_before,
        security_type=STOCK,
        currency=USD,
        average_cost=ONE,
    )
    account = AccountSnapshot(
        account_id=ACCOUNT, as_of=AT, base_currency=USD, cash=(), positions=(held,)
    )
    found = asyncio.run(_recovery(journal, desk, AT, account).reconcile(ACCOUNT, _runs(journal)))
    assert "a correction reduced the filled quantity" in found.open_orders[0]
    (order,) = _runs(journal)[0].accounts[0].orders
    # A person can say now that nothing was filled.
    assert order.state.executed == ZERO


def _journal(*events: OrderEvent) -> MemoryJournal:
    """One order that was sent, and what was heard of it."""
    journal = MemoryJournal()
    journal.start(RUN)
    journal.approve(APPROVAL)
    journal.intend(intent_for(SALE))
    for event in events:
        journal.note(event, AT)
    return journal


def _runs(journal: MemoryJournal) -> tuple[JournaledRun, ...]:
    return journal.runs().unwrap()


def _recovered(journal: MemoryJournal, desk: ScriptedDesk, at: datetime = AT) -> Reconciled:
    return asyncio.run(_recovery(journal, desk, at).reconcile(ACCOUNT, _runs(journal)))


def _recovery(
    journal: MemoryJournal, desk: ScriptedDesk, at: datetime, *accounts: AccountSnapshot
) -> Reconciliation:
    world = MemoryWorld(accounts=accounts, listings=(), observations=())
    return Reconciliation(
        broker=MemoryBroker(MemoryBooks(world)),
        desk=desk,
        journal=journal,
        client_id=42,
        clock=MemoryClock(at),
        second_look_seconds=0,
    )
