"""An order and what recovery found of it, in words for people."""

from __future__ import annotations

from rebalancer_core.orders.events import Settled
from rebalancer_core.reconcile.findings import Conflict, Finding, Silent, StillWorking, Undecided
from rebalancer_core.reconcile.journal_model import JournaledOrder
from rebalancer_core.values.money import plain


def named(order: JournaledOrder) -> str:
    """The order for people: its reference and what it was to do."""
    ticket = order.intent.ticket
    return f"{ticket.order_ref} ({ticket.side.value} {plain(ticket.quantity)} {ticket.symbol})"


def received_after_all(order: JournaledOrder) -> str:
    """The alarm about an order that a person declared not received, and that the broker has."""
    return f"{named(order)} was declared not received, but the broker has it"


def told(found: Finding) -> str:
    """The finding, and what to do about it where it settles nothing."""
    match found:
        case Settled(verdict=verdict, filled=filled, reason=reason):
            return f"{verdict.words}, {plain(filled)} shares: {reason}"
        case StillWorking():
            return "still working at the broker -> wait, or `rebalance recover --cancel`"
        case Silent(order_ref=ref):
            return (
                "unknown: never acknowledged -> look for a dialog in the gateway's window: answer"
                f" it No, or restart the gateway; then `rebalance resolve {ref} --filled 0`"
            )
        case Undecided(why=why):
            return f"unknown: {why} -> `rebalance recover` again, or `rebalance resolve`"
        case Conflict(why=why):
            return f"conflict: {why} -> look at the account, then `rebalance resolve`"
