"""The settings that are in effect with their origins, and what to know of them.

What words a caution is loaded where there is one.
"""

from __future__ import annotations

from collections.abc import Iterable

from rebalancer_cli.screen.simple_table import simple_table
from rebalancer_core.values.policy import TradingHours
from rebalancer_core.values.settings import AccountSettings

_HEADERS = ("Account", "Setting", "Value", "Origin")
_ALL = "(all)"

Values = Iterable[tuple[str, str, str, str]]


def render_effective(values: Values) -> str:
    """A row a value: its account (empty: all), its name, the value itself, where it comes from."""
    rows = [(scope or _ALL, *rest) for scope, *rest in values]
    return simple_table(_HEADERS, "llll", rows)


def effective_objects(values: Values) -> list[dict[str, str | None]]:
    """The same for programs; the account is null for a value of the whole run."""
    return [
        {"account_id": scope or None, "setting": name, "value": value, "origin": origin}
        for scope, name, value, origin in values
    ]


def extended_hours(accounts: Iterable[AccountSettings]) -> tuple[str, ...]:
    """What the owner of accounts with `trading_hours = eth` should know before a run says it."""
    extended = tuple(a for a in accounts if a.rebalance.trading_hours is TradingHours.ETH)
    if not extended:
        return ()
    from rebalancer_core.planning.caution_facts import ExtendedHours
    from rebalancer_core.planning.notes import explain_caution

    ids = ", ".join(account.account_id for account in extended)
    return (f"{ids}: {explain_caution(ExtendedHours())}",)
