"""What programs read of a run: one JSON object, every figure as decimal text (R 11.3)."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal

from rebalancer_core.reporting.cells import (
    Cell,
    Table,
    cell_text,
    ratio_cell,
    usd_cell,
)
from rebalancer_core.reporting.post_trade import order_table
from rebalancer_core.reporting.pre_trade import pre_trade_table
from rebalancer_core.reporting.summary import AccountReport
from rebalancer_core.values.flow import FLOW_NAMES, amount_of
from rebalancer_core.values.money import plain, rounded
from rebalancer_core.values.plan import Plan

SCHEMA = 1
_BPS_STEP = Decimal("0.0001")

JsonCell = str | bool | None
JsonRow = dict[str, JsonCell]
JsonAccount = dict[str, JsonCell | list[JsonRow]]


def run_json(reports: tuple[AccountReport, ...], timestamp: datetime, command: str = "run") -> str:
    r"""One object for all accounts, ended by a line feed; what is not known is null.

    >>> from datetime import UTC
    >>> run_json((), datetime(2026, 1, 2, tzinfo=UTC))
    '{\n  "schema": 1,\n  "command": "run",\n  "accounts": []\n}\n'
    """
    accounts = tuple(_account(report, timestamp) for report in reports)
    whole: dict[str, int | str | tuple[JsonAccount, ...]] = {
        "schema": SCHEMA,
        "command": command,
        "accounts": accounts,
    }
    return json.dumps(whole, indent=2) + "\n"


def _account(report: AccountReport, timestamp: datetime) -> JsonAccount:
    plan, record = report.plan, report.record
    figures: dict[str, Decimal | None] = {
        "net_liquidation": usd_cell(plan.net_liquidation) if plan else None,
        "cash": usd_cell(plan.cash) if plan else None,
        "cash_floor": usd_cell(plan.cash_floor) if plan else None,
        "residual_drift_bps": _bps(plan.residual_drift_bps) if plan else None,
        "bound_bps": _bps(plan.bound_bps) if plan else None,
        "pre_leverage": ratio_cell(plan.leverage_before) if plan else None,
        "post_leverage": ratio_cell(plan.leverage_after) if plan else None,
    }
    return {
        "account_id": report.account_id,
        "status": report.status.value,
        "error": report.error,
        **{name: _json_cell(figure) for name, figure in figures.items()},
        "rows": json_rows(pre_trade_table(plan, report.style, timestamp)) if plan else [],
        "orders": json_rows(order_table(record, timestamp)) if record else [],
        "notes": "; ".join(report.notes),
        **_flow(plan),
    }


def _flow(plan: Plan | None) -> dict[str, JsonCell]:
    """What the plan is for, and the cash that no other figure counts."""
    if plan is None:
        return {
            "flow": None,
            "flow_usd": None,
            "set_aside_usd": None,
            "set_aside_short_usd": None,
        }
    amount = amount_of(plan.flow)
    return {
        "flow": FLOW_NAMES[type(plan.flow)],
        "flow_usd": _json_cell(usd_cell(amount)) if amount else None,
        "set_aside_usd": _json_cell(usd_cell(plan.set_aside_usd)),
        "set_aside_short_usd": _json_cell(usd_cell(plan.set_aside_short_usd)),
    }


def json_rows(table: Table) -> list[JsonRow]:
    """The rows of a report by the names of its columns, figures as decimal text."""
    return [
        {name: _json_cell(cell) for name, cell in zip(table.columns, row, strict=True)}
        for row in table.rows
    ]


def _json_cell(cell: Cell) -> JsonCell:
    return cell_text(cell) if isinstance(cell, Decimal) else cell


def _bps(figure: Decimal) -> Decimal:
    return Decimal(plain(rounded(figure, _BPS_STEP)))
