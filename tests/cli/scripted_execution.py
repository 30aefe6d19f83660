"""One account's execution over a scripted desk, on the desk's clock."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar

from attrs import define

from rebalancer_adapters.memory.books import MemoryBooks, MemoryWorld
from rebalancer_adapters.memory.memory_broker import MemoryBroker
from rebalancer_adapters.memory.memory_journal import MemoryJournal
from rebalancer_core.application.execute import Executor
from rebalancer_core.application.port_calls import PortCalls
from rebalancer_core.application.read import Reader
from rebalancer_core.application.read_market import MarketReader
from rebalancer_core.application.trading_connection import TradingConnection
from rebalancer_core.follow.connection import Connection
from rebalancer_core.follow.state import Terms
from rebalancer_core.follow.step import start
from rebalancer_core.orders.tickets import OrderTicket, approve
from rebalancer_core.safety.buy_fit import MarketNow
from rebalancer_core.values.account import AccountSnapshot, CashBalance
from rebalancer_core.values.plan import Plan
from rebalancer_core.values.policy import (
    ExecutionPolicy,
    PricingPolicy,
    RebalancePolicy,
    SafetyPolicy,
    TradingHours,
)
from tests.cli.scripted_desk import ScriptedDesk
from tests.support.plan_factory import AS_OF, yes_to

T = TypeVar("T")


@define
class DeskClock:
    """The clock port over the seconds of a desk."""

    desk: ScriptedDesk

    def now(self) -> datetime:
        return AS_OF + timedelta(seconds=self.desk.seconds)

    def hear(self, stated: datetime) -> None:
        """It is the broker's already."""

    def monotonic(self) -> float:
        return self.desk.seconds

    async def sleep(self, seconds: float) -> None:
        self.desk.seconds += seconds


def executor_of(
    plan: Plan,
    tickets: tuple[OrderTicket, ...],
    desk: ScriptedDesk,
    journal: MemoryJournal,
    *,
    told: list[str],
    execution: ExecutionPolicy,
    shown: Connection,
    stop_requested: Callable[[], bool] = lambda: False,
) -> Executor:
    """The plan's tickets, about to be followed; `told` gets what the user is told at once."""
    clock = DeskClock(desk)
    terms = Terms(
        approved=approve(plan, yes_to(plan), AS_OF),
        tickets=tickets,
        first_order_id=1,
        safety=SafetyPolicy(),
        execution=execution,
        rebalance=RebalancePolicy(),
        seen=_seen(plan),
        market=MarketNow(
            now=AS_OF, hours=TradingHours.RTH, listings=(), quotes=(), observations=()
        ),
    )
    calls = PortCalls(
        terms=terms,
        connection=TradingConnection(
            desk=desk,
            journal=journal,
            clock=clock,
            log=logging.getLogger(__name__),
            tell=told.append,
            doing=told.append,
            shown=shown,
        ),
        reader=_reader(plan, clock),
        run_id="9f2c31aa",
        client_id=42,
        watch=lambda _before, _now: None,
        reach=_passed,
    )
    return Executor(state=start(terms, shown), calls=calls, stop_requested=stop_requested)


def _seen(plan: Plan) -> AccountSnapshot:
    return AccountSnapshot(
        account_id=plan.account_id,
        as_of=AS_OF,
        base_currency="USD",
        cash=(CashBalance(currency="USD", amount=plan.cash),),
        positions=(),
    )


def _reader(plan: Plan, clock: DeskClock) -> Reader:
    world = MemoryWorld(accounts=(_seen(plan),), listings=(), observations=())
    broker = MemoryBroker(MemoryBooks(world, now=clock.now))
    return Reader(
        broker=broker,
        market=MarketReader(
            broker=broker, pricing=PricingPolicy(), safety=SafetyPolicy(), for_trading=True
        ),
        together=_one_by_one,
        parallel=False,
    )


async def _one_by_one(work: tuple[Callable[[], Awaitable[T]], ...]) -> tuple[T, ...]:
    return tuple([await each() for each in work])


def _passed(_point: str) -> None:
    """No process ends here."""
