"""The listings of target symbols: by the contract that settings.ini names, else by the symbol."""

from __future__ import annotations

from attrs import evolve

from rebalancer_core.market.identity import is_same_symbol
from rebalancer_core.messages.unlisted import in_the_snapshot
from rebalancer_core.ports import BrokerPort
from rebalancer_core.values.account import Quote, Unpriced
from rebalancer_core.values.faults import BrokerFault
from rebalancer_core.values.instruments import Listing, Symbol, Unlisted, UnlistedWhy
from rebalancer_core.values.results import Failed, unwrap_or_failed
from rebalancer_core.values.symbol_rules import NamedContract


async def target_listings(
    broker: BrokerPort, symbols: tuple[Symbol, ...], contracts: tuple[NamedContract, ...]
) -> tuple[Listing | Unlisted, ...] | Failed[BrokerFault]:
    """One entry a symbol, in the order asked.

    A contract that is not a USD stock or ETF of that symbol makes it unlisted.
    """
    named = {each.symbol: each for each in contracts if each.symbol in symbols}
    others = tuple(symbol for symbol in symbols if symbol not in named)
    listed = unwrap_or_failed(await broker.listings(others))
    if isinstance(listed, Failed):
        return listed
    found = dict(zip(others, listed, strict=True))
    if named:
        con_ids = tuple(each.con_id for each in named.values())
        of_contracts = unwrap_or_failed(await broker.listings_of(con_ids))
        if isinstance(of_contracts, Failed):
            return of_contracts
        for contract, entry in zip(named.values(), of_contracts, strict=True):
            found[contract.symbol] = _as_named(contract, entry)
    return tuple(found[symbol] for symbol in symbols)


def other_contracts(
    quotes: tuple[Quote | Unpriced, ...], contracts: tuple[NamedContract, ...]
) -> tuple[Unlisted, ...]:
    """The symbols that saved quotes give another contract than settings.ini."""
    quoted = {(quote.symbol, quote.con_id) for quote in quotes}
    symbols = {symbol for symbol, _ in quoted}
    return tuple(
        _other(each, in_the_snapshot(con_id))
        for each in contracts
        if each.symbol in symbols and (each.symbol, each.con_id) not in quoted
        for con_id in sorted(con_id for symbol, con_id in quoted if symbol == each.symbol)[:1]
    )


def _as_named(contract: NamedContract, entry: Listing | Unlisted) -> Listing | Unlisted:
    if isinstance(entry, Unlisted):
        why = "; ".join((entry.why.value, *entry.candidates[:1]))
        return _other(contract, why)
    if not is_same_symbol(entry.symbol, contract.symbol):
        return _other(contract, entry.symbol)
    return evolve(entry, symbol=contract.symbol)


def _other(contract: NamedContract, what: str) -> Unlisted:
    return Unlisted(
        symbol=contract.symbol,
        why=UnlistedWhy.OTHER_CONTRACT,
        candidates=(what,),
        place=contract.place,
    )
