"""The post-trade report: what became of every order of the plan, and what is held now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from attrs import frozen

from rebalancer_core.messages.reports import COMMISSION_PENDING, NEVER_SENT, position_shows
from rebalancer_core.orders.record import ExecutionRecord, OrderOutcome, OrderStatus
from rebalancer_core.reporting.after_trading import (
    AfterTrading,
    after_trading,
    executed_usd,
    quantity_after,
    weight_after,
)
from rebalancer_core.reporting.cells import (
    Cell,
    Table,
    instant_text,
    percent_cell,
    price_cell,
    quantity_cell,
    ratio_cell,
    table_of,
    usd_cell,
)
from rebalancer_core.reporting.pre_trade import row_note
from rebalancer_core.values.account import AccountSnapshot
from rebalancer_core.values.instruments import AccountId
from rebalancer_core.values.money import ZERO, cents
from rebalancer_core.values.plan import PlanRow


@frozen(kw_only=True)
class PostTradeRow:
    """One order, or one holding without an order (`status` and `outcome` are None then).

    `ordered`, `new_quantity` in shares (dollars for CASH); `new_weight` a fraction.
    """

    timestamp: datetime
    account_id: AccountId
    row: PlanRow
    outcome: OrderOutcome | None
    status: OrderStatus | None
    ordered: Decimal
    new_quantity: Decimal
    new_weight: Decimal | None
    after: AfterTrading
    notes: tuple[str, ...]


def _executed_shares(line: PostTradeRow) -> Decimal | None:
    if line.outcome is not None:
        return quantity_cell(line.outcome.filled)
    return ZERO if line.status is not None else None


def _executed_value(line: PostTradeRow) -> Decimal | None:
    if line.outcome is not None:
        return usd_cell(executed_usd(line.outcome))
    return usd_cell(ZERO) if line.status is not None else None


# The names and their order are published: others read files by them.
POST_TRADE_COLUMNS: tuple[tuple[str, Callable[[PostTradeRow], Cell]], ...] = (
    ("timestamp_run", lambda line: instant_text(line.timestamp)),
    ("account_id", lambda line: line.account_id),
    ("symbol", lambda line: line.row.symbol),
    ("is_cash", lambda line: line.row.is_cash),
    ("qty_shares", lambda line: quantity_cell(line.ordered)),
    ("new_qty_shares", lambda line: quantity_cell(line.new_quantity)),
    ("new_wt_pct", lambda line: percent_cell(line.new_weight)),
    ("exec_qty_shares", _executed_shares),
    ("exec_price", lambda line: price_cell(line.outcome.average_price) if line.outcome else None),
    ("exec_value_usd", _executed_value),
    (
        "commission_usd",
        lambda line: usd_cell(line.outcome.commission_usd) if line.outcome else None,
    ),
    ("post_gross_exposure", lambda line: usd_cell(line.after.gross_position_value)),
    ("post_leverage", lambda line: ratio_cell(line.after.leverage)),
    ("status", lambda line: line.status.value if line.status else ""),
    ("order_ref", lambda line: line.outcome.ticket.order_ref if line.outcome else ""),
    ("error", lambda line: line.outcome.error if line.outcome else ""),
    ("notes", lambda line: "; ".join(line.notes)),
    ("action", lambda line: line.row.action.value),
)


def post_trade_rows(
    record: ExecutionRecord, seen: AccountSnapshot | None, timestamp: datetime
) -> tuple[PostTradeRow, ...]:
    """One line an order of the plan, sent or not, and one a holding without an order.

    `seen` is the account as the broker showed it afterwards, where it was read: a position that
    differs from the one counted here is told in the notes.

    >>> [name for name, _ in POST_TRADE_COLUMNS][5:7]
    ['new_qty_shares', 'new_wt_pct']
    """
    after = after_trading(record)
    return tuple(
        line for row in record.plan.rows for line in _lines(record, row, after, seen, timestamp)
    )


def post_trade_table(
    record: ExecutionRecord, seen: AccountSnapshot | None, timestamp: datetime
) -> Table:
    """The whole report, ready for a file."""
    return table_of(POST_TRADE_COLUMNS, post_trade_rows(record, seen, timestamp))


def order_table(record: ExecutionRecord, timestamp: datetime) -> Table:
    """The report's lines that have an order, for `run --json`."""
    lines = post_trade_rows(record, None, timestamp)
    return table_of(POST_TRADE_COLUMNS, tuple(line for line in lines if line.status is not None))


def _lines(
    record: ExecutionRecord,
    row: PlanRow,
    after: AfterTrading,
    seen: AccountSnapshot | None,
    timestamp: datetime,
) -> tuple[PostTradeRow, ...]:
    outcomes = tuple(
        outcome
        for outcome in record.outcomes
        if row.con_id is not None and outcome.ticket.con_id == row.con_id
    )
    quantity = quantity_after(row, outcomes, after)
    differs = _difference(row, quantity, seen)

    def line(
        outcome: OrderOutcome | None,
        status: OrderStatus | None,
        ordered: Decimal,
        notes: tuple[str, ...],
    ) -> PostTradeRow:
        return PostTradeRow(
            timestamp=timestamp,
            account_id=record.account_id,
            row=row,
            outcome=outcome,
            status=status,
            ordered=ordered,
            new_quantity=cents(quantity) if row.is_cash else quantity,
            new_weight=weight_after(row, quantity, after),
            after=after,
            notes=(*notes, *differs),
        )

    if outcomes:
        return tuple(line(o, o.status, o.ticket.quantity, _notes(o)) for o in outcomes)
    if row.quantity == ZERO:
        note = row_note(row)
        return (line(None, None, ZERO, (note,) if note else ()),)
    return (line(None, OrderStatus.SKIPPED, row.quantity, (NEVER_SENT,)),)


def _notes(outcome: OrderOutcome) -> tuple[str, ...]:
    pending = (COMMISSION_PENDING,) if outcome.commission_pending else ()
    return (*outcome.notes, *pending)


def _difference(row: PlanRow, quantity: Decimal, seen: AccountSnapshot | None) -> tuple[str, ...]:
    if seen is None or row.con_id is None:
        return ()
    shown = sum((p.quantity for p in seen.positions if p.con_id == row.con_id), ZERO)
    return () if shown == quantity else (position_shows(shown),)
