"""From what the market sent to one price a symbol, or to the reason there is none (R 3.4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType

from attrs import evolve

from rebalancer_core.market.collar import and_also, guarded
from rebalancer_core.market.figures import is_price, live_midpoint, midpoint
from rebalancer_core.values.account import (
    DataType,
    MarketObservation,
    Quote,
    QuoteBlock,
    QuoteKind,
    Unpriced,
)
from rebalancer_core.values.policy import PriceSource, PricingPolicy, SafetyPolicy

# The broker's clock and its trade times come in whole seconds; within this a difference is none.
_CLOCK_RESOLUTION = timedelta(seconds=2)
_SHOWN_IN_PREVIEWS = frozenset({QuoteBlock.STALE, QuoteBlock.CLOSING_PRICE, QuoteBlock.FROZEN})
_DELAYED = frozenset({DataType.DELAYED, DataType.DELAYED_FROZEN})
_FROZEN = frozenset({DataType.FROZEN, DataType.DELAYED_FROZEN})
FROZEN_PRICE = "frozen price"
_LABELS: Mapping[DataType | None, str] = MappingProxyType(
    {
        DataType.FROZEN: FROZEN_PRICE,
        DataType.DELAYED: "delayed price",
        DataType.DELAYED_FROZEN: "frozen delayed price",
    }
)


def quote(
    seen: MarketObservation,
    *,
    pricing: PricingPolicy,
    safety: SafetyPolicy,
    now: datetime,
    for_trading: bool,
    mark: Decimal | None = None,
) -> Quote | Unpriced:
    """The price of one symbol at `now` (UTC, the broker's clock), or why there is none.

    A price that values a holding but may not size a trade carries a `block`. With `for_trading`
    false (a dry run) an old, a frozen and a closing price do not block, the note says what they
    are. Delayed prices are none without `allow_delayed`; whose account they may trade is judged by
    `safety.staleness`.
    `mark` is the broker's own price of a holding, dollars a share, to compare with.
    """
    refusal = _refusal(seen, pricing)
    if refusal:
        return Unpriced(con_id=seen.con_id, symbol=seen.symbol, detail=refusal)
    chosen = _chosen(seen, pricing, safety, now)
    if isinstance(chosen, Unpriced):
        return chosen
    priced = _doubted(_labelled(guarded(chosen, seen, safety, mark), seen.data_type), seen)
    shown_only = not for_trading and priced.block in _SHOWN_IN_PREVIEWS
    return evolve(priced, block=None) if shown_only else priced


def max_age_sec(data_type: DataType | None, pricing: PricingPolicy) -> Decimal:
    """How old a last price of this kind of data may be and still count as fresh, in seconds.

    Delayed data come 15 to 20 minutes late, and have a limit of their own.

    >>> pricing = PricingPolicy(allow_delayed=True)
    >>> max_age_sec(DataType.LIVE, pricing), max_age_sec(DataType.DELAYED, pricing)
    (Decimal('60'), Decimal('1800'))
    """
    return pricing.delayed_max_age_sec if data_type in _DELAYED else pricing.price_max_age_sec


def wants_more(seen: MarketObservation, pricing: PricingPolicy) -> bool:
    """Whether the stream's answer lacks the figure that `price_source` asks for."""
    match pricing.price_source:
        case PriceSource.LAST:
            return not is_price(seen.last)
        case PriceSource.MIDPOINT:
            return midpoint(seen) is None
        case PriceSource.CLOSE:
            return not is_price(seen.close)


def _refusal(seen: MarketObservation, pricing: PricingPolicy) -> str:
    nothing = not any(is_price(p) for p in (seen.bid, seen.ask, seen.last, seen.close))
    if seen.error_code is not None and nothing:
        return f"error {seen.error_code}: {seen.error_text}"
    if nothing:
        return "no price came in time"
    if seen.data_type is None:
        return "the broker did not say whether the price is live"
    if seen.data_type in _DELAYED and not pricing.allow_delayed:
        return f"{seen.data_type.word} price, and allow_delayed = false"
    return ""


def _chosen(
    seen: MarketObservation,
    pricing: PricingPolicy,
    safety: SafetyPolicy,
    now: datetime,
) -> Quote | Unpriced:
    match pricing.price_source:
        case PriceSource.LAST:
            return _last(seen, pricing, safety, now)
        case PriceSource.MIDPOINT:
            return _quoted(seen, midpoint(seen), QuoteKind.MIDPOINT, seen.observed_at)
        case PriceSource.CLOSE:
            return _quoted(seen, seen.close, QuoteKind.CLOSE, seen.observed_at)


def _last(
    seen: MarketObservation,
    pricing: PricingPolicy,
    safety: SafetyPolicy,
    now: datetime,
) -> Quote | Unpriced:
    last = seen.last if is_price(seen.last) else None
    stale = _why_stale(seen.last_at, max_age_sec(seen.data_type, pricing), now)
    if last is not None and not stale:
        return _quoted(seen, last, QuoteKind.LAST, seen.last_at or seen.observed_at)
    why = stale if last is not None else "no last price"
    middle = live_midpoint(seen, safety)
    if middle is not None:
        replaced = _quoted(seen, middle, QuoteKind.MIDPOINT, seen.observed_at)
        return _noted(replaced, f"{why}, midpoint used")
    if last is None:
        return Unpriced(con_id=seen.con_id, symbol=seen.symbol, detail=why)
    traded_at = min(seen.last_at or seen.observed_at, seen.observed_at)
    old = _noted(_quoted(seen, last, QuoteKind.LAST, traded_at), why)
    return evolve(old, block=QuoteBlock.STALE) if isinstance(old, Quote) else old


def _why_stale(traded_at: datetime | None, at_most_sec: Decimal, now: datetime) -> str:
    """Why a trade at this time makes no fresh price, or an empty string."""
    if traded_at is None:
        return "last price of unknown age"
    if traded_at - now > _CLOCK_RESOLUTION:
        ahead = _duration(Decimal(int((traded_at - now).total_seconds())))
        return f"last price is dated {ahead} in the future"
    age = Decimal(int((now - traded_at).total_seconds()))
    return f"last price is {_duration(age)} old" if age > at_most_sec else ""


def _noted(found: Quote | Unpriced, note: str) -> Quote | Unpriced:
    return evolve(found, note=note) if isinstance(found, Quote) else found


def _quoted(
    seen: MarketObservation, price: Decimal | None, kind: QuoteKind, as_of: datetime
) -> Quote | Unpriced:
    if price is None or not is_price(price):
        return Unpriced(con_id=seen.con_id, symbol=seen.symbol, detail=f"no {kind.value} price")
    return Quote(
        con_id=seen.con_id,
        symbol=seen.symbol,
        price=price,
        kind=kind,
        as_of=as_of,
        bid=seen.bid if is_price(seen.bid) else None,
        ask=seen.ask if is_price(seen.ask) else None,
    )


def _labelled(priced: Quote, data_type: DataType | None) -> Quote:
    """The quote marked as what it is, where it is not live; what is frozen trades nothing."""
    if data_type not in _LABELS:
        return priced
    is_frozen = data_type in _FROZEN
    return evolve(
        priced,
        delayed=data_type in _DELAYED,
        block=priced.block or (QuoteBlock.FROZEN if is_frozen else None),
        note=and_also(priced.note, _LABELS[data_type]),
    )


def _doubted(priced: Quote, seen: MarketObservation) -> Quote:
    """The quote as a stale one where it may be older than it says."""
    if not seen.doubt:
        return priced
    block = priced.block or QuoteBlock.STALE
    return evolve(priced, block=block, note=and_also(priced.note, seen.doubt))


def _duration(seconds: Decimal) -> str:
    """Seconds for people: the two largest units.

    >>> _duration(Decimal(75)), _duration(Decimal(90000))
    ('1 min 15 s', '25 h 0 min')
    """
    whole = int(seconds)
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {left} s" if minutes else f"{left} s"
