"""What the program needs of the outside: a broker to read, an order desk to trade, a reporter."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from returns.result import Result

from rebalancer_core.orders.events import BrokerFact, OrderEvent, OrderRef
from rebalancer_core.orders.tickets import OrderStyle, OrderTicket
from rebalancer_core.reconcile.journal_model import (
    Approval,
    Intent,
    JournaledRun,
    JournalFault,
    RunStarted,
)
from rebalancer_core.reporting.cells import Table
from rebalancer_core.reporting.run_facts import RunFacts
from rebalancer_core.reporting.summary import AccountReport
from rebalancer_core.values.account import AccountSnapshot, Mark, MarketObservation
from rebalancer_core.values.faults import AccountFault, BrokerFault, ReportFault
from rebalancer_core.values.instruments import AccountId, ConId, Listing, Symbol, Unlisted
from rebalancer_core.values.margin import WhatIf
from rebalancer_core.values.plan import PlannedOrder
from rebalancer_core.values.policy import PricingPolicy


class BrokerPort(Protocol):
    """Reads accounts and prices. It has no way to send an order.

    Every call ends: with a complete answer, or with a fault after a bounded time.
    """

    async def server_time(self) -> Result[datetime, BrokerFault]:
        """The broker's clock, UTC."""
        ...

    async def managed_accounts(self) -> Result[tuple[AccountId, ...], BrokerFault]:
        """The account ids this login can trade."""
        ...

    async def listings(
        self, symbols: tuple[Symbol, ...]
    ) -> Result[tuple[Listing | Unlisted, ...], BrokerFault]:
        """One entry a symbol, in the order asked; each symbol is asked once a session."""
        ...

    async def listings_of(
        self, con_ids: tuple[ConId, ...]
    ) -> Result[tuple[Listing | Unlisted, ...], BrokerFault]:
        """The listings of held contracts, by contract id, in the order asked."""
        ...

    async def observations(
        self, listings: tuple[Listing, ...], pricing: PricingPolicy
    ) -> Result[tuple[MarketObservation, ...], BrokerFault]:
        """One entry a listing: the stream first, a snapshot where that is not enough (SPEC 3.4)."""
        ...

    async def marks(self, account_id: AccountId) -> tuple[Mark, ...]:
        """The broker's own price of each USD stock that the account holds, where it has one.

        Empty where it does not tell them all in a few seconds.
        """
        ...

    async def snapshot(
        self, account_id: AccountId
    ) -> Result[AccountSnapshot, BrokerFault | AccountFault]:
        """The account, read completely: every end marker seen, every row of this account."""
        ...


class OrderPort(Protocol):
    """Sends orders and tells what the broker said of them, raw and in order."""

    @property
    def closed_gate(self) -> str:
        """Why no order may leave for now: cut off from the broker, prices broken; else empty.

        `submit` fails meanwhile.
        """
        ...

    def reserve(self, order_ref: OrderRef, at_least: int) -> Result[int, BrokerFault]:
        """The order id that `submit` will use for this order: unused, and not below `at_least`."""
        ...

    def adopt(self, order_ref: OrderRef, order_id: int | None = None) -> None:
        """Tell the facts of an order of an earlier run, too.

        With the `order_id` that this client gave it, it can be cancelled although the gateway
        never named it.
        """
        ...

    async def what_if(
        self, account_id: AccountId, orders: tuple[PlannedOrder, ...], style: OrderStyle
    ) -> tuple[WhatIf, ...]:
        """What each order alone would do to the account's margin, in the order asked.

        An error of the broker is an answer, too; None where none comes in a few seconds. Nothing
        is ordered, so it takes orders that nobody has approved yet.
        """
        ...

    async def submit(self, ticket: OrderTicket) -> Result[None, BrokerFault]:
        """Hand one order to the gateway. A failure means that it was certainly not sent."""
        ...

    async def cancel(self, order_ref: OrderRef) -> Result[None, BrokerFault]:
        """Ask for the cancel of one of this session's own orders."""
        ...

    async def facts(self, wait_seconds: float) -> tuple[BrokerFact, ...]:
        """What came in since the last call; waits up to `wait_seconds` for the first fact."""
        ...

    async def evidence(self, account_id: AccountId) -> Result[tuple[BrokerFact, ...], BrokerFault]:
        """Executions, open orders of all clients and completed orders of one account, asked anew.

        Success only when all three came complete; only orders this program placed are in it.
        """
        ...


class ReportPort(Protocol):
    """Keeps the records of one run, each whole or not at all, none ever overwritten (SPEC 9).

    Every write comes back with the path of the file it made.
    """

    def check_writable(self) -> ReportFault | None:
        """Proof, by a real write, that the reports can be kept; before the first order."""
        ...

    def write_pre_trade(self, account_id: AccountId, table: Table) -> Result[str, ReportFault]:
        """Keep what one account was about to trade."""
        ...

    def write_post_trade(self, account_id: AccountId, table: Table) -> Result[str, ReportFault]:
        """Keep what became of one account's orders."""
        ...

    def write_summary(self, table: Table) -> Result[str, ReportFault]:
        """Keep one row for each account of the run."""
        ...

    def write_page(
        self, facts: RunFacts, reports: tuple[AccountReport, ...]
    ) -> Result[str, ReportFault]:
        """Keep the run as one page for people."""
        ...


class JournalPort(Protocol):
    """Remembers every order before it leaves. A fault on writing means: send nothing.

    Each write is on the disk when the call comes back.
    """

    def start(self, run: RunStarted) -> JournalFault | None:
        """A run that may trade begins."""
        ...

    def approve(self, approval: Approval) -> JournalFault | None:
        """The user said yes to one account's plan."""
        ...

    def intend(self, intent: Intent) -> JournalFault | None:
        """An order is about to leave; a second intent for one leg is a fault."""
        ...

    def note(self, event: OrderEvent, at: datetime) -> JournalFault | None:
        """An order's event, as heard at `at` (UTC)."""
        ...

    def reported(self, run_id: str, account_id: AccountId) -> JournalFault | None:
        """The post-trade report of this account is on the disk."""
        ...

    def runs(self) -> tuple[JournaledRun, ...] | JournalFault:
        """Every run, oldest first, each order with its events; the hash chain verified."""
        ...
