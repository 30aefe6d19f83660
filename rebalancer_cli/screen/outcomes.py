"""What became of the orders, and of every account of the run, for people."""

from __future__ import annotations

import textwrap
from collections import Counter

from rebalancer_cli.screen.console import console_text
from rebalancer_cli.screen.figures import (
    NOTHING,
    dollars,
    leverage,
    money,
    price,
    quantity,
)
from rebalancer_cli.screen.grid import grid, with_remarks_below
from rebalancer_core.messages import counted
from rebalancer_core.messages.reports import COMMISSION_PENDING
from rebalancer_core.orders.record import ExecutionRecord, OrderOutcome
from rebalancer_core.reporting.after_trading import executed_usd
from rebalancer_core.reporting.summary import SummaryRow


def render_outcomes(record: ExecutionRecord, width: int) -> str:
    """Each order with its state, what there is to say of it below, ended by a line feed."""
    states = Counter(outcome.status.value for outcome in record.outcomes)
    total = ", ".join(f"{number} {state}" for state, number in states.items())
    names = ("Symbol", "Action", "Qty", "Filled", "Price", "Value", "Commission", "State")
    table = grid(names, "llrrrrrl", [_order_cells(outcome) for outcome in record.outcomes])
    remarks = [_remarks(outcome) for outcome in record.outcomes]
    notes = (textwrap.fill(console_text(note), width) for note in (*record.notes, *record.faults))
    head = f"{record.account_id}: {counted(len(record.outcomes), 'order')}: {total or 'none'}"
    return "\n".join((head, with_remarks_below(table, remarks, width), *notes)) + "\n"


def render_summary(rows: tuple[SummaryRow, ...], width: int) -> str:
    """One line an account, its error and notes below, ended by a line feed."""
    names = ("Account", "Status", "Orders", "Sent", "Filled", "Rejected", "Buy $", "Sell $")
    cells = [_account_cells(row) for row in rows]
    said = [
        console_text("; ".join(text for text in (row.error, row.notes) if text)) for row in rows
    ]
    whole = grid((*names, "Leverage"), "llrrrrrrl", cells)
    # The previews above have the leverage too: a narrow window does without.
    narrow = grid(names, "llrrrrrr", [account[: len(names)] for account in cells])
    return with_remarks_below(whole if whole.width <= width else narrow, said, width) + "\n"


def _order_cells(outcome: OrderOutcome) -> tuple[str, ...]:
    pending = "pending" if outcome.commission_pending else NOTHING
    return (
        console_text(outcome.ticket.symbol),
        outcome.ticket.side.value,
        quantity(outcome.ticket.quantity),
        quantity(outcome.filled),
        price(outcome.average_price),
        dollars(executed_usd(outcome)),
        pending if outcome.commission_usd is None else money(outcome.commission_usd, 2),
        outcome.status.value,
    )


def _remarks(outcome: OrderOutcome) -> str:
    # The error may be a note with what helps added to it.
    said = (outcome.error, *(n for n in outcome.notes if not outcome.error.startswith(n)))
    told = dict.fromkeys(text for text in said if text and text != COMMISSION_PENDING)
    return console_text("; ".join(told))


def _account_cells(row: SummaryRow) -> tuple[str, ...]:
    return (
        row.account_id,
        row.status.value,
        _count(row.planned_orders),
        _count(row.submitted),
        _count(row.filled),
        _count(row.rejected),
        dollars(row.buy_usd),
        dollars(row.sell_usd),
        f"{leverage(row.pre_leverage)} -> {leverage(row.post_leverage)}"
        if row.pre_leverage is not None
        else NOTHING,
    )


def _count(number: int) -> str:
    return str(number) if number else NOTHING
