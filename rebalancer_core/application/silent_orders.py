"""Orders that the gateway never acknowledged: closed on a person's word, once all was tried.

A dialog in the gateway's window may hold such an order for days, and nothing that can be asked
shows it. So the person says what became of the dialog, the order is cancelled under the client id
that placed it, and the broker is asked twice; a position that moved, or any sign of life, refuses.
"""

from __future__ import annotations

from functools import partial

from attrs import frozen

from rebalancer_core.application.reconcile import Reconciliation
from rebalancer_core.application.recovery_session import reconnected
from rebalancer_core.application.types import World
from rebalancer_core.messages import of_order
from rebalancer_core.messages.resolving import closed_as, not_closed
from rebalancer_core.orders.events import Resolution
from rebalancer_core.ports import JournalPort, SessionPort
from rebalancer_core.reconcile.declarations import said
from rebalancer_core.reconcile.findings import Silent
from rebalancer_core.reconcile.journal_model import JournaledOrder, JournalFault
from rebalancer_core.values.faults import BrokerFault
from rebalancer_core.values.results import Failed, unwrap_or_failed


@frozen(kw_only=True)
class Closed:
    """What was recorded, and what was refused, as sentences about single orders."""

    recorded: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


async def close_silent(
    world: World,
    sessions: SessionPort,
    journal: JournalPort,
    orders: tuple[JournaledOrder, ...],
    verdict: Resolution,
) -> Closed | BrokerFault | JournalFault:
    """Close these silent orders of one account, each under the client id that placed it."""
    closed = Closed()
    for client_id in {order.intent.client_id: order for order in orders}:
        own = tuple(order for order in orders if order.intent.client_id == client_id)
        answer = await reconnected(
            world,
            sessions,
            journal,
            partial(_closed, orders=own, verdict=verdict),
            client_id=client_id,
        )
        if isinstance(answer, Failed):
            return answer.error
        if isinstance(answer, JournalFault):
            return answer
        closed = Closed(
            recorded=(*closed.recorded, *answer.recorded),
            refused=(*closed.refused, *answer.refused),
        )
    return closed


async def _closed(
    reconciliation: Reconciliation, orders: tuple[JournaledOrder, ...], verdict: Resolution
) -> Closed | JournalFault:
    account_id = orders[0].intent.ticket.account_id
    findings = await reconciliation.look_after_cancel(account_id, orders)
    if isinstance(findings, str):
        return Closed(refused=tuple(of_order(order, findings) for order in orders))
    recorded: list[str] = []
    refused: list[str] = []
    for order, found in zip(orders, findings, strict=True):
        if not isinstance(found, Silent):
            refused.append(not_closed(order, found))
            continue
        word = said(order.order_ref, verdict)
        noted = unwrap_or_failed(reconciliation.journal.note(word, reconciliation.clock.now()))
        if isinstance(noted, Failed):
            return noted.error
        recorded.append(closed_as(order, verdict))
    return Closed(recorded=tuple(recorded), refused=tuple(refused))
