"""What the gateway says of this session's orders, in its order; nothing is interpreted here."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress

from rebalancer_adapters.ib.library import CommissionReport, Execution
from rebalancer_adapters.ib.raw_rows import OrderRow, StatusRow
from rebalancer_adapters.ib.translate import (
    to_commissioned,
    to_completed,
    to_executed,
    to_order_seen,
    to_status_reported,
)
from rebalancer_core.orders.events import (
    BrokerFact,
    Commissioned,
    ErrorReported,
    LinkDown,
    LinkUp,
    OrderRef,
)
from rebalancer_core.orders.tickets import OWN_PREFIX


class OrderLog:
    """Facts wait here until they are taken; duplicates and odd orders are left to the core."""

    def __init__(self, client_id: int) -> None:
        self._client_id = client_id
        self._refs: dict[int, OrderRef] = {}
        self._ids: dict[OrderRef, int] = {}
        self._handed: set[int] = set()
        self._others: set[int] = set()
        self._submitted: set[OrderRef] = set()
        self._execution_refs: dict[str, OrderRef] = {}
        self._reports: dict[str, CommissionReport] = {}
        self._facts: deque[BrokerFact] = deque()
        self._arrived = asyncio.Event()

    def handed(self, order_id: int, order_ref: OrderRef) -> None:
        """From now on this number on the wire is that order."""
        self._handed.add(order_id)
        self._know(order_id, order_ref)
        self._submitted.add(order_ref)

    def adopt(self, order_ref: OrderRef, order_id: int | None) -> None:
        """An order of an earlier run is this session's business too.

        An id that another program uses under this client id is not taken for it.
        """
        self._submitted.add(order_ref)
        if order_id is not None and order_id not in self._others:
            self._know(order_id, order_ref)

    def withdraw(self, order_ref: OrderRef) -> None:
        """The order was certainly not sent after all."""
        self._submitted.discard(order_ref)
        self._refs.pop(self._ids.pop(order_ref), None)

    def is_submitted(self, order_ref: OrderRef) -> bool:
        """Whether this session handed such an order over."""
        return order_ref in self._submitted

    def is_ours(self, order_id: int) -> bool:
        """Whether the number is an order of ours."""
        return order_id in self._refs

    def has_execution(self, execution_id: str) -> bool:
        """Whether such an execution of an order of ours was heard of."""
        return execution_id in self._execution_refs

    def order_id(self, order_ref: OrderRef) -> int | None:
        """The number of an order placed under this client id, by this run or an earlier one."""
        return self._ids.get(order_ref)

    def open_order(self, row: OrderRow) -> None:
        """An openOrder message, live or as an answer."""
        order = row.order
        if order.clientId == self._client_id and order.orderRef.startswith(OWN_PREFIX):
            self._know(order.orderId, OrderRef(order.orderRef))
        elif order.clientId == self._client_id:
            self._leave_to_others(order.orderId)
        if order.orderRef in self._submitted:
            self._tell(to_order_seen(row))

    def status(self, row: StatusRow) -> None:
        """An orderStatus message: it names the order by number only."""
        order_ref = self._refs.get(row.order_id) if row.client_id == self._client_id else None
        if order_ref in self._submitted and order_ref is not None:
            self._tell(to_status_reported(row, order_ref))

    def learn(self, execution: Execution) -> None:
        """An execution that answers a question: commissions name it, and only it."""
        if execution.orderRef.startswith(OWN_PREFIX):
            self._execution_refs[execution.execId] = OrderRef(execution.orderRef)

    def execution(self, execution: Execution, con_id: int) -> None:
        """A live execution, and its commission where that came first."""
        self.learn(execution)
        if execution.orderRef not in self._submitted:
            return
        fact = to_executed(execution, con_id)
        if fact is not None:
            self._tell(fact)
        early = self.commission_of(execution.execId)
        if early is not None:
            self._tell(early)

    def commission(self, report: CommissionReport) -> None:
        """A commission report, live or after an answer."""
        self._reports[report.execId] = report
        fact = self.commission_of(report.execId)
        if fact is not None and fact.order_ref in self._submitted:
            self._tell(fact)

    def commission_of(self, execution_id: str) -> Commissioned | None:
        """The commission of an execution of ours, when it was reported."""
        report = self._reports.get(execution_id)
        order_ref = self._execution_refs.get(execution_id)
        if report is None or order_ref is None:
            return None
        return to_commissioned(report, order_ref)

    def completed(self, row: OrderRow) -> None:
        """A completedOrder message that nobody asked for."""
        if row.order.orderRef in self._submitted:
            self._tell(to_completed(row))

    def error(self, order_id: int, code: int, text: str) -> bool:
        """Whether the number is an order of ours; then the error is a fact about it."""
        order_ref = self._refs.get(order_id)
        if order_ref is None or order_ref not in self._submitted:
            return False
        self._tell(ErrorReported(order_ref=order_ref, code=code, text=text))
        return True

    def link_changed(self, change: LinkDown | LinkUp) -> None:
        """Orders may be anywhere while the link is down."""
        self._tell(change)

    async def take(self, wait_seconds: float) -> tuple[BrokerFact, ...]:
        """Every fact since the last call; waits up to `wait_seconds` for the first."""
        if not self._facts:
            self._arrived.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._arrived.wait(), wait_seconds)
        taken = tuple(self._facts)
        self._facts.clear()
        return taken

    def _know(self, order_id: int, order_ref: OrderRef) -> None:
        self._refs[order_id] = order_ref
        self._ids[order_ref] = order_id

    def _leave_to_others(self, order_id: int) -> None:
        """The number is another program's order: no status of it is ours, and no cancel."""
        if order_id in self._handed:
            return
        self._others.add(order_id)
        order_ref = self._refs.pop(order_id, None)
        if order_ref is not None:
            del self._ids[order_ref]

    def _tell(self, fact: BrokerFact) -> None:
        self._facts.append(fact)
        self._arrived.set()
