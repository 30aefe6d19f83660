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
from rebalancer_core.messages import explain, of_order
from rebalancer_core.messages.resolving import closed_as, kept_open, not_closed
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


@frozen(kw_only=True)
class _Tried:
    """What one client id came to, in sentences; a fault kept the orders that are `left` open."""

    recorded: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    left: tuple[JournaledOrder, ...] = ()
    fault: BrokerFault | JournalFault | None = None


async def close_silent(
    world: World,
    sessions: SessionPort,
    journal: JournalPort,
    orders: tuple[JournaledOrder, ...],
    verdict: Resolution,
) -> Closed | BrokerFault | JournalFault:
    """Close these silent orders of one account, each under the client id that placed it.

    One client id out of reach keeps no other back. A fault alone where nothing came of any order.
    """
    tried: list[_Tried] = []
    for client_id in {order.intent.client_id: order for order in orders}:
        own = tuple(order for order in orders if order.intent.client_id == client_id)
        work = partial(_tried, orders=own, verdict=verdict)
        answer = await reconnected(world, sessions, journal, work, client_id=client_id)
        if isinstance(answer, Failed):
            answer = _Tried(left=own, fault=answer.error)
        tried.append(answer)
    recorded = tuple(line for each in tried for line in each.recorded)
    refused = tuple(line for each in tried for line in each.refused)
    faults = tuple(each.fault for each in tried if each.fault is not None)
    if faults and not recorded and not refused:
        return faults[0]
    kept = (kept_open(order, each.fault) for each in tried if each.fault for order in each.left)
    return Closed(recorded=recorded, refused=(*refused, *kept))


async def _tried(
    reconciliation: Reconciliation, orders: tuple[JournaledOrder, ...], verdict: Resolution
) -> _Tried:
    account_id = orders[0].intent.ticket.account_id
    findings = await reconciliation.look_after_cancel(account_id, orders)
    if not isinstance(findings, tuple):
        return _Tried(refused=tuple(of_order(order, explain(findings)) for order in orders))
    recorded: list[str] = []
    refused: list[str] = []
    for number, (order, found) in enumerate(zip(orders, findings, strict=True)):
        if not isinstance(found, Silent):
            refused.append(not_closed(order, found))
            continue
        word = said(order.order_ref, verdict)
        noted = unwrap_or_failed(reconciliation.journal.note(word, reconciliation.clock.now()))
        if isinstance(noted, Failed):
            return _Tried(
                recorded=tuple(recorded),
                refused=tuple(refused),
                left=orders[number:],
                fault=noted.error,
            )
        recorded.append(closed_as(order, verdict))
    return _Tried(recorded=tuple(recorded), refused=tuple(refused))
