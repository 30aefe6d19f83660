"""Connections, locks and journal in memory: what a run opens before it may read or trade."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager

from attrs import define, field
from returns.result import Failure, Result, Success

from rebalancer_adapters.memory.books import MemoryBooks
from rebalancer_adapters.memory.memory_broker import MemoryBroker
from rebalancer_adapters.memory.memory_desk import MemoryOrderDesk, MemoryWhatIfs
from rebalancer_adapters.memory.memory_journal import MemoryJournal
from rebalancer_core.application.doctor.gateway import TESTED_API_VERSION
from rebalancer_core.ports import (
    AccountLocks,
    Clock,
    JournalPort,
    LockRefused,
    ReadingSession,
    TradingSession,
)
from rebalancer_core.reconcile.journal_model import JournalFault
from rebalancer_core.values.faults import BrokerFault, LinkLost
from rebalancer_core.values.instruments import AccountId

# Nobody else connects to books in memory.
_CLIENT_ID = 1
_OVER = LinkLost(detail="the session is over")


@define
class MemoryReadingSession:
    """A connection that has the broker, and no order desk."""

    broker: MemoryBroker
    questions: MemoryWhatIfs
    closed_gate: str = ""
    lost: LinkLost | None = None
    api_version: int = TESTED_API_VERSION
    client_id: int = _CLIENT_ID

    def what_ifs(self) -> MemoryWhatIfs:
        """What orders would do; nothing is ordered."""
        return self.questions

    def notices(self) -> tuple[str, ...]:
        """None: memory has nothing to say to nobody in particular."""
        return ()


@define
class MemoryTradingSession:
    """A connection with an order desk, which lets nothing out once the session is over."""

    broker: MemoryBroker
    desk: MemoryOrderDesk
    lost: LinkLost | None = None
    api_version: int = TESTED_API_VERSION
    client_id: int = _CLIENT_ID

    def what_ifs(self) -> MemoryWhatIfs:
        """What orders would do; nothing is ordered."""
        return self.desk

    @property
    def closed_gate(self) -> str:
        """Why no order could leave for now; else empty."""
        return self.desk.closed_gate

    def notices(self) -> tuple[str, ...]:
        """None: memory has nothing to say to nobody in particular."""
        return ()

    def order_desk(self) -> MemoryOrderDesk:
        """The session's one order desk."""
        return self.desk


def _queued(faults: Iterable[BrokerFault | None]) -> deque[BrokerFault | None]:
    return deque(faults)


@define(kw_only=True)
class MemorySessions:
    """The session port over books in memory. Every session sees the same books and journal.

    `faults` meet the next connections in their order, None lets one succeed; when they are used up
    every connection succeeds. `locked_elsewhere` are accounts that another process trades,
    `unopened` is why the journal cannot be opened, `closed_gate` why no order leaves. `opened`
    names what was opened, in order: "reading", or "trading" with the client id where one was asked.
    """

    books: MemoryBooks
    clock: Clock | None = None
    memory_journal: MemoryJournal = field(factory=MemoryJournal)
    faults: deque[BrokerFault | None] = field(default=(), converter=_queued)
    locked_elsewhere: set[AccountId] = field(factory=set)
    unopened: JournalFault | None = None
    closed_gate: str = ""
    opened: list[str] = field(factory=list, init=False)
    _held: set[AccountId] = field(factory=set, init=False)

    @property
    def place(self) -> str:
        """Where the gateway is, for people."""
        return "a broker in memory"

    @property
    def reading_place(self) -> str:
        """The same: nobody counts client ids here."""
        return self.place

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Result[ReadingSession, BrokerFault]]:
        """A connection that cannot send an order."""
        fault = self._fault()
        if fault is not None:
            yield Failure(fault)
            return
        self.opened.append("reading")
        session = MemoryReadingSession(
            MemoryBroker(self.books), MemoryWhatIfs(self.books), self.closed_gate
        )
        try:
            yield Success(session)
        finally:
            session.lost = _OVER

    @asynccontextmanager
    async def trading(
        self, client_id: int | None = None
    ) -> AsyncIterator[Result[TradingSession, BrokerFault]]:
        """A connection that may trade; every client id may cancel every order here."""
        fault = self._fault()
        if fault is not None:
            yield Failure(fault)
            return
        self.opened.append("trading" if client_id is None else f"trading as client {client_id}")
        desk = MemoryOrderDesk(self.books, self.clock)
        desk.closed_gate = self.closed_gate
        session = MemoryTradingSession(MemoryBroker(self.books), desk)
        try:
            yield Success(session)
        finally:
            session.lost, desk.closed_gate = _OVER, _OVER.detail

    @contextmanager
    def locked(self, accounts: tuple[AccountId, ...]) -> Iterator[AccountLocks]:
        """The locks of these accounts while the block runs; those taken already are refused."""
        asked = sorted(set(accounts))
        taken = self.locked_elsewhere | self._held
        held = tuple(account_id for account_id in asked if account_id not in taken)
        refused = tuple(
            LockRefused(
                account_id=account_id, why=f"{account_id} is being traded by another process"
            )
            for account_id in asked
            if account_id in taken
        )
        self._held |= set(held)
        try:
            yield AccountLocks(held=held, refused=refused)
        finally:
            self._held -= set(held)

    @contextmanager
    def journal(self) -> Iterator[Result[JournalPort, JournalFault]]:
        """The journal, open; it keeps what earlier runs wrote."""
        yield Success(self.memory_journal) if self.unopened is None else Failure(self.unopened)

    def _fault(self) -> BrokerFault | None:
        return self.faults.popleft() if self.faults else None
