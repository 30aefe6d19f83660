"""The broker in memory, to read: complete at once, never silent."""

from __future__ import annotations

from datetime import datetime

from returns.result import Failure, Result, Success

from rebalancer_adapters.memory.books import MemoryBooks
from rebalancer_core.ports import Freshness
from rebalancer_core.values.account import AccountSnapshot, DataType, Mark, MarketObservation
from rebalancer_core.values.faults import AccountFault, BrokerFault, UnknownAccount
from rebalancer_core.values.instruments import (
    AccountId,
    ConId,
    Listing,
    Symbol,
    Unlisted,
    UnlistedWhy,
)
from rebalancer_core.values.policy import PricingPolicy


class MemoryBroker:
    """The read port over books in memory."""

    def __init__(self, books: MemoryBooks) -> None:
        self._books = books
        self._known = {entry.symbol: entry for entry in books.world.listings}
        self._by_con_id = {
            entry.con_id: entry for entry in books.world.listings if isinstance(entry, Listing)
        }

    async def server_time(
        self,
        fresh: Freshness = Freshness.ASKED,  # noqa: ARG002 - its clock is at hand
    ) -> Result[datetime, BrokerFault]:
        return Success(self._books.now())

    async def managed_accounts(self) -> Result[tuple[AccountId, ...], BrokerFault]:
        return Success(self._books.account_ids)

    async def listings(
        self, symbols: tuple[Symbol, ...]
    ) -> Result[tuple[Listing | Unlisted, ...], BrokerFault]:
        return Success(tuple(self._listing(symbol) for symbol in symbols))

    async def listings_of(
        self, con_ids: tuple[ConId, ...]
    ) -> Result[tuple[Listing | Unlisted, ...], BrokerFault]:
        return Success(tuple(self._listing_of(con_id) for con_id in con_ids))

    async def observations(
        self, listings: tuple[Listing, ...], pricing: PricingPolicy
    ) -> Result[tuple[MarketObservation, ...], BrokerFault]:
        self._books.asked_prices.extend(dict.fromkeys(listing.con_id for listing in listings))
        return Success(tuple(self._observed(listing, pricing) for listing in listings))

    async def marks(self, account_id: AccountId) -> tuple[Mark, ...]:
        return self._books.marks(account_id)

    async def snapshot(
        self, account_id: AccountId, fresh: Freshness = Freshness.ASKED
    ) -> Result[AccountSnapshot, BrokerFault | AccountFault]:
        snapshot = self._books.read(account_id, fresh)
        if snapshot is None:
            return Failure(UnknownAccount(account_id=account_id, known=self._books.account_ids))
        return Success(snapshot)

    def _observed(self, listing: Listing, pricing: PricingPolicy) -> MarketObservation:
        """Delayed prices go to those alone who asked for them, as at the broker."""
        seen = self._books.observation(listing)
        if seen.data_type is DataType.DELAYED and not pricing.allow_delayed:
            return MarketObservation(
                con_id=seen.con_id,
                symbol=seen.symbol,
                observed_at=seen.observed_at,
                error_code=10168,
                error_text="Requested market data is not subscribed.",
            )
        return seen

    def _listing(self, symbol: Symbol) -> Listing | Unlisted:
        if symbol not in self._books.asked_symbols:
            self._books.asked_symbols.append(symbol)
        unknown = Unlisted(symbol=symbol, why=UnlistedWhy.UNKNOWN)
        return self._known.get(symbol, unknown)

    def _listing_of(self, con_id: ConId) -> Listing | Unlisted:
        unknown = Unlisted(symbol=Symbol(str(con_id)), why=UnlistedWhy.UNKNOWN)
        return self._by_con_id.get(con_id, unknown)
