"""What `recover` found, `resolve` recorded and `report` wrote, for programs."""

from __future__ import annotations

from collections.abc import Sequence

from rebalancer_cli.screen.json_output import json_output
from rebalancer_core.application.rebuilt_reports import Rebuilt
from rebalancer_core.application.reconciled import Reconciled
from rebalancer_core.application.recover import Recovered
from rebalancer_core.application.silent_orders import Closed
from rebalancer_core.messages import explain_fault
from rebalancer_core.messages.run import corrections_unchecked
from rebalancer_core.reconcile.journal_model import JournaledRun
from rebalancer_core.reporting.post_trade import order_table
from rebalancer_core.reporting.run_json import json_rows


def recovered_json(found: Sequence[Reconciled], recovered: Recovered, code: int) -> str:
    """Sentences about each account that was asked about; `open_orders` are those still unknown."""
    accounts = [
        {
            "account_id": each.account_id,
            "alarms": list(each.alarms),
            "settled": list(each.lines),
            "open_orders": list(each.open_orders),
            "not_checked": None if each.unasked is None else corrections_unchecked(each.unasked),
        }
        for each in found
    ]
    content = {"exit_code": code, "accounts": accounts, "written": list(recovered.written)}
    return json_output("recover", content)


def resolved_json(closed: Closed, code: int) -> str:
    """A sentence about each order that was recorded, and about each that was not."""
    content = {
        "exit_code": code,
        "recorded": list(closed.recorded),
        "refused": list(closed.refused),
    }
    return json_output("resolve", content)


def report_json(run: JournaledRun, rebuilt: Rebuilt, code: int) -> str:
    """The orders of each account in the columns of the post-trade report, and what was written."""
    accounts = [
        {
            "account_id": each.record.account_id,
            "orders": json_rows(order_table(each.record, run.started.started_at)),
            "notes": list(each.record.notes),
            "written": list(each.written),
        }
        for each in rebuilt.accounts
    ]
    page = rebuilt.page
    content = {
        "exit_code": code,
        "run_id": run.started.run_id,
        "accounts": accounts,
        "page": page if isinstance(page, str) else None,
        "error": "" if isinstance(page, str) else explain_fault(page),
    }
    return json_output("report", content)
