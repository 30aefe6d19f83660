"""What became of every order: the post-trade report's lines that have one, for people."""

from __future__ import annotations

from collections import Counter

from rebalancer_adapters.reports.page.markup import Heading, Look, Markup, figure, table, tag, text
from rebalancer_core.reporting.after_trading import executed_usd
from rebalancer_core.reporting.cells import (
    price_cell,
    quantity_cell,
    usd_cell,
)
from rebalancer_core.reporting.post_trade import PostTradeRow

_ORDERS = (
    Heading("Symbol"),
    Heading("Action"),
    Heading("Ordered", Look.NUMBER),
    Heading("Filled", Look.NUMBER),
    Heading("Price $", Look.NUMBER),
    Heading("Value $", Look.NUMBER),
    Heading("Commission $", Look.NUMBER),
    Heading("Status"),
    Heading("Order ref"),
    Heading("Error, notes"),
)


def render_orders(lines: tuple[PostTradeRow, ...]) -> Markup:
    """One row an order of the plan, sent or not, in the order of the report."""
    with_order = tuple(line for line in lines if line.status is not None)
    states = Counter(line.status.value for line in with_order if line.status is not None)
    total = ", ".join(f"{number} {state}" for state, number in states.items())
    caption = f"Orders and fills: {total or 'none'}"
    return table(caption, _ORDERS, (_cells(line) for line in with_order))


def _cells(line: PostTradeRow) -> tuple[Markup, ...]:
    outcome = line.outcome
    said = ((outcome.error,) if outcome and outcome.error else ()) + line.notes
    return (
        text(line.row.symbol),
        text(line.row.action.value),
        figure(quantity_cell(line.ordered)),
        figure(quantity_cell(outcome.filled) if outcome else None),
        figure(price_cell(outcome.average_price) if outcome else None),
        figure(usd_cell(executed_usd(outcome)) if outcome else None),
        figure(usd_cell(outcome.commission_usd) if outcome else None),
        tag("span", text(line.status.value if line.status else ""), class_="state"),
        text(outcome.ticket.order_ref if outcome else "-"),
        text("; ".join(said) or "-"),
    )
