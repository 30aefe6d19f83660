"""The settings that are in effect, as a table with their origins, and what to know of them."""

from __future__ import annotations

from collections.abc import Iterable

from tabulate import tabulate

from rebalancer_core.planning.note_facts import ExtendedHours
from rebalancer_core.planning.notes import explain_caution
from rebalancer_core.values.instruments import AccountId

_HEADERS = ("Account", "Setting", "Value", "Origin")
_ALL = "(all)"


def render_effective(values: Iterable[tuple[str, str, str, str]]) -> str:
    """A row a value: its account (empty: all), its name, the value itself, where it comes from."""
    rows = [(scope or _ALL, *rest) for scope, *rest in values]
    return tabulate(rows, headers=_HEADERS, tablefmt="simple", disable_numparse=True)


def extended_hours(account_ids: Iterable[AccountId]) -> str:
    """What the owner of accounts with `trading_hours = eth` should know before a run says it."""
    return f"warning: {', '.join(account_ids)}: {explain_caution(ExtendedHours())}"
