"""An order desk that plays a script on a clock of its own: what is slow in life is instant here."""

from collections import deque
from collections.abc import Mapping
from enum import Enum

from returns.result import Failure, Result, Success

from rebalancer_core.orders.events import (
    BrokerFact,
    Commissioned,
    ErrorReported,
    Executed,
    OrderRef,
    StatusReported,
)
from rebalancer_core.orders.tickets import OrderStyle, OrderTicket
from rebalancer_core.values.faults import BrokerFault, GateClosed, LinkLost
from rebalancer_core.values.instruments import AccountId, Symbol
from rebalancer_core.values.margin import WhatIf
from rebalancer_core.values.money import ONE, ZERO
from rebalancer_core.values.plan import PlannedOrder


class Act(Enum):
    """What the broker does with the orders of one symbol."""

    FILL = "fills at once"
    REST = "works and is never filled; a cancel is confirmed"
    REST_DEAF = "works and is never filled; a cancel is not answered"
    SILENT = "not a word, and the broker's lists do not know it"
    SILENT_FILL = "not a word, and the broker's lists say filled"
    REJECT = "rejected with 201"
    UNSENT = "the connection is gone before the first byte"


class ScriptedDesk:
    """The order port over a script by symbol; symbols that it does not name are filled.

    `now` is its monotonic clock: it moves by as much as `facts` is asked to wait. `interjected`
    facts come at the given second, and `closed` says from when on the gate is closed, and why.
    `out_with` counts the orders that left together, before anything was heard of them;
    `most_unanswered` is the most of these.
    """

    def __init__(
        self,
        script: Mapping[str, Act],
        interjected: Mapping[float, BrokerFact] | None = None,
        *,
        closed: Mapping[float, str] | None = None,
    ) -> None:
        self.closed_gate = ""
        self.out_with: list[int] = []
        self.submitted: list[OrderTicket] = []
        self.cancelled: list[OrderRef] = []
        self.evidence_asked = 0
        self.most_unanswered = 0
        self.seconds = 0.0
        self._script = {Symbol(symbol): act for symbol, act in script.items()}
        self._interjected = dict(interjected or {})
        self._closed = dict(closed or {})
        self._look_at_gate()
        self._told: deque[BrokerFact] = deque()
        self._unanswered = 0

    def now(self) -> float:
        """The desk's clock, in seconds."""
        return self.seconds

    def reserve(self, order_ref: OrderRef, at_least: int) -> Result[int, BrokerFault]:
        return Success(at_least + len(self.submitted))

    def adopt(self, order_ref: OrderRef, order_id: int | None = None) -> None:
        """No earlier run is in the script."""

    async def submit(self, ticket: OrderTicket) -> Result[None, BrokerFault]:
        if self.closed_gate:
            return Failure(GateClosed(detail=self.closed_gate))
        act = self._act(ticket)
        if act is Act.UNSENT:
            return Failure(LinkLost(detail="not connected"))
        self.submitted.append(ticket)
        self._unanswered += 1
        self.most_unanswered = max(self.most_unanswered, self._unanswered)
        match act:
            case Act.FILL:
                self._told.extend(filled_by(ticket))
            case Act.REST | Act.REST_DEAF:
                self._told.append(_status(ticket, "Submitted"))
            case Act.REJECT:
                text = "Order rejected - reason: scripted"
                self._told.append(ErrorReported(order_ref=ticket.order_ref, code=201, text=text))
            case _:
                pass
        return Success(None)

    async def what_if(
        self,
        account_id: AccountId,
        orders: tuple[PlannedOrder, ...],
        style: OrderStyle,
    ) -> tuple[WhatIf, ...]:
        return (None,) * len(orders)

    async def cancel(self, order_ref: OrderRef) -> Result[None, BrokerFault]:
        self.cancelled.append(order_ref)
        ticket = next(each for each in self.submitted if each.order_ref == order_ref)
        if self._act(ticket) is Act.REST:
            self._told.append(_status(ticket, "Cancelled"))
        return Success(None)

    async def facts(self, wait_seconds: float) -> tuple[BrokerFact, ...]:
        if self._unanswered:
            self.out_with.append(self._unanswered)
        self._unanswered = 0
        self.seconds += wait_seconds
        self._look_at_gate()
        for second in sorted(each for each in self._interjected if each <= self.seconds):
            self._told.append(self._interjected.pop(second))
        taken = tuple(self._told)
        self._told.clear()
        return taken

    async def evidence(
        self, account_id: AccountId, *, needs_completed: bool = True
    ) -> Result[tuple[BrokerFact, ...], BrokerFault]:
        self.evidence_asked += 1
        return Success(tuple(fact for ticket in self.submitted for fact in self._proof(ticket)))

    def _look_at_gate(self) -> None:
        for second in sorted(each for each in self._closed if each <= self.seconds):
            self.closed_gate = self._closed.pop(second)

    def _proof(self, ticket: OrderTicket) -> tuple[BrokerFact, ...]:
        match self._act(ticket):
            case Act.FILL | Act.SILENT_FILL:
                return filled_by(ticket)
            case Act.REST | Act.REST_DEAF:
                is_dead = ticket.order_ref in self.cancelled and self._act(ticket) is Act.REST
                return (_status(ticket, "Cancelled" if is_dead else "Submitted"),)
            case _:
                return ()

    def _act(self, ticket: OrderTicket) -> Act:
        return self._script.get(ticket.symbol, Act.FILL)


def filled_by(ticket: OrderTicket) -> tuple[Executed, Commissioned]:
    """The execution of a whole order, and its commission."""
    execution = Executed(
        order_ref=ticket.order_ref,
        account_id=ticket.account_id,
        execution_id=f"{ticket.order_ref}.01",
        con_id=ticket.con_id,
        side=ticket.side,
        shares=ticket.quantity,
        price=ticket.price,
    )
    paid = Commissioned(
        order_ref=ticket.order_ref,
        execution_id=execution.execution_id,
        commission=ONE,
        currency="USD",
    )
    return execution, paid


def _status(ticket: OrderTicket, status: str) -> StatusReported:
    return StatusReported(
        order_ref=ticket.order_ref,
        status=status,
        filled=ZERO,
        remaining=ticket.quantity,
        average_price=None,
        perm_id=7,
    )
