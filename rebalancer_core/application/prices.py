"""The prices that a run would use, of every symbol that has one."""

from __future__ import annotations

from attrs import frozen

from rebalancer_core.application.read_market import MarketReader
from rebalancer_core.application.target_listings import target_listings
from rebalancer_core.application.types import Market, UnknownTargets
from rebalancer_core.values.account import Quote, Unpriced
from rebalancer_core.values.faults import BrokerFault
from rebalancer_core.values.instruments import Listing, Symbol, Unlisted
from rebalancer_core.values.results import Failed


@frozen(kw_only=True)
class Prices:
    """The listed symbols with their prices or why there is none, and those that are not listed."""

    quotes: tuple[Quote | Unpriced, ...] = ()
    unlisted: tuple[Unlisted, ...] = ()


async def read_prices(
    market: MarketReader, symbols: tuple[Symbol, ...]
) -> Prices | Failed[BrokerFault]:
    """One price a symbol; a symbol that names no listing hides none of the others."""
    listed = await target_listings(market.broker, symbols, market.contracts)
    if isinstance(listed, Failed):
        return listed
    unlisted = tuple(entry for entry in listed if isinstance(entry, Unlisted))
    known = tuple(entry.symbol for entry in listed if isinstance(entry, Listing))
    if not known:
        return Prices(unlisted=unlisted)
    read = await market.read(known, ())
    match read:
        case Market():
            return Prices(quotes=read.quotes, unlisted=unlisted)
        case UnknownTargets():
            return Prices(unlisted=(*unlisted, *read.symbols))
        case Failed():
            return read
