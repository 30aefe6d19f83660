"""What is done about orders of earlier runs: by a run before it plans, and by a person."""

from __future__ import annotations

from rebalancer_core.application.reconcile import Reconciliation
from rebalancer_core.application.reconciled import Reconciled
from rebalancer_core.orders.events import OrderRef, Resolution, Resolved
from rebalancer_core.reconcile.declarations import said
from rebalancer_core.reconcile.findings import Silent
from rebalancer_core.reconcile.journal_model import JournaledOrder
from rebalancer_core.values.money import ZERO
from tests.stateful.broker import Broker
from tests.stateful.desk import connect
from tests.stateful.journal import StoryJournal
from tests.stateful.ports import RecoveryPorts, StoryClock, answer_to
from tests.support.plan_factory import ACCOUNT


def recovered(broker: Broker, journal: StoryJournal, client_id: int, *, cancel: bool) -> Reconciled:
    """What a run does first, over a session of its own."""
    recovery = _recovery(broker, journal, client_id, cancel=cancel)
    found = answer_to(recovery.reconcile(ACCOUNT, journal.past()))
    broker.disconnect(99)
    return found


def close_silent(broker: Broker, journal: StoryJournal, verdict: Resolution) -> None:
    """`resolve` for those orders of which the person can say this, and nothing else is true."""
    for order in journal.orders():
        if not order.is_silent or not _is_true(broker, order, verdict):
            continue
        recovery = _recovery(broker, journal, order.intent.client_id, cancel=False)
        found = answer_to(recovery.look_after_cancel(ACCOUNT, (order,)))
        broker.disconnect(99)
        if found == (Silent(order_ref=order.order_ref),):
            journal.note(said(order.order_ref, verdict), broker.now())


def close_by_hand(broker: Broker, journal: StoryJournal) -> set[OrderRef]:
    """A person looks at the account, and records what the broker's book says of what is open."""
    still_open = [order for order in journal.orders() if not order.is_finished]
    for order in still_open:
        known = broker.book.get(order.order_ref)
        filled = max(known.filled if known is not None else ZERO, order.state.executed)
        is_whole = filled >= order.intent.ticket.quantity
        resolved = Resolved(
            order_ref=order.order_ref,
            verdict=Resolution.FILLED if is_whole else Resolution.CANCELLED,
            filled=filled,
            reason="looked at the account",
            by_human=True,
        )
        journal.note(resolved, broker.now())
    return {order.order_ref for order in still_open}


def _is_true(broker: Broker, order: JournaledOrder, verdict: Resolution) -> bool:
    if verdict is Resolution.DECLINED:
        return order.order_ref in broker.declined
    return broker.restarts > broker.sent_after.get(order.order_ref, -1)


def _recovery(
    broker: Broker, journal: StoryJournal, client_id: int, *, cancel: bool
) -> Reconciliation:
    ports = RecoveryPorts(broker, connect(broker, client_id))
    return Reconciliation(
        broker=ports,
        desk=ports,
        journal=journal,
        client_id=client_id,
        clock=StoryClock(broker),
        second_look_seconds=10,
        cancel_working=cancel,
    )
