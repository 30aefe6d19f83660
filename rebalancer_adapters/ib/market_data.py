"""Prices: the stream first, a snapshot where that is not enough, both for a bounded time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

from attrs import evolve

from rebalancer_adapters.ib.address import Patience
from rebalancer_adapters.ib.contracts import to_ib_symbol
from rebalancer_adapters.ib.library import Contract
from rebalancer_adapters.ib.link import Link
from rebalancer_adapters.ib.ticks import Ticks
from rebalancer_core.market.pricing import wants_more
from rebalancer_core.values.account import MarketObservation
from rebalancer_core.values.faults import LinkLost
from rebalancer_core.values.instruments import STOCK, USD, ConId, Listing
from rebalancer_core.values.policy import PricingPolicy

# An account has 100 market data lines at least, TWS's own windows among them (error 101).
_LINES = 50
# Frozen: live while there are live prices, else the last ones, which a closed market has.
_FROZEN, _DELAYED_FROZEN = 2, 4


class MarketData:
    """Observes listings, each distinct contract once a call."""

    def __init__(self, link: Link, patience: Patience, now: Callable[[], datetime]) -> None:
        self._link = link
        self._patience = patience
        self._now = now
        # The kind of data is set for the whole connection.
        self._lock = asyncio.Lock()
        self._fresh: set[ConId] = set()

    async def observe(
        self, listings: tuple[Listing, ...], pricing: PricingPolicy
    ) -> tuple[MarketObservation, ...] | LinkLost:
        """One observation a listing, in the order asked; a refusal is part of the observation.

        Prices that were closed to orders by a broken farm are open to them again once live ticks
        flow for every listing asked.
        """
        distinct = tuple({listing.con_id: listing for listing in listings}.values())
        seen: dict[ConId, MarketObservation] = {}
        async with self._lock:
            self._fresh.clear()
            breaks = self._link.inbox.gates.breaks
            try:
                kind = _DELAYED_FROZEN if pricing.allow_delayed else _FROZEN
                self._link.client.reqMarketDataType(kind)
                for start in range(0, len(distinct), _LINES):
                    for observation in await self._observe(
                        distinct[start : start + _LINES], pricing
                    ):
                        seen[observation.con_id] = observation
            except ConnectionError as error:
                return LinkLost(detail=str(error))
            if seen and self._fresh >= seen.keys():
                self._link.inbox.gates.opened_by_ticks(breaks)
        doubt = self._link.inbox.gates.stale_prices
        return self._link.inbox.lost or tuple(
            evolve(seen[listing.con_id], doubt=doubt) for listing in listings
        )

    async def _observe(
        self, listings: tuple[Listing, ...], pricing: PricingPolicy
    ) -> list[MarketObservation]:
        streamed = await asyncio.gather(*(self._stream(listing) for listing in listings))
        if not pricing.fallback_to_snapshot:
            return streamed
        return await asyncio.gather(
            *(
                self._snapshot(listing, first, pricing)
                for listing, first in zip(listings, streamed, strict=True)
            )
        )

    async def _stream(self, listing: Listing) -> MarketObservation:
        ticks = await self._streamed(listing)
        for pause in self._link.retry.pauses():
            if not ticks.was_dropped:
                break
            await asyncio.sleep(pause)
            ticks = await self._streamed(listing)
        if ticks.is_fresh:
            self._fresh.add(listing.con_id)
        return ticks.observation(listing, self._now())

    async def _streamed(self, listing: Listing) -> Ticks:
        with self._asked(listing, snapshot=False) as ticks:
            await self._sent()
            await ticks.settled(self._patience.stream, self._patience.settle)
            if self._link.inbox.gates.stale_prices:
                await ticks.updated(self._patience.stream)
        return ticks

    async def _snapshot(
        self, listing: Listing, streamed: MarketObservation, pricing: PricingPolicy
    ) -> MarketObservation:
        """A second, separate request where the stream brought too little and was not refused."""
        if streamed.error_code is not None or not wants_more(streamed, pricing):
            return streamed
        with self._asked(listing, snapshot=True) as ticks:
            await self._sent()
            await ticks.ended(self._patience.snapshot)
        taken = ticks.observation(listing, self._now())
        return streamed if wants_more(taken, pricing) else taken

    async def _sent(self) -> None:
        """Patience counts from when nothing is held back: 40 messages a second leave."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._link.drained.wait(), self._link.timeout_seconds)

    @contextmanager
    def _asked(self, listing: Listing, *, snapshot: bool) -> Iterator[Ticks]:
        """A request that is cancelled afterwards, unless the gateway ended it first."""
        client, requests = self._link.client, self._link.inbox.ticks
        request_id, ticks = client.getReqId(), Ticks()
        requests[request_id] = ticks
        try:
            client.reqMktData(request_id, to_contract(listing), "", snapshot, False, [])
            yield ticks
        finally:
            if not ticks.is_over and client.isReady():
                client.cancelMktData(request_id)
            del requests[request_id]


def to_contract(listing: Listing) -> Contract:
    """The contract of a listing, routed by SMART."""
    return Contract(
        conId=listing.con_id,
        symbol=to_ib_symbol(listing.symbol),
        secType=STOCK,
        exchange="SMART",
        primaryExchange=listing.primary_exchange,
        currency=USD,
    )
