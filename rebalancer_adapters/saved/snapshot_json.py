"""A snapshot as JSON: written and read exactly, or refused with the path of what is wrong."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from returns.result import Failure, Result, Success

from rebalancer_adapters.ground.file_text import FileText, read_text
from rebalancer_adapters.ground.json_values import decimal_text, time_text
from rebalancer_adapters.ground.problems import Problem
from rebalancer_adapters.ground.strict_json import parse_json
from rebalancer_adapters.saved.snapshot_document import (
    COMMAND,
    SCHEMA,
    AccountDocument,
    OrderDocument,
    QuoteDocument,
    SnapshotDocument,
    snapshot_document,
)
from rebalancer_core.values.account import (
    AccountSnapshot,
    CashBalance,
    OpenOrder,
    Position,
    Quote,
    Snapshot,
)
from rebalancer_core.values.instruments import AccountId

_LIMIT = 10_000_000


def load_snapshot(path: Path) -> Result[Snapshot, tuple[Problem, ...]]:
    """The snapshot of a file that `snapshot --json` wrote, or problems."""
    file = read_text(path, limit=_LIMIT)
    if isinstance(file, Problem):
        return Failure((file,))
    return snapshot_from_text(file)


def snapshot_from_text(file: FileText) -> Result[Snapshot, tuple[Problem, ...]]:
    """As `load_snapshot` for a text already read."""
    value = parse_json(file.text, file.name)
    if isinstance(value, Problem):
        return Failure((value,))
    read = snapshot_from_object(value, file.name)
    if isinstance(read, tuple):
        return Failure(read)
    return Success(read)


def snapshot_from_object(value: object, file: str) -> Snapshot | tuple[Problem, ...]:
    """As `load_snapshot` for JSON already parsed; `file` names it in problems."""
    read = snapshot_document(value, file)
    return read if isinstance(read, tuple) else _to_snapshot(read)


def snapshot_to_json(snapshot: Snapshot) -> str:
    """The text of a snapshot file: numbers as decimal text, times in UTC, ids as numbers.

    What has no price has no quote there; bid and ask are written where known. The block and note of
    a quote are this run's and stay out.
    """
    content = snapshot_object(snapshot)
    named = {"schema": content.pop("schema"), "command": COMMAND, **content}
    return json.dumps(named, indent=2) + "\n"


def snapshot_object(snapshot: Snapshot) -> dict[str, object]:
    """The same as the object that the JSON writes."""
    return {
        "schema": SCHEMA,
        "as_of": time_text(snapshot.as_of),
        "accounts": [_account_object(account) for account in snapshot.accounts],
        "quotes": [_quote_object(each) for each in snapshot.quotes if isinstance(each, Quote)],
    }


def _account_object(account: AccountSnapshot) -> dict[str, object]:
    extras: dict[str, object] = {}
    if account.account_type:
        extras["account_type"] = account.account_type
    if account.stock_market_value_usd is not None:
        extras["stock_market_value_usd"] = decimal_text(account.stock_market_value_usd)
    if account.sweep_difference_usd:
        extras["sweep_difference_usd"] = decimal_text(account.sweep_difference_usd)
    rates = {b.currency: decimal_text(b.usd_rate) for b in account.cash if b.usd_rate is not None}
    if rates:
        extras["usd_rates"] = rates
    return {
        "account_id": account.account_id,
        "base_currency": account.base_currency,
        "cash": {each.currency: decimal_text(each.amount) for each in account.cash},
        "positions": [_position_object(each) for each in account.positions],
        "open_orders": [_order_object(each) for each in account.open_orders]
        if account.open_orders_visible
        else None,
        **extras,
    }


def _position_object(position: Position) -> dict[str, object]:
    cost = position.average_cost
    return {
        "symbol": position.symbol,
        "con_id": position.con_id,
        "security_type": position.security_type,
        "currency": position.currency,
        "quantity": decimal_text(position.quantity),
        **({} if cost is None else {"average_cost": decimal_text(cost)}),
    }


def _order_object(order: OpenOrder) -> dict[str, object]:
    return {
        "symbol": order.symbol,
        "con_id": order.con_id,
        "side": order.side,
        "remaining": decimal_text(order.remaining),
        "order_ref": order.order_ref,
        "client_id": order.client_id,
        "order_id": order.order_id,
        "perm_id": order.perm_id,
    }


def _quote_object(quote: Quote) -> dict[str, object]:
    return {
        "symbol": quote.symbol,
        "con_id": quote.con_id,
        "price": decimal_text(quote.price),
        "kind": quote.kind.value,
        "as_of": time_text(quote.as_of),
        "delayed": quote.delayed,
        **({} if quote.bid is None else {"bid": decimal_text(quote.bid)}),
        **({} if quote.ask is None else {"ask": decimal_text(quote.ask)}),
    }


def _to_snapshot(read: SnapshotDocument) -> Snapshot:
    return Snapshot(
        as_of=read.as_of,
        accounts=tuple(_to_account(account, read.as_of) for account in read.accounts),
        quotes=tuple(quote for each in read.quotes for quote in _to_quote(each)),
    )


def _to_account(account: AccountDocument, as_of: datetime) -> AccountSnapshot:
    return AccountSnapshot(
        account_id=account.account_id,
        as_of=as_of,
        base_currency=account.base_currency,
        cash=tuple(
            CashBalance(currency=c, amount=amount, usd_rate=account.usd_rates.get(c))
            for c, amount in account.cash.items()
        ),
        positions=account.positions,
        open_orders=tuple(
            _to_order(order, account.account_id) for order in account.open_orders or ()
        ),
        open_orders_visible=account.open_orders is not None,
        account_type=account.account_type,
        stock_market_value_usd=account.stock_market_value_usd,
        sweep_difference_usd=account.sweep_difference_usd,
    )


def _to_order(order: OrderDocument, account_id: AccountId) -> OpenOrder:
    return OpenOrder(
        account_id=account_id,
        con_id=order.con_id,
        symbol=order.symbol,
        side=order.side,
        remaining=order.remaining,
        order_ref=order.order_ref,
        client_id=order.client_id,
        order_id=order.order_id,
        perm_id=order.perm_id,
    )


def _to_quote(quote: QuoteDocument) -> tuple[Quote, ...]:
    if quote.price is None:
        return ()
    return (
        Quote(
            con_id=quote.con_id,
            symbol=quote.symbol,
            price=quote.price,
            kind=quote.kind,
            as_of=quote.as_of,
            delayed=quote.delayed,
            bid=quote.bid,
            ask=quote.ask,
        ),
    )
