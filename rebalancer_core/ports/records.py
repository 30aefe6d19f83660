"""What the program keeps: reports for people, and the journal for itself."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from returns.result import Result

from rebalancer_core.orders.events import OrderEvent, OrderRef
from rebalancer_core.reconcile.journal_model import (
    Approval,
    Intent,
    JournaledEvent,
    JournaledRun,
    JournalFault,
    RunStarted,
)
from rebalancer_core.reconcile.run_summary import RunSummary
from rebalancer_core.reporting.cells import Table
from rebalancer_core.reporting.run_facts import RunFacts
from rebalancer_core.reporting.summary import AccountReport
from rebalancer_core.values.faults import ReportFault
from rebalancer_core.values.instruments import AccountId


class ReportPort(Protocol):
    """Keeps the records of one run, each whole or not at all, none ever overwritten (R 9.1).

    Every write comes back with the path of the file it made.
    """

    def check_writable(self) -> Result[None, ReportFault]:
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

    Each write is on the disk when the call comes back. What is read is verified: the chain of the
    runs that are read, and of all that was written since the journal was last read.
    """

    def start(self, run: RunStarted) -> Result[None, JournalFault]:
        """A run that may trade begins."""
        ...

    def approve(self, approval: Approval) -> Result[None, JournalFault]:
        """The user said yes to one account's plan."""
        ...

    def intend(self, intent: Intent) -> Result[None, JournalFault]:
        """An order is about to leave; a second intent for one leg is a fault."""
        ...

    def note(self, event: OrderEvent, at: datetime) -> Result[None, JournalFault]:
        """An order's event, as heard at `at` (UTC)."""
        ...

    def note_all(self, events: tuple[JournaledEvent, ...]) -> Result[None, JournalFault]:
        """Events that were heard together: all of them are written, or none."""
        ...

    def reported(self, run_id: str, account_id: AccountId) -> Result[None, JournalFault]:
        """The post-trade report of this account is on the disk."""
        ...

    def summaries(self) -> Result[tuple[RunSummary, ...], JournalFault]:
        """Every run, oldest first, without its orders."""
        ...

    def runs_named(
        self, run_ids: tuple[str, ...]
    ) -> Result[tuple[JournaledRun, ...], JournalFault]:
        """These runs, each order with its events; those that there are not are left out."""
        ...

    def known(self, refs: frozenset[OrderRef]) -> Result[frozenset[OrderRef], JournalFault]:
        """Those of these references under which an order was intended."""
        ...
