"""Ticks of one market data request: only what came for this very request counts.

ib_async keeps one ticker a contract and calls it live before the gateway said so;
this one starts empty.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from time import monotonic

from rebalancer_adapters.ib.numbers import to_instant, to_price
from rebalancer_adapters.ib.requests import TOO_FAST
from rebalancer_core.values.account import DataType, MarketObservation
from rebalancer_core.values.instruments import Listing

_BID, _ASK, _LAST, _CLOSE = {1, 66}, {2, 67}, {4, 68}, {9, 75}
_BID_SIZE, _ASK_SIZE = {0, 69}, {3, 70}
_LAST_TIME = {45, 88}
_DIGITS = 20
_HALTED = {49, 90}
_DELAYED_TICKS = set(range(66, 77)) | {88}
# No code of the broker.
_UNREADABLE = 0
_TYPES = {
    1: DataType.LIVE,
    2: DataType.FROZEN,
    3: DataType.DELAYED,
    4: DataType.DELAYED_FROZEN,
}
# 10167: delayed ticks follow. 10089, 10090, 10091: some data need a subscription; the others, or
# delayed ones, follow on some gateways and never come on others.
_TICKS_FOLLOW = {10089, 10090, 10091, 10167}


class Ticks:
    """What one request brought so far; `heard_at` is when the newest of it came, by its clock."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self.heard_at = clock()
        self._prices: dict[str, Decimal | None] = {}
        self._last_at: datetime | None = None
        self._said: DataType | None = None
        self._ticked_delayed = False
        self._halted: bool | None = None
        self._error: tuple[int, str] | None = None
        self._heard: set[int] = set()
        self._is_updated = False
        self._update = asyncio.Event()
        self._figures = asyncio.Event()
        self._everything = asyncio.Event()
        self._over = asyncio.Event()

    @property
    def is_over(self) -> bool:
        """Whether the gateway ended the request, with an error or the end of a snapshot."""
        return self._over.is_set()

    @property
    def is_whole(self) -> bool:
        """Whether it shows all that a price needs now, and goes on."""
        return not self.is_over and self._error is None and self._has_figures()

    @property
    def was_dropped(self) -> bool:
        """Whether the gateway dropped the request for its rate (100)."""
        return self._error is not None and self._error[0] == TOO_FAST

    @property
    def is_empty(self) -> bool:
        """Whether nothing was heard of it yet."""
        return not self._heard and self._said is None and self._error is None

    @property
    def is_fresh(self) -> bool:
        """Whether live ticks are flowing: the first of a kind may be an old one that TWS kept."""
        return self._is_updated and self._error is None and self._data_type() is DataType.LIVE

    def price(self, tick_type: int, price: float, size: float) -> None:
        """A price tick; bid and ask without a size are no quotes (IBKR writes -1 then)."""
        self._note_type(tick_type)
        if tick_type in _BID:
            self._prices["bid"] = to_price(price) if size else None
        elif tick_type in _ASK:
            self._prices["ask"] = to_price(price) if size else None
        elif tick_type in _LAST:
            self._prices["last"] = to_price(price)
        elif tick_type in _CLOSE:
            self._prices["close"] = to_price(price)
        self._progress()

    def size(self, tick_type: int, size: float) -> None:
        """A size tick; a side that has gone to zero has no quote any more."""
        self._note_type(tick_type)
        if not size and tick_type in _BID_SIZE:
            self._prices["bid"] = None
        elif not size and tick_type in _ASK_SIZE:
            self._prices["ask"] = None
        self.heard_at = self._clock()

    def generic(self, tick_type: int, value: float) -> None:
        """A generic tick; 49 and 90 say whether trading is halted (1, 2) or not (0, -1)."""
        if tick_type in _HALTED:
            self._halted = value > 0
        self._progress()

    def text(self, tick_type: int, value: str) -> None:
        """A string tick; 45 and 88 are the time of the last trade in seconds since 1970."""
        self._note_type(tick_type)
        if tick_type in _LAST_TIME and value.isascii() and value.isdigit():
            # The first of endless digits are no time either.
            seconds = int(value[:_DIGITS])
            self._last_at = to_instant(seconds) if seconds else self._last_at
        self._progress()

    def data_type(self, number: int) -> None:
        """The gateway's word on what it sends: 1 live, 2 frozen, 3 delayed, 4 delayed-frozen."""
        self._said = _TYPES.get(number)
        self._progress()

    def fail(self, code: int, text: str) -> None:
        """An error on this request; most end it (354, 10168, 10186, 10197, 101, 200)."""
        self._error = (code, text)
        if code in _TICKS_FOLLOW:
            self._ticked_delayed |= code == 10167
        else:
            self.end()

    def spoil(self, text: str) -> None:
        """A message about it could not be read: what came before may be old."""
        self._prices.clear()
        self._error = (_UNREADABLE, text)
        self.end()

    def end(self) -> None:
        """Nothing more will come: the snapshot ended, the request failed, the link dropped."""
        for event in (self._update, self._figures, self._everything, self._over):
            event.set()

    async def settled(self, seconds: float, settle: float) -> None:
        """Return when the stream has shown what a price needs, or after `seconds` without it.

        After bid, ask, last and close the time of the last trade is waited for, `settle` seconds.
        Where trading is halted one of these is missing, or the stream says so later.
        """
        with suppress(TimeoutError):
            await asyncio.wait_for(self._figures.wait(), seconds)
            await asyncio.wait_for(self._everything.wait(), settle)

    async def updated(self, seconds: float) -> None:
        """Return when a tick of a kind came again, or the request ended, or after `seconds`."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._update.wait(), seconds)

    async def ended(self, seconds: float) -> None:
        """Return when the request ended, or after `seconds`."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._over.wait(), seconds)

    def observation(self, listing: Listing, at: datetime) -> MarketObservation:
        """What the broker said of this listing, seen at `at` (UTC, its clock)."""
        code, text = self._error or (None, "")
        return MarketObservation(
            con_id=listing.con_id,
            symbol=listing.symbol,
            observed_at=at,
            bid=self._prices.get("bid"),
            ask=self._prices.get("ask"),
            last=self._prices.get("last"),
            last_at=self._last_at,
            close=self._prices.get("close"),
            data_type=self._data_type(),
            halted=bool(self._halted),
            error_code=code,
            error_text=text,
        )

    def _data_type(self) -> DataType | None:
        contradicted = self._ticked_delayed and self._said in {DataType.LIVE, DataType.FROZEN}
        return DataType.DELAYED if contradicted else self._said

    def _note_type(self, tick_type: int) -> None:
        self._ticked_delayed |= tick_type in _DELAYED_TICKS
        if tick_type in self._heard:
            self._is_updated = True
            self._update.set()
        self._heard.add(tick_type)

    def _progress(self) -> None:
        self.heard_at = self._clock()
        if self._has_figures():
            self._figures.set()
            if self._last_at is not None:
                self._everything.set()

    def _has_figures(self) -> bool:
        # A halted market quotes neither bid nor ask.
        wanted = ("last", "close") if self._halted else ("bid", "ask", "last", "close")
        return self._said is not None and all(self._prices.get(name) for name in wanted)
