"""Reports as files that people, spreadsheets and programs read alike, and none can abuse."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from attrs import Factory, field, frozen
from returns.result import Result

from rebalancer_adapters.ground.durable_files import prove_writable, write_numbered
from rebalancer_adapters.reports.page.run_page import render_page
from rebalancer_core.reporting.cells import Cell, Table, cell_text, file_time
from rebalancer_core.reporting.run_facts import RunFacts
from rebalancer_core.reporting.summary import AccountReport
from rebalancer_core.values.faults import ReportFault
from rebalancer_core.values.instruments import AccountId

# A spreadsheet runs a cell that begins with one of these (CWE-1236); the full-width forms too,
# in some locales.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
# A formula where a cell begins for some spreadsheet: one whose country separates by semicolons
# takes our quotes for text from the second cell on, and others are blind to a quoted line end.
_HIDDEN_FORMULA = re.compile(r"""(^|[;,\t\r\n])([\s"]*)([=+\-@\uff1d\uff0b\uff0d\uff20])""")


@frozen(kw_only=True)
class CsvReports:
    """The files of one run that began at `started_at`, all in `directory` (a `ReportPort`).

    `stamp` stands for the time in their names: the run log's, so that all files of a run agree
    also when two runs begin in one second.
    """

    directory: Path
    started_at: datetime
    stamp: str = field(
        default=Factory(lambda reports: file_time(reports.started_at), takes_self=True)
    )

    def check_writable(self) -> Result[None, ReportFault]:
        """Proof, by a real write, that the reports can be kept."""
        return prove_writable(self.directory)

    def write_pre_trade(self, account_id: AccountId, table: Table) -> Result[str, ReportFault]:
        """`rebalance_pre_<account>_<ts>.csv`."""
        return self._write(f"rebalance_pre_{account_id}", table)

    def write_post_trade(self, account_id: AccountId, table: Table) -> Result[str, ReportFault]:
        """`rebalance_post_<account>_<ts>.csv`."""
        return self._write(f"rebalance_post_{account_id}", table)

    def write_summary(self, table: Table) -> Result[str, ReportFault]:
        """`run_summary_<ts>.csv`."""
        return self._write("run_summary", table)

    def write_page(
        self, facts: RunFacts, reports: tuple[AccountReport, ...]
    ) -> Result[str, ReportFault]:
        """`rebalance_<ts>.html`."""
        return self._keep("rebalance", ".html", render_page(facts, reports))

    def _write(self, name: str, table: Table) -> Result[str, ReportFault]:
        return self._keep(name, ".csv", render_csv(table))

    def _keep(self, name: str, suffix: str, text: str) -> Result[str, ReportFault]:
        return write_numbered(self.directory, f"{name}_{self.stamp}", suffix, text).map(str)


def render_csv(table: Table) -> str:
    """The table as CSV: comma, LF, a header line; text quoted and defused, numbers as they are."""
    return "".join(_line(row) for row in (table.columns, *table.rows))


def defused(text: str) -> str:
    """`text` with an apostrophe before everything in it that a spreadsheet would run as a formula.

    >>> defused("=1+1"), defused("rejected;=1+1"), defused("VTI; a-b")
    ("'=1+1", "rejected;'=1+1", 'VTI; a-b')
    """
    shown = _HIDDEN_FORMULA.sub(r"\1\2'\3", text)
    return f"'{shown}" if shown.startswith(FORMULA_STARTS) else shown


def _line(cells: tuple[Cell, ...]) -> str:
    return ",".join(map(_field, cells)) + "\n"


def _field(cell: Cell) -> str:
    # By hand: the csv module can quote just the texts only from Python 3.12 on.
    if cell is None or isinstance(cell, Decimal):
        return cell_text(cell)
    return '"' + defused(cell_text(cell)).replace('"', '""') + '"'
