"""Which quote belongs to which holding: by contract id, and never by a guess."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from attrs import frozen
from returns.result import Failure, Result, Success

from rebalancer_core.values.account import AccountSnapshot, Position, Quote, Unpriced
from rebalancer_core.values.faults import (
    AccountFault,
    AmbiguousHolding,
    ShortPosition,
    UnpricedHolding,
)
from rebalancer_core.values.instruments import AccountId, ConId, Symbol, is_managed
from rebalancer_core.values.money import ZERO, plain


@frozen(kw_only=True)
class QuoteBook:
    """The prices of the run, found by contract and by symbol."""

    by_contract: dict[ConId, Quote | Unpriced]
    by_symbol: dict[Symbol, Quote | Unpriced]
    doubled: frozenset[Symbol]


Quotes: TypeAlias = tuple[Quote | Unpriced, ...] | QuoteBook


def quote_book(quotes: Quotes) -> QuoteBook:
    """The quotes, indexed; a symbol or contract with two different ones is `doubled`.

    What is indexed already is returned as it is: many accounts can share one index.
    """
    if isinstance(quotes, QuoteBook):
        return quotes
    usable = tuple(
        [q if isinstance(q, Unpriced) or q.price > ZERO else _unusable(q) for q in quotes]
    )
    by_contract = {quote.con_id: quote for quote in reversed(usable)}
    by_symbol = {quote.symbol: quote for quote in reversed(usable)}
    once = len(by_contract) == len(by_symbol) == len(usable)
    return QuoteBook(
        by_contract=by_contract,
        by_symbol=by_symbol,
        doubled=frozenset() if once else _doubled(usable, by_contract, by_symbol),
    )


def is_same_symbol(one: Symbol, other: Symbol) -> bool:
    """Whether two spellings name one symbol: share classes come after a blank, a dot or a dash.

    >>> is_same_symbol(Symbol("BRK.B"), Symbol("BRK B")), is_same_symbol(Symbol("VTI"), Symbol("V"))
    (True, False)
    """
    spelt = (each.replace(".", " ").replace("-", " ") for each in (one, other))
    return len(set(spelt)) == 1


def held_positions(
    snapshot: AccountSnapshot, book: QuoteBook, listed: Iterable[Symbol]
) -> Result[dict[Symbol, Position], AccountFault]:
    """The account's USD stocks and ETFs by the symbol of their quotes; each has a price.

    Fails where it is short, where a holding has no price (R 3.4.18), or where it is not certain
    which contract a held or listed symbol means (R 3.2.7, positions are keyed by contract id).
    """
    held: dict[Symbol, Position] = {}
    managed = [p for p in snapshot.positions if is_managed(p.security_type, p.currency)]
    unsure = bool(book.doubled)
    for position in managed:
        quote = book.by_contract.get(position.con_id)
        if position.quantity > ZERO and isinstance(quote, Quote) and quote.symbol not in held:
            held[quote.symbol] = position
        elif position.quantity:
            unsure = True
    fault = _fault(snapshot.account_id, managed, book, listed) if unsure else None
    return Success(held) if fault is None else Failure(fault)


def left_out(snapshot: AccountSnapshot) -> tuple[Position, ...]:
    """Positions that are no USD stock or ETF (R 3.2.2), sorted by symbol and contract."""
    others = (
        p for p in snapshot.positions if p.quantity and not is_managed(p.security_type, p.currency)
    )
    return tuple(sorted(others, key=_by_contract))


def _fault(
    account_id: AccountId, managed: list[Position], book: QuoteBook, listed: Iterable[Symbol]
) -> AccountFault | None:
    """The first thing that is wrong with these positions, by symbol and contract."""
    managed = sorted([p for p in managed if p.quantity], key=_by_contract)
    for position in managed:
        if position.quantity < ZERO:
            return ShortPosition(
                account_id=account_id, symbol=position.symbol, quantity=position.quantity
            )
    for symbol in sorted(book.doubled.intersection((*listed, *(p.symbol for p in managed)))):
        return _ambiguous(account_id, symbol, "two different quotes came for it")
    first: dict[Symbol, ConId] = {}
    for position in managed:
        quote = book.by_contract.get(position.con_id)
        if not isinstance(quote, Quote):
            return _unquoted(account_id, position, quote, book)
        if quote.symbol in first:
            other = first[quote.symbol]
            detail = f"the account holds it twice, as contracts {other} and {position.con_id}"
            return _ambiguous(account_id, quote.symbol, detail)
        first[quote.symbol] = position.con_id
    return None


def _doubled(
    usable: tuple[Quote | Unpriced, ...],
    by_contract: dict[ConId, Quote | Unpriced],
    by_symbol: dict[Symbol, Quote | Unpriced],
) -> frozenset[Symbol]:
    return frozenset(
        symbol
        for quote in usable
        for known in (by_contract[quote.con_id], by_symbol[quote.symbol])
        if known != quote
        for symbol in (known.symbol, quote.symbol)
    )


def _unusable(quote: Quote) -> Unpriced:
    detail = f"invalid price {plain(quote.price)}"
    return Unpriced(con_id=quote.con_id, symbol=quote.symbol, detail=detail)


def _by_contract(position: Position) -> tuple[Symbol, ConId]:
    return position.symbol, position.con_id


def _unquoted(
    account_id: AccountId, position: Position, quote: Unpriced | None, book: QuoteBook
) -> AccountFault:
    namesake = book.by_symbol.get(position.symbol)
    if quote is None and namesake is not None:
        detail = f"the account holds contract {position.con_id}, the listing is {namesake.con_id}"
        return _ambiguous(account_id, position.symbol, detail)
    detail = quote.detail if quote is not None else "no quote received"
    return UnpricedHolding(account_id=account_id, symbol=position.symbol, detail=detail)


def _ambiguous(account_id: AccountId, symbol: Symbol, detail: str) -> AmbiguousHolding:
    return AmbiguousHolding(account_id=account_id, symbol=symbol, detail=detail)
