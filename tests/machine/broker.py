"""A broker with an honest book whose messages can be lost, late or doubled; time is a number."""

from __future__ import annotations

import types
from collections import deque
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from attrs import define, evolve, field, frozen
from returns.result import Failure, Result, Success

from rebalancer_core.errors import AccountFault, BrokerFault, LinkLost
from rebalancer_core.execution.facts import (
    BrokerFact,
    Completed,
    ErrorReported,
    Executed,
    LinkDown,
    LinkUp,
    OrderRef,
    OrderSeen,
    StatusReported,
)
from rebalancer_core.execution.tickets import OrderStyle, OrderTicket
from rebalancer_core.values.account import AccountSnapshot, CashBalance, Position
from rebalancer_core.values.instruments import AccountId, ConId, Symbol
from rebalancer_core.values.margin import WhatIf
from rebalancer_core.values.money import ZERO
from rebalancer_core.values.plans import PlannedOrder, Side

TURN = "a turn of the desk is over"
_LOST = LinkLost(detail="the socket closed")
_MORNING = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


@define
class BookOrder:
    """One order as the broker has it; `status` is the broker's word, empty until it is accepted."""

    ticket: OrderTicket
    order_id: int
    perm_id: int
    status: str = ""
    fills: list[Executed] = field(factory=list)

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


@frozen
class InFlight:
    """An order on its way to the gateway."""

    ticket: OrderTicket
    order_id: int


class Broker:
    """The other side: what it holds is true, what it says depends on the line."""

    def __init__(self, holdings: dict[ConId, Decimal]) -> None:
        self.holdings = dict(holdings)
        self.book: dict[OrderRef, BookOrder] = {}
        self.seconds = 0.0
        self.next_order_id = 1
        self.in_flight: deque[InFlight] = deque()
        self.cancels: deque[OrderRef] = deque()
        self.late: list[BrokerFact] = []
        self.is_muted = False
        self.is_late = False
        self.is_cut_off = False
        self.said: list[BrokerFact] = []
        self._desk: Desk | None = None
        self._numbers = 0

    def now(self) -> datetime:
        """Its clock."""
        return _MORNING + timedelta(seconds=self.seconds)

    def connect(self) -> Desk:
        """A new session."""
        self._desk = Desk(self)
        return self._desk

    def disconnect(self, arrived: int) -> None:
        """The socket closes; of what was on its way only the first `arrived` orders came in."""
        for _ in range(min(arrived, len(self.in_flight))):
            self.receive()
        self.in_flight.clear()
        self.cancels.clear()
        self.late.clear()
        self.is_muted = self.is_late = self.is_cut_off = False
        if self._desk is not None:
            self._desk.close()
        self._desk = None

    def receive(self) -> BookOrder:
        """The next order comes in: its number is used, and it waits to be accepted."""
        flying = self.in_flight.popleft()
        self._numbers += 1
        order = BookOrder(
            ticket=flying.ticket, order_id=flying.order_id, perm_id=1000 + self._numbers
        )
        assert flying.ticket.order_ref not in self.book, "an order was sent twice"
        assert flying.order_id >= self.next_order_id, "an order id was used twice"
        self.book[flying.ticket.order_ref] = order
        self.next_order_id = flying.order_id + 1
        return order

    def accept(self, order: BookOrder) -> None:
        """It is taken, and works."""
        order.status = "Submitted"
        self.tell(_seen(order))
        self.tell(_status(order))

    def reject(self, order: BookOrder, code: int) -> None:
        """It is refused, and dead."""
        order.status = "Rejected"
        self.tell(ErrorReported(order_ref=order.ticket.order_ref, code=code, text="refused"))

    def fill(self, order: BookOrder, shares: Decimal) -> None:
        """So many shares of it, or what is left."""
        self._numbers += 1
        fill = Executed(
            order_ref=order.ticket.order_ref,
            account_id=order.ticket.account_id,
            execution_id=f"0001.{self._numbers:04d}.01.01",
            con_id=order.ticket.con_id,
            side=order.ticket.side,
            shares=min(shares, order.ticket.quantity - order.filled),
            price=order.ticket.price,
            at=self.now(),
        )
        order.fills.append(fill)
        self._move(fill, fill.shares)
        if order.filled == order.ticket.quantity:
            order.status = "Filled"
        self.tell(fill)
        self.tell(_status(order))

    def correct(self, order: BookOrder, shares: Decimal) -> None:
        """Its last execution is revised to so many shares, at another price."""
        old = order.fills[-1]
        head, _, revision = old.execution_id.rpartition(".")
        new = evolve(
            old,
            execution_id=f"{head}.{int(revision) + 1:02d}",
            price=old.price + 1,
            shares=min(shares, old.shares),
        )
        order.fills[-1] = new
        self._move(old, new.shares - old.shares)
        self.tell(new)

    def process_cancel(self) -> None:
        """The next cancel comes in."""
        ref = self.cancels.popleft()
        order = self.book.get(ref)
        if order is None or order.status not in {"Submitted", ""}:
            self.tell(ErrorReported(order_ref=ref, code=10148, text="it is done"))
            return
        order.status = "Cancelled"
        self.tell(_status(order))
        self.tell(ErrorReported(order_ref=ref, code=202, text="Order Canceled - reason:"))

    def tell(self, fact: BrokerFact) -> None:
        """Say it to the session, as far as the line allows."""
        self.said.append(fact)
        if self._desk is None or self.is_muted or self.is_cut_off:
            return
        if self.is_late:
            self.late.append(fact)
        else:
            self._desk.hear(fact)

    def catch_up(self) -> None:
        """What was late is said now."""
        late, self.late, self.is_late = self.late, [], False
        for fact in late:
            self.tell(fact)

    def announce(self, fact: LinkDown | LinkUp) -> None:
        """Tell the session of the gateway's link to the broker."""
        self.is_cut_off = isinstance(fact, LinkDown)
        if self._desk is not None:
            self._desk.hear(fact)

    def lists(self) -> tuple[BrokerFact, ...]:
        """Executions, open and completed orders, as they are."""
        facts: list[BrokerFact] = []
        for order in self.book.values():
            facts.extend(order.fills)
            if order.is_working:
                facts.extend((_seen(order), _status(order)))
            if order.status in {"Filled", "Cancelled"}:
                facts.append(_completed(order))
        return tuple(facts)

    async def snapshot(
        self, account_id: AccountId
    ) -> Result[AccountSnapshot, BrokerFault | AccountFault]:
        """The positions, as they are."""
        return Success(
            AccountSnapshot(
                account_id=account_id,
                as_of=self.now(),
                base_currency="USD",
                cash=(CashBalance(currency="USD", amount=Decimal(1000)),),
                positions=tuple(
                    Position(
                        con_id=con_id,
                        symbol=Symbol(f"S{con_id}"),
                        security_type="STK",
                        currency="USD",
                        quantity=shares,
                    )
                    for con_id, shares in self.holdings.items()
                ),
            )
        )

    def _move(self, fill: Executed, shares: Decimal) -> None:
        self.holdings[fill.con_id] += shares if fill.side is Side.BUY else -shares


class Desk:
    """One session's order port. `facts` hands the turn to whoever drives the pursuit."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._told: deque[BrokerFact] = deque()
        self._is_closed = False
        self._next_order_id = broker.next_order_id

    @property
    def closed_gate(self) -> str:
        """Why nothing may leave."""
        if self._is_closed:
            return _LOST.detail
        return "cut off from the broker" if self._broker.is_cut_off else ""

    def hear(self, fact: BrokerFact) -> None:
        """A message came in."""
        self._told.append(fact)

    def close(self) -> None:
        """The socket is gone."""
        self._is_closed = True
        self._told.append(LinkDown(detail="the socket closed", closed=True))

    def reserve(self, order_ref: OrderRef, at_least: int) -> Result[int, BrokerFault]:
        del order_ref  # numbers are given in the order of the calls
        self._next_order_id = max(self._next_order_id, at_least)
        self._next_order_id += 1
        return Success(self._next_order_id - 1)

    def adopt(self, order_ref: OrderRef, order_id: int | None = None) -> None:
        """Every order is told of."""

    async def submit(self, ticket: OrderTicket) -> Result[None, BrokerFault]:
        if self._is_closed:
            return Failure(_LOST)
        self._broker.in_flight.append(InFlight(ticket, self._next_order_id - 1))
        return Success(None)

    async def cancel(self, order_ref: OrderRef) -> Result[None, BrokerFault]:
        if self._is_closed:
            return Failure(_LOST)
        self._broker.cancels.append(order_ref)
        return Success(None)

    async def what_if(
        self, account_id: AccountId, orders: tuple[PlannedOrder, ...], style: OrderStyle
    ) -> tuple[WhatIf, ...]:
        del account_id, style  # nothing is told of any
        return tuple(None for _ in orders)

    async def facts(self, wait_seconds: float) -> tuple[BrokerFact, ...]:
        await _turn()
        self._broker.seconds += max(wait_seconds, 0.01)
        told = tuple(self._told)
        self._told.clear()
        return told

    async def evidence(self, account_id: AccountId) -> Result[tuple[BrokerFact, ...], BrokerFault]:
        del account_id  # there is one
        if self._is_closed or self._broker.is_cut_off:
            return Failure(_LOST)
        # One socket: what was sent before the question comes in before it.
        while self._broker.in_flight:
            self._broker.receive()
        return Success(self._broker.lists())


@types.coroutine
def _turn() -> Generator[str, None, None]:
    yield TURN


def _seen(order: BookOrder) -> OrderSeen:
    return OrderSeen(
        order_ref=order.ticket.order_ref,
        account_id=order.ticket.account_id,
        perm_id=order.perm_id,
        status=order.status,
        quantity=order.ticket.quantity,
    )


def _status(order: BookOrder) -> StatusReported:
    return StatusReported(
        order_ref=order.ticket.order_ref,
        status=order.status,
        filled=order.filled,
        remaining=order.ticket.quantity - order.filled,
        average_price=order.ticket.price,
        perm_id=order.perm_id,
    )


def _completed(order: BookOrder) -> Completed:
    return Completed(
        order_ref=order.ticket.order_ref,
        account_id=order.ticket.account_id,
        perm_id=order.perm_id,
        status=order.status,
        filled=order.filled,
    )
