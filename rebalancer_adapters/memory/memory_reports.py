"""Reports in memory: the tables of every run under their names, none ever overwritten."""

from __future__ import annotations

from attrs import define, field
from returns.result import Failure, Result, Success

from rebalancer_core.reporting.cells import Table
from rebalancer_core.reporting.run_facts import RunFacts
from rebalancer_core.reporting.summary import AccountReport
from rebalancer_core.values.faults import ReportFault
from rebalancer_core.values.instruments import AccountId


@define(kw_only=True)
class MemoryReports:
    """The report port over dictionaries, by name, oldest first. Set `fault`: every write fails.

    A name is that of the file without its time; from the second of a name on it is numbered.
    `pages` has what a page is made of.
    """

    fault: ReportFault | None = None
    tables: dict[str, Table] = field(factory=dict, init=False)
    pages: dict[str, tuple[RunFacts, tuple[AccountReport, ...]]] = field(factory=dict, init=False)

    def check_writable(self) -> Result[None, ReportFault]:
        """`fault` where nothing can be kept."""
        return Success(None) if self.fault is None else Failure(self.fault)

    def write_pre_trade(self, account_id: AccountId, table: Table) -> Result[str, ReportFault]:
        """`rebalance_pre_<account>`."""
        return self._keep(f"rebalance_pre_{account_id}", table)

    def write_post_trade(self, account_id: AccountId, table: Table) -> Result[str, ReportFault]:
        """`rebalance_post_<account>`."""
        return self._keep(f"rebalance_post_{account_id}", table)

    def write_summary(self, table: Table) -> Result[str, ReportFault]:
        """`run_summary`."""
        return self._keep("run_summary", table)

    def write_page(
        self, facts: RunFacts, reports: tuple[AccountReport, ...]
    ) -> Result[str, ReportFault]:
        """`rebalance`."""
        if self.fault is not None:
            return Failure(self.fault)
        name = _unused("rebalance", tuple(self.pages))
        self.pages[name] = (facts, reports)
        return Success(name)

    def _keep(self, name: str, table: Table) -> Result[str, ReportFault]:
        if self.fault is not None:
            return Failure(self.fault)
        name = _unused(name, tuple(self.tables))
        self.tables[name] = table
        return Success(name)


def _unused(name: str, used: tuple[str, ...]) -> str:
    """The name, or the first of its numbers that is free.

    >>> _unused("run_summary", ()), _unused("run_summary", ("run_summary",))
    ('run_summary', 'run_summary-2')
    """
    number, free = 1, name
    while free in used:
        number += 1
        free = f"{name}-{number}"
    return free
