"""Orders of two client ids, closed on a person's word: one id out of reach hides nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager
from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest
from attrs import evolve, frozen
from returns.result import Failure, Result, Success

from rebalancer_adapters.memory.books import MemoryBooks, MemoryWorld
from rebalancer_adapters.memory.memory_broker import MemoryBroker
from rebalancer_adapters.memory.memory_journal import MemoryJournal
from rebalancer_adapters.reports.csv_reports import CsvReports
from rebalancer_cli.bootstrap import process_world
from rebalancer_cli.terminal.people import TerminalPeople
from rebalancer_cli.terminal.terminal import Terminal
from rebalancer_core.application.silent_orders import Closed, close_silent
from rebalancer_core.application.types import World
from rebalancer_core.orders.events import (
    BrokerFact,
    OrderEvent,
    OrderRef,
    OwnActed,
    OwnAction,
    Resolution,
    Resolved,
)
from rebalancer_core.ports import AccountLocks, JournalPort, ReadingSession, TradingSession
from rebalancer_core.reconcile.journal_model import JournalFault
from rebalancer_core.values.account import AccountSnapshot, Position
from rebalancer_core.values.faults import BrokerFault, CannotConnect, LinkLost
from rebalancer_core.values.instruments import STOCK, USD, AccountId
from rebalancer_core.values.money import ONE
from tests.adapters.journal.made_up import APPROVAL, AT, PURCHASE, RUN, SALE, intent_for
from tests.cli.scripted_desk import ScriptedDesk
from tests.support.plan_factory import ACCOUNT

IN_USE = CannotConnect(host="h", port=1, detail="client id 43 is in use", hint="")
FULL = JournalFault(path="memory", detail="disk full")


class DumbDesk(ScriptedDesk):
    """The broker has nothing to say of any order, and takes every cancel."""

    def __init__(self) -> None:
        super().__init__({})

    async def cancel(self, order_ref: OrderRef) -> Result[None, BrokerFault]:
        self.cancelled.append(order_ref)
        return Success(None)

    async def evidence(
        self, account_id: AccountId, *, needs_completed: bool = True
    ) -> Result[tuple[BrokerFact, ...], BrokerFault]:
        return Success(())


@frozen
class Connected:
    """A session that may trade."""

    broker: MemoryBroker
    desk: DumbDesk
    api_version: int = 178
    closed_gate: str = ""
    lost: LinkLost | None = None
    client_id: int = 42

    def what_ifs(self) -> DumbDesk:
        return self.desk

    def notices(self) -> tuple[str, ...]:
        return ()

    def order_desk(self) -> DumbDesk:
        return self.desk


@frozen
class SessionsBut:
    """Every client id can connect but one."""

    out_of_reach: int
    session: Connected
    place: str = "memory"
    reading_place: str = "memory"

    @asynccontextmanager
    async def trading(
        self, client_id: int | None = None
    ) -> AsyncIterator[Result[TradingSession, BrokerFault]]:
        yield Failure(IN_USE) if client_id == self.out_of_reach else Success(self.session)

    def reading(self) -> AbstractAsyncContextManager[Result[ReadingSession, BrokerFault]]:
        raise AssertionError("nothing is only read here")

    def locked(self, accounts: tuple[AccountId, ...]) -> AbstractContextManager[AccountLocks]:
        raise AssertionError("the locks are the caller's")

    def journal(self) -> AbstractContextManager[Result[JournalPort, JournalFault]]:
        raise AssertionError("the journal is the caller's")


@pytest.mark.parametrize("out_of_reach", [42, 43])
def test_what_was_recorded_is_told_although_another_client_id_cannot_connect(
    tmp_path: Path, out_of_reach: int
) -> None:
    journal = _journal()
    closed = _closed(tmp_path, journal, out_of_reach)
    reached, unreached = (PURCHASE, SALE) if out_of_reach == 42 else (SALE, PURCHASE)
    assert isinstance(closed, Closed)
    assert len(closed.recorded) == len(closed.refused) == 1
    assert "recorded as never reached the broker" in closed.recorded[0]
    assert closed.recorded[0].startswith(reached.order_ref)
    assert closed.refused[0].startswith(unreached.order_ref)
    assert "not closed: cannot connect" in closed.refused[0]
    assert _resolved(journal) == [reached.order_ref]


def test_what_was_recorded_is_told_although_the_disk_is_full_by_then(tmp_path: Path) -> None:
    journal = _journal(room=1)
    closed = _closed(tmp_path, journal, out_of_reach=0)
    assert isinstance(closed, Closed)
    assert closed.recorded[0].startswith(SALE.order_ref)
    assert closed.refused[0].startswith(PURCHASE.order_ref)
    assert "disk full" in closed.refused[0]
    assert _resolved(journal) == [SALE.order_ref]


def test_a_fault_that_kept_every_order_open_is_told_as_itself(tmp_path: Path) -> None:
    journal = _journal(room=0)
    assert _closed(tmp_path, journal, out_of_reach=0) == FULL


class FillingJournal(MemoryJournal):
    """Its disk is full after some resolutions."""

    room: int

    def note(self, event: OrderEvent, at: datetime) -> Result[None, JournalFault]:
        if isinstance(event, Resolved):
            self.room -= 1
            self.fault = FULL if self.room < 0 else None
        return super().note(event, at)


def _journal(room: int = 2) -> FillingJournal:
    """Two orders that were handed over by two clients, and never heard of again."""
    journal = FillingJournal()
    journal.room = room
    journal.start(RUN)
    journal.approve(APPROVAL)
    for ticket, client_id in ((SALE, 42), (PURCHASE, 43)):
        journal.intend(evolve(intent_for(ticket), client_id=client_id))
        journal.note(OwnActed(order_ref=ticket.order_ref, act=OwnAction.HANDED), AT)
    return journal


def _closed(
    tmp_path: Path, journal: MemoryJournal, out_of_reach: int
) -> Closed | BrokerFault | JournalFault:
    ((run,),) = (journal.runs().unwrap(),)
    session = Connected(MemoryBroker(MemoryBooks(_held(), now=lambda: AT)), DumbDesk())
    sessions, orders = SessionsBut(out_of_reach, session), run.accounts[0].orders
    closing = close_silent(_world(tmp_path), sessions, journal, orders, Resolution.NOT_RECEIVED)
    return asyncio.run(closing)


def _resolved(journal: MemoryJournal) -> list[OrderRef]:
    return [each.event.order_ref for each in journal.events if isinstance(each.event, Resolved)]


def _held() -> MemoryWorld:
    """The account has what it had before these orders."""
    positions = tuple(
        Position(
            con_id=ticket.con_id,
            symbol=ticket.symbol,
            quantity=intent_for(ticket).position_before,
            security_type=STOCK,
            currency=USD,
            average_cost=ONE,
        )
        for ticket in (SALE, PURCHASE)
    )
    account = AccountSnapshot(
        account_id=ACCOUNT, as_of=AT, base_currency=USD, cash=(), positions=positions
    )
    return MemoryWorld(accounts=(account,), listings=(), observations=())


def _world(tmp_path: Path) -> World:
    people = TerminalPeople(terminal=Terminal(out=StringIO(), err=StringIO()))
    reports = CsvReports(directory=tmp_path, started_at=AT)
    return evolve(process_world(people, reports), second_look_seconds=0)
