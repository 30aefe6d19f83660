"""The order desk in memory: market orders fill at once, at the quoted price."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from decimal import Decimal

from returns.result import Failure, Result, Success

from rebalancer_adapters.memory.books import MemoryBooks, Rejection
from rebalancer_adapters.memory.order_facts import completed, open_order, reported, seen
from rebalancer_core.orders.events import (
    BrokerFact,
    Commissioned,
    ErrorReported,
    Executed,
    OrderRef,
)
from rebalancer_core.orders.tickets import OrderStyle, OrderTicket
from rebalancer_core.ports import Clock
from rebalancer_core.values.faults import BrokerFault, BrokerRefused, GateClosed
from rebalancer_core.values.instruments import USD, AccountId
from rebalancer_core.values.margin import MarginEffect, WhatIf, WhatIfRefused
from rebalancer_core.values.money import ZERO
from rebalancer_core.values.plan import PlannedOrder, Side

_NOT_HELD = "Order rejected - reason: more shares than the account holds"
_NO_MARKET = "Order rejected - reason: no market for this contract"


class MemoryWhatIfs:
    """The what-if port over books in memory: it has no way to send an order."""

    def __init__(self, books: MemoryBooks) -> None:
        self._books = books

    async def what_if(
        self,
        account_id: AccountId,
        orders: tuple[PlannedOrder, ...],
        style: OrderStyle,  # noqa: ARG002 - every style costs the same here
    ) -> tuple[WhatIf, ...]:
        """Memory knows its commission and what it rejects, and no margin rules."""
        if account_id not in self._books.account_ids:
            return (None,) * len(orders)
        return tuple(map(self._what_if, orders))

    def _what_if(self, order: PlannedOrder) -> WhatIf:
        for scripted in self._books.world.rejections:
            if scripted.symbol == order.symbol:
                return WhatIfRefused(code=scripted.code, text=scripted.text)
        if not self._books.fill_price(order.con_id, order.side):
            return None
        commission = self._books.world.commission_usd
        return MarginEffect(commission=commission, commission_currency=USD)


class MemoryOrderDesk(MemoryWhatIfs):
    """The order port over books in memory. Set `closed_gate`: no order leaves while it says why.

    With a `clock`, waiting for facts passes on it at once; without, this computer waits.
    """

    def __init__(self, books: MemoryBooks, clock: Clock | None = None) -> None:
        super().__init__(books)
        self.closed_gate = ""
        self._facts: deque[BrokerFact] = deque()
        self._arrived = asyncio.Event()
        self._clock = clock

    def reserve(self, order_ref: OrderRef, at_least: int) -> Result[int, BrokerFault]:  # noqa: ARG002 - numbers name nothing here
        reserved = max(self._books.next_order_id, at_least)
        self._books.next_order_id = reserved + 1
        return Success(reserved)

    def adopt(self, order_ref: OrderRef, order_id: int | None = None) -> None:
        """Nothing to do: facts are heard as they happen, or read as evidence."""

    async def submit(self, ticket: OrderTicket) -> Result[None, BrokerFault]:
        if self.closed_gate:
            return Failure(GateClosed(detail=self.closed_gate))
        refusal = self._refusal(ticket)
        if refusal:
            text = f"not sent: {refusal}"
            return Failure(BrokerRefused(request=f"order {ticket.order_ref}", code=0, text=text))
        self._books.tickets.append(ticket)
        if ticket.symbol in self._books.world.silent:
            return Success(None)
        rejection = self._rejection(ticket)
        if rejection is not None:
            self._tell(
                ErrorReported(order_ref=ticket.order_ref, code=rejection.code, text=rejection.text)
            )
        else:
            self._accept(ticket)
        return Success(None)

    async def cancel(self, order_ref: OrderRef) -> Result[None, BrokerFault]:
        handed = [ticket for ticket in self._books.tickets if ticket.order_ref == order_ref]
        if not handed:
            text = "not sent: it was not placed under this client id"
            return Failure(BrokerRefused(request=f"order {order_ref}", code=0, text=text))
        if handed[0].symbol in self._books.world.silent:
            return Success(None)
        working = self._books.working.pop(order_ref, None)
        if working is None:
            text = f"{order_ref} cannot be cancelled, it is done"
            self._tell(ErrorReported(order_ref=order_ref, code=10148, text=text))
            return Success(None)
        ticket, order = working
        self._books.remove_open_order(order)
        self._tell(reported(ticket, "Cancelled", ZERO, self._perm_id(ticket)))
        self._tell(ErrorReported(order_ref=order_ref, code=202, text="Order Canceled - reason:"))
        self._prove(ticket, completed(ticket, "Cancelled", ZERO, self._perm_id(ticket)))
        return Success(None)

    async def facts(self, wait_seconds: float) -> tuple[BrokerFact, ...]:
        if not self._facts:
            await self._wait(wait_seconds)
        taken = tuple(self._facts)
        self._facts.clear()
        return taken

    async def evidence(
        self,
        account_id: AccountId,
        *,
        needs_completed: bool = True,  # noqa: ARG002 - it has every list
    ) -> Result[tuple[BrokerFact, ...], BrokerFault]:
        proven = [fact for account, fact in self._books.evidence if account == account_id]
        still_open = [
            seen(ticket, "Submitted", self._perm_id(ticket))
            for ticket, order in self._books.working.values()
            if order.account_id == account_id
        ]
        return Success((*proven, *still_open))

    async def _wait(self, seconds: float) -> None:
        """Until a fact arrives, at most so long."""
        if self._clock is not None:
            await self._clock.sleep(seconds)
            return
        self._arrived.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._arrived.wait(), seconds)

    def _refusal(self, ticket: OrderTicket) -> str:
        if ticket.account_id not in self._books.account_ids:
            return f"{ticket.account_id} is not among {', '.join(self._books.account_ids)}"
        if any(known.order_ref == ticket.order_ref for known in self._books.tickets):
            return "duplicate order reference"
        return ""

    def _rejection(self, ticket: OrderTicket) -> Rejection | None:
        """As scripted; else an honest broker neither lends shares nor fills without a market."""
        for scripted in self._books.world.rejections:
            if scripted.symbol == ticket.symbol:
                return scripted
        if self._books.fill_price(ticket.con_id, ticket.side) is None:
            return Rejection(symbol=ticket.symbol, text=_NO_MARKET)
        held = self._books.held(ticket.account_id, ticket.con_id)
        if ticket.side is Side.SELL and ticket.quantity > held:
            return Rejection(symbol=ticket.symbol, text=_NOT_HELD)
        return None

    def _accept(self, ticket: OrderTicket) -> None:
        self._tell(seen(ticket, "Submitted", self._perm_id(ticket)))
        self._tell(reported(ticket, "Submitted", ZERO, self._perm_id(ticket)))
        if ticket.symbol in self._books.world.resting:
            order = open_order(ticket, self._perm_id(ticket))
            self._books.working[ticket.order_ref] = (ticket, order)
            self._books.add_open_order(order)
            return
        price = self._books.fill_price(ticket.con_id, ticket.side)
        if price is not None:
            self._fill(ticket, price)

    def _fill(self, ticket: OrderTicket, price: Decimal) -> None:
        execution = Executed(
            order_ref=ticket.order_ref,
            account_id=ticket.account_id,
            execution_id=f"memory.{self._perm_id(ticket)}.01.01",
            con_id=ticket.con_id,
            side=ticket.side,
            shares=ticket.quantity,
            price=price,
            at=self._books.now(),
        )
        commission = Commissioned(
            order_ref=ticket.order_ref,
            execution_id=execution.execution_id,
            commission=self._books.world.commission_usd,
            currency=USD,
        )
        self._books.settle(execution, ticket.symbol)
        self._tell(execution)
        self._tell(reported(ticket, "Filled", ticket.quantity, self._perm_id(ticket), price))
        self._tell(commission)
        self._prove(ticket, execution)
        self._prove(ticket, commission)
        self._prove(ticket, completed(ticket, "Filled", ticket.quantity, self._perm_id(ticket)))

    def _perm_id(self, ticket: OrderTicket) -> int:
        """The broker's own number of an order: its place among all that were handed over."""
        return self._books.tickets.index(ticket) + 1

    def _prove(self, ticket: OrderTicket, fact: BrokerFact) -> None:
        self._books.evidence.append((ticket.account_id, fact))

    def _tell(self, fact: BrokerFact) -> None:
        self._facts.append(fact)
        self._arrived.set()
