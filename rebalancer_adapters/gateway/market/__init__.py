"""The simulated market: what trades, at which price, when, and who holds it at the start."""

from rebalancer_adapters.gateway.market.accounts import AccountSetup, HoldingSetup
from rebalancer_adapters.gateway.market.files import MarketFileError, load_market
from rebalancer_adapters.gateway.market.hours import Hours, Session
from rebalancer_adapters.gateway.market.instruments import Instrument
from rebalancer_adapters.gateway.market.market import Market, Practices
from rebalancer_adapters.gateway.market.quotes import DataLine, Quote
from rebalancer_adapters.gateway.market.snapshot_files import (
    SnapshotMarket,
    market_from_snapshot,
)

__all__ = [
    "AccountSetup",
    "DataLine",
    "HoldingSetup",
    "Hours",
    "Instrument",
    "Market",
    "MarketFileError",
    "Practices",
    "Quote",
    "Session",
    "SnapshotMarket",
    "load_market",
    "market_from_snapshot",
]
