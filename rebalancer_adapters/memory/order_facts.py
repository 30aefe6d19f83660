"""What the broker in memory says of one order; `perm_id` is its own number of it."""

from __future__ import annotations

from decimal import Decimal

from rebalancer_core.orders.events import Completed, OrderSeen, StatusReported
from rebalancer_core.orders.tickets import OrderTicket
from rebalancer_core.values.account import OpenOrder


def seen(ticket: OrderTicket, status: str, perm_id: int) -> OrderSeen:
    """The order among the open orders."""
    return OrderSeen(
        order_ref=ticket.order_ref,
        account_id=ticket.account_id,
        perm_id=perm_id,
        status=status,
        quantity=ticket.quantity,
    )


def completed(ticket: OrderTicket, status: str, filled: Decimal, perm_id: int) -> Completed:
    """The order among the completed orders."""
    return Completed(
        order_ref=ticket.order_ref,
        account_id=ticket.account_id,
        perm_id=perm_id,
        status=status,
        filled=filled,
    )


def open_order(ticket: OrderTicket, perm_id: int) -> OpenOrder:
    """The order as the account shows it while it works."""
    return OpenOrder(
        account_id=ticket.account_id,
        con_id=ticket.con_id,
        symbol=ticket.symbol,
        side=ticket.side.value,
        remaining=ticket.quantity,
        order_ref=ticket.order_ref,
        perm_id=perm_id,
    )


def reported(
    ticket: OrderTicket, status: str, filled: Decimal, perm_id: int, price: Decimal | None = None
) -> StatusReported:
    """The status of the order."""
    return StatusReported(
        order_ref=ticket.order_ref,
        status=status,
        filled=filled,
        remaining=ticket.quantity - filled,
        average_price=price,
        perm_id=perm_id,
    )
