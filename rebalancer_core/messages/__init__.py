"""Every sentence for people, each made of the facts that it is about; one module an area."""

from __future__ import annotations

from rebalancer_core.messages.counting import counted
from rebalancer_core.messages.faults import (
    explain,
    explain_fault,
    explain_journal,
    explain_ledger,
    unlisted_sentence,
)
from rebalancer_core.messages.orders import named, ordered, received_after_all
from rebalancer_core.messages.reconcile import told

__all__ = [
    "counted",
    "explain",
    "explain_fault",
    "explain_journal",
    "explain_ledger",
    "named",
    "ordered",
    "received_after_all",
    "told",
    "unlisted_sentence",
]
