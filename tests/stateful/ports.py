"""The broker of a story behind the ports that recovery asks: everything is answered at once."""

from __future__ import annotations

from collections.abc import Coroutine
from datetime import datetime
from typing import TypeVar

from attrs import define
from returns.result import Failure, Result, Success

from rebalancer_core.orders.events import BrokerFact, OrderRef
from rebalancer_core.orders.tickets import OrderStyle, OrderTicket
from rebalancer_core.ports import Freshness
from rebalancer_core.values.account import AccountSnapshot
from rebalancer_core.values.faults import AccountFault, BrokerFault
from rebalancer_core.values.instruments import AccountId
from rebalancer_core.values.margin import WhatIf
from rebalancer_core.values.plan import PlannedOrder
from tests.stateful.broker import Broker
from tests.stateful.desk import LOST, Desk

T = TypeVar("T")


@define
class StoryClock:
    """The broker's time; whoever lets it pass lets the broker work its cancels."""

    broker: Broker

    def now(self) -> datetime:
        return self.broker.now()

    def hear(self, stated: datetime) -> None:
        """It is the broker's already."""

    def monotonic(self) -> float:
        return self.broker.seconds

    async def sleep(self, seconds: float) -> None:
        self.broker.seconds += seconds
        self.broker.process_cancels()


@define
class RecoveryPorts:
    """Snapshots and the order port, as recovery asks them; it has no order to send."""

    broker: Broker
    desk: Desk

    @property
    def closed_gate(self) -> str:
        return self.desk.closed_gate

    async def snapshot(
        self,
        account_id: AccountId,
        fresh: Freshness = Freshness.ASKED,
    ) -> Result[AccountSnapshot, BrokerFault | AccountFault]:
        return Success(self.broker.snapshot())

    def reserve(self, order_ref: OrderRef, at_least: int) -> Result[int, BrokerFault]:
        return Success(self.desk.reserve(at_least))

    def adopt(self, order_ref: OrderRef, order_id: int | None = None) -> None:
        """Every order is told of."""

    async def submit(self, ticket: OrderTicket) -> Result[None, BrokerFault]:
        return Failure(LOST)

    async def cancel(self, order_ref: OrderRef) -> Result[None, BrokerFault]:
        fault = self.desk.cancel(order_ref)
        return Success(None) if fault is None else Failure(fault)

    async def what_if(
        self, account_id: AccountId, orders: tuple[PlannedOrder, ...], style: OrderStyle
    ) -> tuple[WhatIf, ...]:
        return tuple(None for _ in orders)

    async def facts(self, wait_seconds: float) -> tuple[BrokerFact, ...]:
        self.broker.process_cancels()
        return self.desk.facts(wait_seconds)

    async def evidence(
        self, account_id: AccountId, *, needs_completed: bool = True
    ) -> Result[tuple[BrokerFact, ...], BrokerFault]:
        answer = self.desk.evidence()
        return Success(answer) if isinstance(answer, tuple) else Failure(answer)


def answer_to(question: Coroutine[object, None, T]) -> T:
    """What comes back of a question whose ports never wait."""
    try:
        question.send(None)
    except StopIteration as answered:
        answer: T = answered.value
        return answer
    raise AssertionError("a port of a story waited")
