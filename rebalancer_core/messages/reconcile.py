"""What recovery found of an order, and what to do about it."""

from __future__ import annotations

from rebalancer_core.messages.orders import explain_order_contradiction
from rebalancer_core.orders.events import Resolved
from rebalancer_core.reconcile.findings import (
    Conflict,
    Contradicted,
    Contradiction,
    Finding,
    LooksDisagreed,
    Missing,
    NoLongerListed,
    OtherClient,
    PositionDiffers,
    PositionUnexplained,
    Silent,
    StillWorking,
    Undecided,
)
from rebalancer_core.reconcile.late_corrections import Figures, OutcomeChanged
from rebalancer_core.values.first_connection import FirstConnection
from rebalancer_core.values.money import plain, usd


def told(found: Finding) -> str:
    """The finding, and what to do about it where it settles nothing."""
    match found:
        case Resolved(verdict=verdict, filled=filled, reason=reason):
            return f"{verdict.words}, {plain(filled)} shares: {reason}"
        case StillWorking():
            return "still working at the broker -> wait, or `rebalance recover --cancel`"
        case Silent(order_ref=ref):
            return (
                "unknown: never acknowledged -> look for a dialog in the gateway's window: answer"
                f" it No, or restart the gateway; then `rebalance resolve {ref} --filled 0`;"
                f" {FirstConnection.PRECAUTIONS.place}"
            )
        case Undecided(why=why):
            fix = "`rebalance recover` again, or `rebalance resolve`"
            return f"unknown: {explain_missing(why)} -> {fix}"
        case Conflict(why=why):
            fix = "look at the account, then `rebalance resolve`"
            return f"conflict: {explain_contradiction(why)} -> {fix}"


def explain_missing(why: Missing) -> str:
    """What a verdict wants that is not there.

    >>> explain_missing(OtherClient(placed_by=7, asked_by=8))
    'it belongs to client id 7, this session has 8'
    """
    match why:
        case LooksDisagreed():
            return "two consecutive queries to the broker disagreed"
        case NoLongerListed():
            return "the broker acknowledged it earlier but no longer lists it"
        case OtherClient(placed_by=placed_by, asked_by=asked_by):
            return f"it belongs to client id {placed_by}, this session has {asked_by}"


def explain_contradiction(why: Contradiction) -> str:
    """What does not fit together."""
    match why:
        case Contradicted(why=broken):
            return explain_order_contradiction(broken)
        case PositionDiffers(filled=filled, moved=moved):
            return (
                f"{plain(filled)} shares are proven filled, but the position moved by"
                f" {plain(moved)}"
            )
        case PositionUnexplained(moved=moved, quantity=quantity):
            return f"the position moved by {plain(moved)} of {plain(quantity)} shares"


def explain_change(change: OutcomeChanged) -> str:
    """What was reported of an order, and what is true of it."""
    conflict = change.conflict
    why = "" if conflict is None else f": {explain_order_contradiction(conflict)}"
    return f"was {_figures(change.was)}; is {_figures(change.is_now)}{why}"


def _figures(told: Figures) -> str:
    words = f"{told.status.value}, {plain(told.filled)} shares"
    if told.average_price is not None:
        words = f"{words} at {usd(told.average_price, 4)}"
    if told.commission_usd is not None:
        words = f"{words}, commission {usd(told.commission_usd, 2)}"
    return words
