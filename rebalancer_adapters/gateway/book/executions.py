"""What the book writes down of an execution, and the id that it gets."""

from datetime import datetime
from decimal import Decimal

from rebalancer_adapters.gateway.book.ledger import Booking
from rebalancer_adapters.gateway.book.records import ExecutionRecord, OrderRecord
from rebalancer_adapters.gateway.market import Instrument

_PREFIX = "0000e0d5"


def execution_id(started: datetime, number: int) -> str:
    """Server, session and number, part, revision: corrections raise the last part only."""
    return f"{_PREFIX}.{int(started.timestamp()) + number:08x}.01.01"


def executed(
    order: OrderRecord,
    instrument: Instrument,
    booking: Booking,
    *,
    exec_id: str,
    quantity: Decimal,
    price: Decimal,
    commission: Decimal,
    at: datetime,
) -> ExecutionRecord:
    """The record of an execution; the order is as it stands after it."""
    return ExecutionRecord(
        exec_id=exec_id,
        perm_id=order.perm_id,
        order_id=order.order_id,
        client_id=order.client_id,
        account=order.account,
        symbol=order.symbol,
        con_id=order.con_id,
        side="BOT" if order.side == "BUY" else "SLD",
        quantity=quantity,
        price=price,
        at=at,
        cumulative=order.filled,
        average_price=order.average_price,
        order_ref=order.order_ref,
        exchange=instrument.primary_exchange,
        commission=commission,
        commission_currency=instrument.currency,
        realized_pnl=booking.realized_pnl,
        cash_change=booking.cash_change,
    )
