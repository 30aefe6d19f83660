"""The shape of a snapshot file, schema 1, and what must hold beyond its shape."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from attrs import field, frozen

from rebalancer_adapters.ground.json_values import MisfitError, parse_text, parse_whole
from rebalancer_adapters.ground.problems import Problem
from rebalancer_adapters.ground.strict_json import lenient_converter, structure
from rebalancer_core.values.account import Position, QuoteKind
from rebalancer_core.values.instruments import ACCOUNT_ID, AccountId, ConId, Symbol
from rebalancer_core.values.money import ZERO

SCHEMA = 1
# Which command wrote the file; one without it is older.
COMMAND = "snapshot"
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_SYMBOL = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,38}[\x21-\x7e])?", re.ASCII)
_SIDES = ("BUY", "SELL")


@frozen(kw_only=True)
class OrderDocument:
    """An open order; its account is the one it stands in."""

    con_id: ConId
    symbol: Symbol
    side: str
    remaining: Decimal
    order_ref: str = ""
    client_id: int = 0
    order_id: int = 0
    perm_id: int = 0


@frozen(kw_only=True)
class AccountDocument:
    """One account; `cash` by currency. `open_orders` is null where they were not visible.

    `usd_rates` is what a unit of foreign cash is in USD, where known.
    """

    account_id: AccountId
    base_currency: str
    cash: dict[str, Decimal]
    positions: tuple[Position, ...]
    open_orders: tuple[OrderDocument, ...] | None
    account_type: str = ""
    stock_market_value_usd: Decimal | None = None
    sweep_difference_usd: Decimal = ZERO
    usd_rates: dict[str, Decimal] = field(factory=dict)


@frozen(kw_only=True)
class QuoteDocument:
    """A price of one symbol, or none."""

    con_id: ConId
    symbol: Symbol
    kind: QuoteKind
    as_of: datetime
    delayed: bool
    price: Decimal | None = None
    bid: Decimal | None = None
    ask: Decimal | None = None


@frozen(kw_only=True)
class SnapshotDocument:
    """The whole file."""

    schema: int
    as_of: datetime
    accounts: tuple[AccountDocument, ...]
    quotes: tuple[QuoteDocument, ...]
    command: str = COMMAND


def snapshot_document(value: object, file: str) -> SnapshotDocument | tuple[Problem, ...]:
    """The document that a JSON value is, or everything wrong with it, each with its path.

    A file of another schema is refused for that alone.
    """
    unknown = tuple(_check_schema(value, file))
    if unknown:
        return unknown
    read: SnapshotDocument | tuple[Problem, ...] = structure(
        _CONVERTER, value, SnapshotDocument, file
    )
    if isinstance(read, tuple):
        return read
    return tuple(_check(read, file)) or read


def _check_schema(value: object, file: str) -> Iterable[Problem]:
    if not isinstance(value, dict) or value.get("schema") == SCHEMA:
        return
    problem = f"{value['schema']} is not known" if "schema" in value else "the key is missing"
    fix = f"this program reads schema {SCHEMA}; is it a snapshot file?"
    yield Problem(place=file, key="schema", problem=problem, fix=fix)


def _check(read: SnapshotDocument, file: str) -> Iterable[Problem]:
    yield from _check_once([each.account_id for each in read.accounts], "accounts[{}]", file)
    for index, account in enumerate(read.accounts):
        yield from _check_account(account, f"accounts[{index}]", file)
    yield from _check_once([each.con_id for each in read.quotes], "quotes[{}]", file)
    for index, quote in enumerate(read.quotes):
        if quote.price is not None and quote.price <= ZERO:
            problem = f"{quote.price} is not a price"
            fix = "more than 0; leave price out where there is none"
            yield Problem(place=file, key=f"quotes[{index}].price", problem=problem, fix=fix)


def _check_account(account: AccountDocument, path: str, file: str) -> Iterable[Problem]:
    currencies = [(f"{path}.base_currency", account.base_currency)]
    currencies += [(f"{path}.cash", each) for each in account.cash]
    for index, position in enumerate(account.positions):
        currencies.append((f"{path}.positions[{index}].currency", position.currency))
    for key, currency in currencies:
        if not _CURRENCY.fullmatch(currency):
            problem, fix = f"{currency!r} is not a currency", "three capitals such as USD"
            yield Problem(place=file, key=key, problem=problem, fix=fix)
    held = [each.con_id for each in account.positions]
    yield from _check_once(held, f"{path}.positions[{{}}]", file)
    for index, order in enumerate(account.open_orders or ()):
        if order.side not in _SIDES:
            key = f"{path}.open_orders[{index}].side"
            problem, fix = f"{order.side!r} is not a side", " / ".join(_SIDES)
            yield Problem(place=file, key=key, problem=problem, fix=fix)


def _check_once(names: Sequence[object], path: str, file: str) -> Iterable[Problem]:
    first: dict[object, int] = {}
    for index, name in enumerate(names):
        if first.setdefault(name, index) != index:
            problem = f"duplicate {name}, first at {path.format(first[name])}"
            yield Problem(
                place=file, key=path.format(index), problem=problem, fix="keep one of them"
            )


def _account_id(value: object, _: object) -> AccountId:
    text = parse_text(value, str)
    if not ACCOUNT_ID.fullmatch(text):
        raise MisfitError(f"{text!r} is not an account id", "letters and digits such as DU111111")
    return AccountId(text)


def _symbol(value: object, _: object) -> Symbol:
    text = parse_text(value, str)
    if not _SYMBOL.fullmatch(text):
        raise MisfitError(f"{text!r} is not a symbol", "at most 40 printable ASCII characters")
    return Symbol(text)


def _con_id(value: object, _: object) -> ConId:
    number = parse_whole(value, int)
    if number <= 0:
        raise MisfitError(f"{number} is not a contract id", "a positive integer")
    return ConId(number)


_CONVERTER = lenient_converter()
for _kind, _parse in ((AccountId, _account_id), (Symbol, _symbol), (ConId, _con_id)):
    _CONVERTER.register_structure_hook(_kind, _parse)
