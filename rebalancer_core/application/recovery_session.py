"""Recovery over a session of the gateway, put together in one place for all who need it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from rebalancer_core.application.reconcile import Reconciliation
from rebalancer_core.application.session_clock import hear_clock
from rebalancer_core.application.types import World
from rebalancer_core.ports import JournalPort, SessionPort, TradingSession
from rebalancer_core.values.faults import BrokerFault
from rebalancer_core.values.results import Failed, unwrap_or_failed
from rebalancer_core.values.work import Work

T = TypeVar("T")


def reconciliation_of(
    world: World,
    session: TradingSession,
    journal: JournalPort,
    *,
    client_id: int,
    cancel_working: bool = False,
) -> Reconciliation:
    """Recovery over this session, which speaks under `client_id`; its clock has been heard."""
    return Reconciliation(
        broker=session.broker,
        desk=session.order_desk(),
        journal=journal,
        client_id=client_id,
        clock=world.clock,
        second_look_seconds=world.second_look_seconds,
        cancel_working=cancel_working,
        stage=world.people.stage,
    )


async def reconnected(
    world: World,
    sessions: SessionPort,
    journal: JournalPort,
    work: Callable[[Reconciliation], Awaitable[T]],
    *,
    client_id: int,
    cancel_working: bool = False,
) -> T | Failed[BrokerFault]:
    """What `work` came to over a session of its own, which goes by the broker's clock."""
    world.people.stage(Work.CONNECTING, 0, 1)
    async with sessions.trading(client_id) as opened:
        session = unwrap_or_failed(opened)
        if isinstance(session, Failed):
            return session
        unasked = await hear_clock(world.clock, session.broker)
        if unasked is not None:
            return Failed(unasked)
        return await work(
            reconciliation_of(
                world, session, journal, client_id=client_id, cancel_working=cancel_working
            )
        )
