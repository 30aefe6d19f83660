"""Orders for people: which one it is, and what a person has to know of it at once."""

from __future__ import annotations

from rebalancer_core.reconcile.journal_model import JournaledOrder
from rebalancer_core.values.money import plain


def named(order: JournaledOrder) -> str:
    """The order for people: its reference and what it was to do."""
    ticket = order.intent.ticket
    return f"{ticket.order_ref} ({ticket.side.value} {plain(ticket.quantity)} {ticket.symbol})"


def of_order(order: JournaledOrder, sentence: str) -> str:
    """The sentence, after the order that it is about."""
    return f"{named(order)}: {sentence}"


def ordered(order: JournaledOrder) -> str:
    """The order for people: whose it is, and what it was to do."""
    ticket = order.intent.ticket
    return f"{ticket.account_id}: {ticket.side.value} {plain(ticket.quantity)} {ticket.symbol}"


def received_after_all(order: JournaledOrder) -> str:
    """The alarm about an order that a person declared not received, and that the broker has."""
    return f"{named(order)} was declared not received, but the broker has it"
