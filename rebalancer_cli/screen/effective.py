"""The settings that are in effect, as a table with their origins."""

from __future__ import annotations

from collections.abc import Iterable

from tabulate import tabulate

_HEADERS = ("Account", "Setting", "Value", "Origin")
_ALL = "(all)"


def render_effective(values: Iterable[tuple[str, str, str, str]]) -> str:
    """A row a value: its account (empty: all), its name, the value itself, where it comes from."""
    rows = [(scope or _ALL, *rest) for scope, *rest in values]
    return tabulate(rows, headers=_HEADERS, tablefmt="simple", disable_numparse=True)
