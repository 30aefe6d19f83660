"""Every sentence for people, each made of the facts that it is about; one module an area.

A name is loaded from its module when it is first asked for: most commands say little.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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

_HOMES = {
    "counting": "counted",
    "faults": "explain explain_fault explain_journal explain_ledger unwritten",
    "orders": "named of_order ordered received_after_all",
    "reconcile": "explain_change told",
    "unlisted": "unlisted_line unlisted_sentence",
}

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """The sentence from its module, from now on an ordinary attribute of this package."""
        for home, names in _HOMES.items():
            if name in names.split():
                value = getattr(import_module(f"{__name__}.{home}"), name)
                globals()[name] = value
                return value
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
