"""Prices: the stream first, a snapshot where that is not enough, both for a bounded time.

Streams that show what a price needs go on, where all symbols of a session fit into the lines that
every login has: then a price is as old as its newest tick, and costs no message.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from attrs import evolve

from rebalancer_adapters.ib.address import Patience
from rebalancer_adapters.ib.contracts import to_ib_symbol
from rebalancer_adapters.ib.kept_streams import KeptStreams, Stream
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
# A stream that was silent for longer may have died: its symbol is asked for again.
_SILENT_SECONDS = 10.0
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
        self._kind: int | None = None
        self._fresh: set[ConId] = set()
        self._kept = KeptStreams(link)

    async def observe(
        self, listings: tuple[Listing, ...], pricing: PricingPolicy
    ) -> tuple[MarketObservation, ...] | LinkLost:
        """One observation a listing, in the order asked; a refusal is part of the observation.

        Prices that were closed to orders by a broken farm are open to them again once live ticks
        flow for every listing asked.
        """
        distinct = tuple({listing.con_id: listing for listing in listings}.values())
        async with self._lock:
            self._fresh.clear()
            breaks = self._link.inbox.gates.breaks
            try:
                self._set_kind(_DELAYED_FROZEN if pricing.allow_delayed else _FROZEN)
                seen = await self._seen(distinct, pricing)
            except ConnectionError as error:
                return LinkLost(detail=str(error))
            if seen and self._fresh >= seen.keys():
                self._link.inbox.gates.opened_by_ticks(breaks)
        doubt = self._link.inbox.gates.stale_prices
        return self._link.inbox.lost or tuple(
            evolve(seen[listing.con_id], doubt=doubt) for listing in listings
        )

    def end(self) -> None:
        """Cancel every stream that still goes on."""
        self._kept.end_all()

    def _set_kind(self, kind: int) -> None:
        if kind != self._kind:
            self._kept.end_all()
            self._link.client.reqMarketDataType(kind)
            self._kind = kind

    async def _seen(
        self, listings: tuple[Listing, ...], pricing: PricingPolicy
    ) -> dict[ConId, MarketObservation]:
        """By what goes on ticking; the others are asked, as many at once as there are lines."""
        seconds = min(float(pricing.price_max_age_sec), _SILENT_SECONDS)
        seen = {
            listing.con_id: self._streaming(listing, ticks)
            for listing in listings
            if (ticks := self._kept.serving(listing.con_id, seconds)) is not None
        }
        asked = tuple(listing for listing in listings if listing.con_id not in seen)
        keeps = self._kept.count + len(asked) <= _LINES
        if not keeps:
            # What ticks in this very call was seen already.
            self._kept.end_all()
        for start in range(0, len(asked), _LINES):
            some = asked[start : start + _LINES]
            for observation in await self._observe(some, pricing, keeps=keeps):
                seen[observation.con_id] = observation
        return seen

    def _streaming(self, listing: Listing, ticks: Ticks) -> MarketObservation:
        """What a stream says that goes on, as of its newest tick."""
        silent = timedelta(seconds=self._kept.silent_seconds(ticks))
        return ticks.observation(listing, self._now() - silent)

    async def _observe(
        self, listings: tuple[Listing, ...], pricing: PricingPolicy, *, keeps: bool
    ) -> list[MarketObservation]:
        streamed = await asyncio.gather(*(self._stream(each, keeps=keeps) for each in listings))
        if not pricing.fallback_to_snapshot:
            return streamed
        return await asyncio.gather(
            *(
                self._snapshot(listing, first, pricing)
                for listing, first in zip(listings, streamed, strict=True)
            )
        )

    async def _stream(self, listing: Listing, *, keeps: bool) -> MarketObservation:
        ticks = await self._streamed(listing, keeps=keeps)
        for pause in self._link.retry.pauses():
            if not ticks.was_dropped:
                break
            await asyncio.sleep(pause)
            ticks = await self._streamed(listing, keeps=keeps)
        if ticks.is_fresh:
            self._fresh.add(listing.con_id)
        return ticks.observation(listing, self._now())

    async def _streamed(self, listing: Listing, *, keeps: bool) -> Ticks:
        stream = self._asked(listing, snapshot=False)
        is_kept = False
        try:
            await self._sent()
            await stream.ticks.settled(self._patience.stream, self._patience.settle)
            if self._link.inbox.gates.stale_prices:
                await stream.ticks.updated(self._patience.stream)
            is_kept = keeps and self._kept.keep(listing.con_id, stream)
        finally:
            if not is_kept:
                self._kept.end(stream)
        return stream.ticks

    async def _snapshot(
        self, listing: Listing, streamed: MarketObservation, pricing: PricingPolicy
    ) -> MarketObservation:
        """A second, separate request where the stream brought too little and was not refused."""
        if streamed.error_code is not None or not wants_more(streamed, pricing):
            return streamed
        stream = self._asked(listing, snapshot=True)
        try:
            await self._sent()
            await stream.ticks.ended(self._patience.snapshot)
        finally:
            self._kept.end(stream)
        taken = stream.ticks.observation(listing, self._now())
        return streamed if wants_more(taken, pricing) else taken

    async def _sent(self) -> None:
        """Patience counts from when nothing is held back: 40 messages a second leave."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._link.drained.wait(), self._link.timeout_seconds)

    def _asked(self, listing: Listing, *, snapshot: bool) -> Stream:
        client, inbox = self._link.client, self._link.inbox
        number = client.getReqId()
        ticks = Ticks(asyncio.get_running_loop().time)
        stream = Stream(number=number, ticks=ticks, link=inbox.link, breaks=inbox.gates.breaks)
        inbox.ticks[number] = ticks
        try:
            client.reqMktData(number, to_contract(listing), "", snapshot, False, [])
        except ConnectionError:
            del inbox.ticks[number]
            raise
        return stream


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
