"""From the gateway's rows to the core's facts and values; each rule of one message stands once."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from rebalancer_adapters.ib.library import CommissionReport, Execution
from rebalancer_adapters.ib.numbers import to_amount, to_number, to_price
from rebalancer_adapters.ib.raw_rows import OrderRow, PositionRow, StatusRow
from rebalancer_core.orders.events import (
    Commissioned,
    Completed,
    Executed,
    OrderRef,
    OrderSeen,
    StatusReported,
)
from rebalancer_core.values.account import OpenOrder, Position
from rebalancer_core.values.instruments import AccountId, ConId, Symbol
from rebalancer_core.values.money import ZERO
from rebalancer_core.values.plan import Side

_SIDES = {"BOT": Side.BUY, "BUY": Side.BUY, "SLD": Side.SELL, "SELL": Side.SELL}
# These have nothing left to work; Inactive is not among them, it may come back.
_DONE = {"Filled", "Cancelled", "ApiCancelled"}


def to_order_seen(row: OrderRow) -> OrderSeen:
    """openOrder (5): the broker has the order."""
    return OrderSeen(
        order_ref=OrderRef(row.order.orderRef),
        account_id=AccountId(row.order.account),
        perm_id=row.order.permId,
        status=row.status,
        quantity=to_number(row.order.totalQuantity) or ZERO,
    )


def to_status_reported(row: StatusRow, order_ref: OrderRef) -> StatusReported:
    """orderStatus (3), which carries numbers only: `order_ref` is what the number stands for."""
    return StatusReported(
        order_ref=order_ref,
        status=row.status,
        filled=to_number(row.filled) or ZERO,
        remaining=to_number(row.remaining) or ZERO,
        average_price=to_price(row.average_price),
        perm_id=row.perm_id,
        why_held=row.why_held,
    )


def to_executed(execution: Execution, con_id: int) -> Executed | None:
    """execDetails (11); None where side, shares or price are none: that proves nothing."""
    side = _SIDES.get(execution.side)
    shares, price = to_number(execution.shares), to_number(execution.price)
    if side is None or shares is None or price is None:
        return None
    return Executed(
        order_ref=OrderRef(execution.orderRef),
        account_id=AccountId(execution.acctNumber),
        execution_id=execution.execId,
        con_id=ConId(con_id),
        side=side,
        shares=shares,
        price=price,
        at=_utc(execution.time),
    )


def to_commissioned(report: CommissionReport, order_ref: OrderRef) -> Commissioned | None:
    """commissionReport (59); None while the broker has no figure, which is not a zero."""
    commission = to_number(report.commission)
    if commission is None:
        return None
    return Commissioned(
        order_ref=order_ref,
        execution_id=report.execId,
        commission=commission,
        currency=report.currency,
    )


def to_completed(row: OrderRow) -> Completed:
    """completedOrder (101): its total quantity is 0, only `filledQuantity` counts."""
    return Completed(
        order_ref=OrderRef(row.order.orderRef),
        account_id=AccountId(row.order.account),
        perm_id=row.order.permId,
        status=row.status,
        filled=to_number(row.order.filledQuantity) or ZERO,
    )


def to_position(row: PositionRow) -> Position | None:
    """position (61); None where the quantity is not a number: then the account is incomplete."""
    quantity = to_number(row.quantity)
    if quantity is None:
        return None
    return Position(
        con_id=ConId(row.contract.conId),
        symbol=Symbol(row.contract.symbol),
        security_type=row.contract.secType,
        currency=row.contract.currency,
        quantity=quantity,
        average_cost=to_number(row.average_cost),
    )


def to_open_order(row: OrderRow, status: StatusRow | None) -> OpenOrder | None:
    """An order of any client that still works, with what its last status left; None when done."""
    order = row.order
    if (status.status if status else row.status) in _DONE:
        return None
    total = to_number(order.totalQuantity) or ZERO
    remaining = to_number(status.remaining) if status else None
    return OpenOrder(
        account_id=AccountId(order.account),
        con_id=ConId(row.contract.conId),
        symbol=Symbol(row.contract.symbol),
        side=order.action,
        # Before the first fill a status may still say 0 of 0.
        remaining=remaining or total - (to_number(order.filledQuantity) or ZERO),
        order_ref=order.orderRef,
        client_id=order.clientId,
        order_id=order.orderId,
        perm_id=order.permId,
        limit_price=_unit_price(row),
    )


def _unit_price(row: OrderRow) -> Decimal | None:
    """The limit of one unit, multiplied as the contract is; TWS writes 0 or "unset" for none."""
    limit = to_price(row.order.lmtPrice)
    multiplier = to_amount(row.contract.multiplier or "1")
    return None if limit is None or multiplier is None else limit * multiplier


def _utc(time: datetime) -> datetime | None:
    return time.astimezone(UTC) if time.tzinfo is not None and time.year > 1970 else None
