"""What a run opens before it may read or trade, each for the length of a block."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import Protocol

from attrs import frozen
from returns.result import Result

from rebalancer_core.ports.broker import BrokerPort
from rebalancer_core.ports.orders import OrderPort, WhatIfPort
from rebalancer_core.ports.records import JournalPort
from rebalancer_core.reconcile.journal_model import JournalFault
from rebalancer_core.values.faults import BrokerFault, LinkLost
from rebalancer_core.values.instruments import AccountId


@frozen(kw_only=True)
class LockRefused:
    """An account that this process may not trade; `why` is a sentence for people."""

    account_id: AccountId
    why: str


@frozen(kw_only=True)
class AccountLocks:
    """Which of the accounts asked for are this process's own until the block ends."""

    held: tuple[AccountId, ...]
    refused: tuple[LockRefused, ...] = ()


class ReadingSession(Protocol):
    """One connection that has no way to send an order."""

    @property
    def api_version(self) -> int:
        """The version of the wire protocol that both sides speak."""
        ...

    @property
    def client_id(self) -> int:
        """The client id under which it was opened."""
        ...

    @property
    def broker(self) -> BrokerPort:
        """The broker at the other end."""
        ...

    @property
    def lost(self) -> LinkLost | None:
        """Why this session is over: then only a new connection helps. None while it is not."""
        ...

    @property
    def closed_gate(self) -> str:
        """Why no order could leave for now, such as prices that may be stale; else empty."""
        ...

    def what_ifs(self) -> WhatIfPort:
        """Asks what orders would do; it has no way to send one."""
        ...

    def notices(self) -> tuple[str, ...]:
        """What the gateway said to nobody in particular, oldest first."""
        ...


class TradingSession(ReadingSession, Protocol):
    """One connection that may trade."""

    def order_desk(self) -> OrderPort:
        """The session's one order desk."""
        ...


class SessionPort(Protocol):
    """Opens connections to the gateway, the locks of accounts and the journal."""

    @property
    def place(self) -> str:
        """Where the gateway is, and as which client a run speaks to it, for people."""
        ...

    @property
    def reading_place(self) -> str:
        """The same for a connection that only reads."""
        ...

    def reading(self) -> AbstractAsyncContextManager[Result[ReadingSession, BrokerFault]]:
        """A connection that cannot send an order."""
        ...

    def trading(
        self, client_id: int | None = None
    ) -> AbstractAsyncContextManager[Result[TradingSession, BrokerFault]]:
        """A connection that may trade, under the client id of the settings or another."""
        ...

    def locked(self, accounts: tuple[AccountId, ...]) -> AbstractContextManager[AccountLocks]:
        """The locks of these accounts; those that another process has are refused. Never waits."""
        ...

    def journal(self) -> AbstractContextManager[Result[JournalPort, JournalFault]]:
        """The journal, open."""
        ...
