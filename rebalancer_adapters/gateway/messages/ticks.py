"""Messages with market data: one list of ticks per quote, live or delayed tick types."""

from datetime import datetime, timedelta
from decimal import Decimal

from attrs import frozen

from rebalancer_adapters.gateway.market import DataLine, Instrument, Quote
from rebalancer_adapters.gateway.messages.message import Message, number_text

LIVE, FROZEN, DELAYED, DELAYED_FROZEN = 1, 2, 3, 4
DELAY_SECONDS = Decimal(900)
_EXCHANGE_MAP = "9c0001"


@frozen(kw_only=True)
class TickTypes:
    """The numbers of the ticks: delayed data have their own."""

    bid: int
    ask: int
    last: int
    close: int
    bid_size: int
    ask_size: int
    last_size: int
    volume: int
    last_time: int
    halted: int


_LIVE_TICKS = TickTypes(
    bid=1,
    ask=2,
    last=4,
    close=9,
    bid_size=0,
    ask_size=3,
    last_size=5,
    volume=8,
    last_time=45,
    halted=49,
)
_DELAYED_TICKS = TickTypes(
    bid=66,
    ask=67,
    last=68,
    close=75,
    bid_size=69,
    ask_size=70,
    last_size=71,
    volume=74,
    last_time=88,
    halted=90,
)


def tick_request_parameters(req_id: int, instrument: Instrument) -> Message:
    """Message 81: the smallest price step and the permissions, first of all ticks."""
    fields = ("81", str(req_id), number_text(instrument.min_tick), _EXCHANGE_MAP, "3")
    return Message(fields=fields, symbol=instrument.symbol)


def market_data_type(req_id: int, kind: int, instrument: Instrument) -> Message:
    """Message 58: 1 live, 2 frozen, 3 delayed, 4 delayed and frozen, for these ticks."""
    return Message(fields=("58", "1", str(req_id), str(kind)), symbol=instrument.symbol)


def tick_snapshot_end(req_id: int) -> Message:
    """Message 57: a snapshot is over."""
    return Message(fields=("57", "1", str(req_id)))


def quote_ticks(
    req_id: int, instrument: Instrument, quote: Quote, now: datetime, kind: int
) -> tuple[Message, ...]:
    """Every tick of a quote in the order of TWS; a halted contract has neither bid nor ask.

    The last trade of delayed data is at least a quarter of an hour old.
    """
    is_delayed = kind in (DELAYED, DELAYED_FROZEN)
    types = _DELAYED_TICKS if is_delayed else _LIVE_TICKS
    halted = quote.data is DataLine.HALTED
    nothing = Decimal(-1)
    bid, bid_size = (nothing, 0) if halted else (quote.bid, quote.bid_size)
    ask, ask_size = (nothing, 0) if halted else (quote.ask, quote.ask_size)
    age = max(quote.last_age_seconds, DELAY_SECONDS) if is_delayed else quote.last_age_seconds
    last_time = int((now - timedelta(seconds=float(age))).timestamp())
    texts = (
        ("bid", _price(req_id, types.bid, bid, bid_size)),
        ("bid_size", _size(req_id, types.bid_size, bid_size)),
        ("ask", _price(req_id, types.ask, ask, ask_size)),
        ("ask_size", _size(req_id, types.ask_size, ask_size)),
        ("last_time", ("46", "6", str(req_id), str(types.last_time), str(last_time))),
        ("last", _price(req_id, types.last, quote.last, quote.last_size)),
        ("last_size", _size(req_id, types.last_size, quote.last_size)),
        ("volume", _size(req_id, types.volume, quote.volume)),
        ("close", _price(req_id, types.close, quote.close, 0)),
        ("halted", ("45", "6", str(req_id), str(types.halted), "1.0" if halted else "0.0")),
    )
    return tuple(Message(fields=text, symbol=instrument.symbol, tag=tag) for tag, text in texts)


def _price(req_id: int, kind: int, price: Decimal, size: int) -> tuple[str, ...]:
    return ("1", "6", str(req_id), str(kind), number_text(price), str(size), "1")


def _size(req_id: int, kind: int, size: int) -> tuple[str, ...]:
    return ("2", "6", str(req_id), str(kind), str(size))
