"""Snapshots and prices for people and for programs."""

from __future__ import annotations

import json

from tabulate import tabulate

from rebalancer_cli.screen.console import console_text
from rebalancer_cli.screen.figures import price, quantity
from rebalancer_core.messages import counted
from rebalancer_core.reporting.cells import instant_text
from rebalancer_core.values.account import AccountSnapshot, Quote, Snapshot, Unpriced
from rebalancer_core.values.money import plain

_SCHEMA = 1


def render_snapshot(saved: Snapshot) -> str:
    """Each account with its cash and positions, then the prices."""
    blocks = [f"As of {instant_text(saved.as_of)}"]
    for account in saved.accounts:
        cash = [
            (f"cash {console_text(b.currency)}", "", f"{b.amount:,.2f}", "") for b in account.cash
        ]
        held = [
            (
                console_text(p.symbol),
                console_text(f"{p.security_type} {p.currency}"),
                quantity(p.quantity),
                str(p.con_id),
            )
            for p in account.positions
        ]
        head = f"{account.account_id} (base {account.base_currency})"
        orders = _orders(account)
        rows = tabulate(
            [*held, *cash],
            headers=("Symbol", "Kind", "Quantity", "Contract"),
            colalign=("left", "left", "right", "right"),
            disable_numparse=True,
        )
        blocks.append(f"{head}\n{rows}{orders}")
    blocks.append(render_prices(saved.quotes))
    return "\n\n".join(blocks) + "\n"


def _orders(account: AccountSnapshot) -> str:
    if not account.open_orders_visible:
        return "\nopen orders are not visible: Read-Only API is on"
    return f"\n{counted(len(account.open_orders), 'open order')}" if account.open_orders else ""


def render_prices(quotes: tuple[Quote | Unpriced, ...]) -> str:
    """One line a symbol: price, kind, its time, and what speaks against trading on it."""
    return tabulate(
        [_price_cells(entry) for entry in quotes],
        headers=("Symbol", "Price", "Kind", "As of", "Note"),
        colalign=("left", "right", "left", "left", "left"),
        disable_numparse=True,
    )


def prices_json(quotes: tuple[Quote | Unpriced, ...]) -> str:
    """The same as one JSON object; numbers are decimal text, an absent price is null."""
    return json.dumps({"schema": _SCHEMA, "quotes": [_price_object(q) for q in quotes]}, indent=2)


def _price_cells(entry: Quote | Unpriced) -> tuple[str, ...]:
    if isinstance(entry, Unpriced):
        return console_text(entry.symbol), "-", "-", "-", console_text(entry.detail)
    return (
        console_text(entry.symbol),
        price(entry.price),
        entry.kind.value,
        instant_text(entry.as_of),
        console_text(_remark(entry)),
    )


def _remark(entry: Quote) -> str:
    block = entry.block.value if entry.block else ""
    return "; ".join(text for text in (block, entry.note) if text)


def _price_object(entry: Quote | Unpriced) -> dict[str, str | int | bool | None]:
    if isinstance(entry, Unpriced):
        return {
            "symbol": entry.symbol,
            "con_id": entry.con_id,
            "price": None,
            "note": entry.detail,
        }
    return {
        "symbol": entry.symbol,
        "con_id": entry.con_id,
        "price": plain(entry.price),
        "kind": entry.kind.value,
        "as_of": instant_text(entry.as_of),
        "delayed": entry.delayed,
        "note": _remark(entry),
    }
