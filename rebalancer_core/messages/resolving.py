"""What `resolve` asks and says: a person's word on orders that the broker cannot confirm."""

from __future__ import annotations

from rebalancer_core.messages.faults import explain, explain_journal
from rebalancer_core.messages.orders import of_order, ordered
from rebalancer_core.messages.reconcile import told
from rebalancer_core.orders.events import OrderRef, Resolution, Resolved
from rebalancer_core.reconcile.declarations import (
    DECLINED,
    RESTARTED,
    AccountMissing,
    AlreadyClosed,
    NobodyToAsk,
    NoneSilent,
    NotOpen,
    OrderMissing,
    ReasonMissing,
    SharesImpossible,
    SharesMissing,
    VerdictMissing,
    WhyMisdeclared,
)
from rebalancer_core.reconcile.findings import Finding
from rebalancer_core.reconcile.journal_model import JournaledOrder, JournalFault
from rebalancer_core.values.faults import BrokerFault
from rebalancer_core.values.money import plain

_TWO_ANSWERS = f'"{RESTARTED}" or "{DECLINED}"'
TYPE_ORDER_REF = "Type the order reference to confirm []: "
TYPE_VERDICT = f"Type {_TWO_ANSWERS} []: "
DIALOG_MAY_HOLD = (
    "A dialog in the gateway's window may still hold it. Close the dialog with No, or restart"
    " the gateway (its dialogs die with it)."
)
HELD_TODAY = (
    "The same trades are not sent again before the next trading day; after a restart of the"
    f' gateway `rebalance resolve ORDER --filled 0 --reason "{RESTARTED}"` lifts this.'
)


def explain_misdeclared(why: WhyMisdeclared) -> str:
    """Why a person's word cannot be taken down, and what is missing.

    >>> explain_misdeclared(NotOpen(order_ref="r9", open_orders=()))
    'r9 is not an open order; open orders: none'
    """
    match why:
        case NotOpen(order_ref=ref, open_orders=orders):
            return f"{ref} is not an open order; open orders: {', '.join(orders) or 'none'}"
        case SharesImpossible(said=said, proven=proven, at_most=most):
            span = f"a number of shares from {plain(proven)} (proven) to {plain(most)}"
            return f"--filled {said!r}: {span}"
        case NoneSilent(account_id=account_id):
            return f"{account_id} has no order that was never acknowledged"
        case AlreadyClosed(order_ref=ref):
            return f'{ref} is closed; --reason "{RESTARTED}" lifts its hold'
        case _:
            return _explain_missing(why)


def _explain_missing(
    why: OrderMissing
    | SharesMissing
    | ReasonMissing
    | AccountMissing
    | NobodyToAsk
    | VerdictMissing,
) -> str:
    match why:
        case OrderMissing():
            return "Missing argument 'ORDER_REF' (or --account and --all-silent)"
        case SharesMissing():
            return "Missing option '--filled'"
        case ReasonMissing():
            return "Missing option '--reason': say why you are sure"
        case AccountMissing():
            return "--all-silent requires --account and no ORDER_REF"
        case NobodyToAsk():
            return "no terminal to confirm at: use --yes"
        case VerdictMissing():
            return f"never acknowledged: --reason must be {_TWO_ANSWERS}"


def about_to_record(order: JournaledOrder, event: Resolved) -> str:
    """What is known of an order, and what is about to be written down."""
    return (
        f"{ordered(order)}, last known state: {order.state.phase.words};"
        f" you are recording: {plain(event.filled)} filled."
    )


def recorded_as(order: JournaledOrder, event: Resolved) -> str:
    """What was written down of one order, with its shares."""
    words = f"recorded as {event.verdict.words} ({plain(event.filled)} shares), as instructed"
    return f"{order.order_ref}: {words}"


def never_acknowledged(order: JournaledOrder) -> str:
    """Of an order that a dialog may hold."""
    return f"{ordered(order)}: never acknowledged by the gateway"


def cancelling(refs: tuple[OrderRef, ...]) -> str:
    """What is done before silent orders are closed."""
    return f"Cancelling {', '.join(refs)} and asking the broker twice"


def closed_as(order: JournaledOrder, verdict: Resolution) -> str:
    """What was written down of a silent order."""
    return of_order(order, f"recorded as {verdict.words}, as instructed")


def not_closed(order: JournaledOrder, found: Finding) -> str:
    """Why an order is not closed: it is not silent."""
    return of_order(order, f"not closed: {told(found)}")


def kept_open(order: JournaledOrder, fault: BrokerFault | JournalFault) -> str:
    """Why an order is not closed: the broker could not be asked, or nothing be written down."""
    why = explain_journal(fault) if isinstance(fault, JournalFault) else explain(fault)
    return of_order(order, f"not closed: {why}")
