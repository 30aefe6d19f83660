"""The pre-trade report: every holding and target, what was to be traded, and why the rest not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from attrs import frozen

from rebalancer_core.orders.tickets import OrderStyle
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
from rebalancer_core.values.money import cents, product
from rebalancer_core.values.plan import Action, Plan, PlanRow, Reason
from rebalancer_core.values.policy import AlgoPreference


@frozen(kw_only=True)
class PreTradeRow:
    """One line of the report: a plan's row, with the plan and the style it would be sent in."""

    timestamp: datetime
    plan: Plan
    row: PlanRow
    style: OrderStyle


def _held(line: PreTradeRow) -> Decimal:
    """Shares held; dollars of CASH."""
    return quantity_cell(cents(line.row.held) if line.row.is_cash else line.row.held)


def _value(line: PreTradeRow) -> Decimal | None:
    price = line.row.price
    return None if price is None else usd_cell(product(line.row.held, price))


# R 9.2.2, R 9.2.3: the names and their order; others read files by them.
PRE_TRADE_COLUMNS: tuple[tuple[str, Callable[[PreTradeRow], Cell]], ...] = (
    ("timestamp_run", lambda line: instant_text(line.timestamp)),
    ("account_id", lambda line: line.plan.account_id),
    ("symbol", lambda line: line.row.symbol),
    ("is_cash", lambda line: line.row.is_cash),
    ("target_wt_pct", lambda line: percent_cell(line.row.target_weight)),
    ("current_wt_pct", lambda line: percent_cell(line.row.current_weight)),
    ("drift_pct", lambda line: percent_cell(line.row.drift)),
    ("drift_usd", lambda line: usd_cell(line.row.drift_usd)),
    ("action", lambda line: line.row.action.value),
    ("qty_shares", lambda line: quantity_cell(line.row.quantity)),
    ("est_price", lambda line: price_cell(line.row.price)),
    ("order_type", lambda line: order_type(line.style) if trades(line.row) else ""),
    ("algo", lambda line: algo(line.style) if trades(line.row) else ""),
    ("est_value_usd", lambda line: usd_cell(line.row.value_usd)),
    ("pre_gross_exposure", lambda line: usd_cell(line.plan.gross_before)),
    ("post_gross_exposure", lambda line: usd_cell(line.plan.gross_after)),
    ("pre_leverage", lambda line: ratio_cell(line.plan.leverage_before)),
    ("post_leverage", lambda line: ratio_cell(line.plan.leverage_after)),
    ("note", lambda line: row_note(line.row)),
    ("shares_held", _held),
    ("value_usd", _value),
    ("net_liquidation_usd", lambda line: usd_cell(line.plan.net_liquidation)),
    ("managed_net_liquidation_usd", lambda line: usd_cell(line.plan.managed_net_liquidation)),
)


def pre_trade_rows(plan: Plan, style: OrderStyle, timestamp: datetime) -> tuple[PreTradeRow, ...]:
    """One line a row of the plan, in its order; `timestamp` is when the run began.

    >>> [name for name, _ in PRE_TRADE_COLUMNS][:4]
    ['timestamp_run', 'account_id', 'symbol', 'is_cash']
    """
    return tuple(
        PreTradeRow(timestamp=timestamp, plan=plan, row=row, style=style) for row in plan.rows
    )


def pre_trade_table(plan: Plan, style: OrderStyle, timestamp: datetime) -> Table:
    """The whole report, ready for a file."""
    return table_of(PRE_TRADE_COLUMNS, pre_trade_rows(plan, style, timestamp))


def trades(row: PlanRow) -> bool:
    """Whether the row has an order."""
    return row.action is not Action.NONE


def row_note(row: PlanRow) -> str:
    """Why the row does not trade (or not in full), then what else there is to say of it.

    >>> from rebalancer_core.values.instruments import CASH
    >>> row_note(PlanRow(symbol=CASH, con_id=None, reason=Reason.MARKET_CLOSED, note="opens Mon"))
    'market closed, opens Mon'
    """
    reason = row.reason.value if row.reason else ""
    joint = ", " if row.reason is Reason.MARKET_CLOSED else "; "
    return joint.join(text for text in (reason, row.note) if text)


def order_type(style: OrderStyle) -> str:
    """The broker's name of the order type (R 6.3.1).

    >>> order_type(OrderStyle(algo=AlgoPreference.MIDPRICE))
    'MIDPRICE'
    """
    return "MIDPRICE" if style.algo is AlgoPreference.MIDPRICE else "MKT"


def algo(style: OrderStyle) -> str:
    """The algo with its priority; nothing for a plain market order.

    >>> algo(OrderStyle(algo=AlgoPreference.ADAPTIVE))
    'adaptive/Normal'
    """
    name = style.algo.value
    match style.algo:
        case AlgoPreference.NONE:
            return ""
        case AlgoPreference.ADAPTIVE:
            return f"{name}/{style.priority.value}"
        case AlgoPreference.MIDPRICE:
            return name
