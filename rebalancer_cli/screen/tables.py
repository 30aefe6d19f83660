"""Snapshots and prices for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator

from rebalancer_cli.screen.console import console_text
from rebalancer_cli.screen.figures import NOTHING, money, percent, price, quantity
from rebalancer_cli.screen.json_output import json_output
from rebalancer_cli.screen.simple_table import simple_table
from rebalancer_core.messages import counted, explain
from rebalancer_core.messages.unlisted import unlisted_why
from rebalancer_core.reporting.account_worth import AccountWorth
from rebalancer_core.reporting.cells import instant_text
from rebalancer_core.values.account import AccountSnapshot, Quote, Snapshot, Unpriced
from rebalancer_core.values.faults import AccountFault
from rebalancer_core.values.instruments import USD, ConId, Symbol, Unlisted
from rebalancer_core.values.money import plain

# A holding that portfolios.csv does not list has no weight.
_KEPT = "kept"


def render_snapshot(saved: Snapshot, worths: tuple[AccountWorth | AccountFault, ...]) -> str:
    """Each account with its worth, holdings and cash, then the prices.

    `worths` has an entry an account; a fault says why the account has no value.
    """
    accounts = (
        _account(account, worth) for account, worth in zip(saved.accounts, worths, strict=True)
    )
    blocks = (f"As of {instant_text(saved.as_of)}", *accounts, render_prices(saved.quotes))
    return "\n\n".join(blocks) + "\n"


def _account(account: AccountSnapshot, worth: AccountWorth | AccountFault) -> str:
    rows = simple_table(
        ("Symbol", "Kind", "Quantity", "Value $", "Weight %", "Contract"),
        "llrrrr",
        [*_holding_cells(account, worth), *_cash_cells(account, worth)],
    )
    head = f"{account.account_id} (base {account.base_currency})"
    return f"{head}\n{_worth(worth)}\n\n{rows}{_orders(account)}"


def _worth(worth: AccountWorth | AccountFault) -> str:
    if not isinstance(worth, AccountWorth):
        return f"no value: {console_text(explain(worth))}"
    whole, managed = worth.net_liquidation, worth.managed_net_liquidation
    return f"Net liquidation {money(whole, 2)} | Managed net liquidation {money(managed, 2)}"


def _holding_cells(
    account: AccountSnapshot, worth: AccountWorth | AccountFault
) -> Iterator[tuple[str, ...]]:
    holdings = worth.holdings if isinstance(worth, AccountWorth) else ()
    worths = {each.con_id: each for each in holdings}
    for position in account.positions:
        found = worths.get(position.con_id)
        yield (
            console_text(position.symbol),
            console_text(f"{position.security_type} {position.currency}"),
            quantity(position.quantity),
            f"{found.value_usd:,.2f}" if found else NOTHING,
            _KEPT if found and found.weight is None else percent(found.weight if found else None),
            str(position.con_id),
        )


def _cash_cells(
    account: AccountSnapshot, worth: AccountWorth | AccountFault
) -> Iterator[tuple[str, ...]]:
    for balance in account.cash:
        amount, value, weight = f"{balance.amount:,.2f}", NOTHING, None
        if balance.currency == USD and isinstance(worth, AccountWorth):
            value, weight = amount, worth.cash_weight
        yield f"cash {console_text(balance.currency)}", "", amount, value, percent(weight), ""


def _orders(account: AccountSnapshot) -> str:
    if not account.open_orders_visible:
        return "\nopen orders are not visible: Read-Only API is on"
    return f"\n{counted(len(account.open_orders), 'open order')}" if account.open_orders else ""


def render_prices(quotes: tuple[Quote | Unpriced, ...], unlisted: tuple[Unlisted, ...] = ()) -> str:
    """One line a symbol: price, kind, its time, and what speaks against trading on it."""
    return simple_table(
        ("Symbol", "Price", "Kind", "As of", "Note"),
        "lrlll",
        [
            *(_price_cells(entry) for entry in quotes),
            *((console_text(e.symbol), "-", "-", "-", unlisted_why(e)) for e in unlisted),
        ],
    )


def prices_json(quotes: tuple[Quote | Unpriced, ...], unlisted: tuple[Unlisted, ...] = ()) -> str:
    """The same as one JSON object; numbers are decimal text, an absent price is null."""
    rows = [
        *(_price_object(quote) for quote in quotes),
        *(_no_price(entry.symbol, None, unlisted_why(entry)) for entry in unlisted),
    ]
    return json_output("price", {"quotes": rows})


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
        return _no_price(entry.symbol, entry.con_id, entry.detail)
    return {
        "symbol": entry.symbol,
        "con_id": entry.con_id,
        "price": plain(entry.price),
        "kind": entry.kind.value,
        "as_of": instant_text(entry.as_of),
        "delayed": entry.delayed,
        "note": _remark(entry),
    }


def _no_price(symbol: Symbol, con_id: ConId | None, why: str) -> dict[str, str | int | bool | None]:
    return {
        "symbol": symbol,
        "con_id": con_id,
        "price": None,
        "kind": None,
        "as_of": None,
        "delayed": None,
        "note": why,
    }
