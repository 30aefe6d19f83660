"""Correction rules: a revised execution has the same id but for its last part, and all is rebooked.

Source: the TWS API documentation on execution ids; corrections differ after the last dot only.
"""

from collections.abc import Iterable
from decimal import Decimal

from attrs import evolve

from rebalancer_adapters.gateway.book.ledger import book_execution
from rebalancer_adapters.gateway.book.records import ExecutionRecord, Holding, OrderRecord


def revise(
    old: ExecutionRecord, *, quantity: Decimal | None, price: Decimal | None
) -> ExecutionRecord:
    """The next revision, None leaves what it was; quantity 0 is a bust, without commission."""
    stem, _, revision = old.exec_id.rpartition(".")
    shares = old.quantity if quantity is None else quantity
    return evolve(
        old,
        exec_id=f"{stem}.{int(revision) + 1:02d}",
        quantity=shares,
        price=old.price if price is None else price,
        cumulative=old.cumulative + shares - old.quantity,
        commission=old.commission if shares else Decimal(0),
    )


def rebook(
    opening: Holding, executions: Iterable[ExecutionRecord], multiplier: Decimal
) -> tuple[Holding, tuple[ExecutionRecord, ...]]:
    """The holding after all executions of one account and contract, and their own new figures."""
    holding = opening
    booked: list[ExecutionRecord] = []
    for each in executions:
        booking = book_execution(
            holding,
            signed_quantity=each.quantity if each.side == "BOT" else -each.quantity,
            price=each.price,
            multiplier=multiplier,
            commission=each.commission,
        )
        holding = booking.holding
        booked.append(
            evolve(each, cash_change=booking.cash_change, realized_pnl=booking.realized_pnl)
        )
    return holding, tuple(booked)


def recounted(order: OrderRecord, executions: Iterable[ExecutionRecord]) -> OrderRecord:
    """The order with what its executions, as they count now, have filled."""
    own = [each for each in executions if each.perm_id == order.perm_id]
    filled = sum((each.quantity for each in own), Decimal(0))
    paid = sum((each.quantity * each.price for each in own), Decimal(0))
    return evolve(order, filled=filled, average_price=paid / filled if filled else Decimal(0))
