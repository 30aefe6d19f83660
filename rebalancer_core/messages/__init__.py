"""Every sentence for people, each made of the facts that it is about; one module an area."""

from __future__ import annotations

from rebalancer_core.messages.counting import counted
from rebalancer_core.messages.faults import (
    explain,
    explain_fault,
    explain_journal,
    explain_ledger,
    unwritten,
)
from rebalancer_core.messages.orders import named, of_order, ordered, received_after_all
from rebalancer_core.messages.reconcile import explain_change, told
from rebalancer_core.messages.unlisted import unlisted_line, unlisted_sentence

__all__ = [
    "counted",
    "explain",
    "explain_change",
    "explain_fault",
    "explain_journal",
    "explain_ledger",
    "named",
    "of_order",
    "ordered",
    "received_after_all",
    "told",
    "unlisted_line",
    "unlisted_sentence",
    "unwritten",
]
