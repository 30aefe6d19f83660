"""One order as the broker has it, and the messages that tell of it."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from attrs import define, field, frozen

from rebalancer_core.orders.events import BrokerFact, Completed, Executed, OrderSeen, StatusReported
from rebalancer_core.orders.tickets import OrderTicket
from rebalancer_core.values.money import ZERO


@frozen
class InFlight:
    """An order on its way to the gateway."""

    ticket: OrderTicket
    order_id: int
    client_id: int


@define
class BookOrder:
    """One order as the broker has it; `status` is the broker's word, empty until it is accepted.

    `untold` are shares that no message has told yet.
    """

    ticket: OrderTicket
    order_id: int
    client_id: int
    perm_id: int
    status: str = ""
    fills: list[Executed] = field(factory=list)
    untold: Decimal = ZERO

    @property
    def filled(self) -> Decimal:
        return sum((fill.shares for fill in self.fills), ZERO)

    @property
    def is_working(self) -> bool:
        return self.status == "Submitted"

    @property
    def may_fill(self) -> Decimal:
        """Shares that may still come of it."""
        return self.ticket.quantity - self.filled if self.status in {"", "Submitted"} else ZERO


def listed(orders: Iterable[BookOrder]) -> tuple[BrokerFact, ...]:
    """Executions, open and completed orders, as they are."""
    facts: list[BrokerFact] = []
    for order in orders:
        facts.extend(order.fills)
        if order.is_working:
            facts.extend((seen(order), status(order)))
        if order.status in {"Filled", "Cancelled"}:
            facts.append(completed(order))
    return tuple(facts)


def seen(order: BookOrder) -> OrderSeen:
    """It is listed among the open orders."""
    return OrderSeen(
        order_ref=order.ticket.order_ref,
        account_id=order.ticket.account_id,
        perm_id=order.perm_id,
        status=order.status,
        quantity=order.ticket.quantity,
    )


def status(order: BookOrder) -> StatusReported:
    """Its status, with what was told of its fills."""
    told = order.filled - order.untold
    return StatusReported(
        order_ref=order.ticket.order_ref,
        status=order.status,
        filled=told,
        remaining=order.ticket.quantity - told,
        average_price=order.ticket.price,
        perm_id=order.perm_id,
    )


def completed(order: BookOrder) -> Completed:
    """It is listed among the completed orders."""
    return Completed(
        order_ref=order.ticket.order_ref,
        account_id=order.ticket.account_id,
        perm_id=order.perm_id,
        status=order.status,
        filled=order.filled,
    )
