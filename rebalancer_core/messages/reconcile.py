"""What recovery found of an order, and what to do about it."""

from __future__ import annotations

from rebalancer_core.orders.events import Resolved
from rebalancer_core.reconcile.findings import Conflict, Finding, Silent, StillWorking, Undecided
from rebalancer_core.values.money import plain


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
                f" it No, or restart the gateway; then `rebalance resolve {ref} --filled 0`"
            )
        case Undecided(why=why):
            return f"unknown: {why} -> `rebalance recover` again, or `rebalance resolve`"
        case Conflict(why=why):
            return f"conflict: {why} -> look at the account, then `rebalance resolve`"
