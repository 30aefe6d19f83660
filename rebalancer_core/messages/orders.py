"""Orders for people: which one it is, and what a person has to know of it at once."""

from __future__ import annotations

from rebalancer_core.orders.broker_codes import Fix, fix_of
from rebalancer_core.orders.events import OwnAction
from rebalancer_core.orders.order_state import (
    AfterAll,
    BrokerNotice,
    EndOverruled,
    ExecutionCorrected,
    OrderContradiction,
    OrderNote,
    OrderState,
    OtherAccount,
    OtherTrade,
    Overfilled,
    Phase,
    ResolvedAs,
    SharesTakenBack,
    UnheardCorrected,
)
from rebalancer_core.reconcile.journal_model import JournaledOrder
from rebalancer_core.values.first_connection import FirstConnection
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


def explain_error(state: OrderState) -> str:
    """What the broker said against the order, and what the user can do about it, or nothing."""
    if state.phase is Phase.FILLED or state.error is None:
        return ""
    fix = fix_of(state.reject_code)
    helps = "" if fix is None else f" -> {explain_fix(fix)}"
    return f"{explain_notice(state.error)}{helps}"


def explain_notice(notice: BrokerNotice) -> str:
    """The broker's code and text.

    >>> explain_notice(BrokerNotice(code=201, text="Order rejected"))
    '201: Order rejected'
    """
    return f"{notice.code}: {notice.text}"


def explain_fix(fix: Fix) -> str:
    """What a user can do about a refused order."""
    match fix:
        case Fix.REQUEST_PERMISSION:
            return (
                "request the permission in IBKR's Client Portal, or name another fund in"
                f" portfolios.csv; {FirstConnection.PERMISSIONS.place}"
            )
        case Fix.RAISE_PRESET_LIMIT:
            return (
                "raise the limit in Global Configuration > Presets > Stocks, or tick Bypass Order"
                " Precautions for API Orders in Global Configuration > API > Precautions;"
                f" {FirstConnection.PRECAUTIONS.place}"
            )
        case Fix.WHOLE_SHARES:
            return "IBKR's API takes whole shares of US ETFs only: set allow_fractional = false"


def explain_note(note: OrderNote) -> str:
    """What there is to say of an order beside its figures."""
    match note:
        case BrokerNotice():
            return explain_notice(note)
        case OwnAction():
            return note.words
        case ResolvedAs(verdict=verdict, reason=reason):
            return f"{verdict.words}: {reason}"
        case ExecutionCorrected(execution=execution):
            return f"execution {execution} was corrected by the broker"
        case EndOverruled():
            return _explain_overruled(note)
        case _:
            return explain_order_contradiction(note)


def _explain_overruled(note: EndOverruled) -> str:
    match note.by:
        case AfterAll.RECEIVED:
            return f"the broker has it, but was {note.was.words}"
        case AfterAll.EXECUTED_IN_PART:
            return f"executed in part, but was {note.was.words}"
        case AfterAll.FILLED:
            return f"filled although it was {note.was.words} before"


def explain_order_contradiction(why: OrderContradiction) -> str:
    """How the broker's facts contradict the ticket or each other.

    >>> explain_order_contradiction(Overfilled())
    'filled quantity exceeds the order quantity'
    """
    match why:
        case OtherAccount(account_id=account_id):
            return f"the broker names account {account_id} for it"
        case OtherTrade():
            return "an execution names another contract or side"
        case SharesTakenBack():
            return "a correction reduced the filled quantity"
        case UnheardCorrected():
            return "the broker corrected an execution it had never reported"
        case Overfilled():
            return "filled quantity exceeds the order quantity"
