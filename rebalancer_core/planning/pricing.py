"""From what the market sent to one price a symbol, or to the reason there is none (SPEC 3.4)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from attrs import evolve

from rebalancer_core.values.account import (
    DataType,
    MarketObservation,
    Quote,
    QuoteBlock,
    QuoteKind,
    Unpriced,
)
from rebalancer_core.values.money import HUNDRED, ZERO, plain
from rebalancer_core.values.policy import PriceSource, PricingPolicy, SafetyPolicy

_TWO = Decimal(2)
_DELAYED = frozenset({DataType.DELAYED, DataType.DELAYED_FROZEN})


def quote(
    seen: MarketObservation,
    *,
    pricing: PricingPolicy,
    safety: SafetyPolicy,
    now: datetime,
    for_trading: bool,
) -> Quote | Unpriced:
    """The price of one symbol at `now` (UTC, the broker's clock), or why there is none.

    A price that values a holding but may not size a trade carries a `block`. With `for_trading`
    false (a dry run) an old price does not block, its age is shown instead.
    """
    refusal = _refusal(seen, pricing)
    if refusal:
        return Unpriced(con_id=seen.con_id, symbol=seen.symbol, detail=refusal)
    chosen = _chosen(seen, pricing, safety, now)
    if isinstance(chosen, Unpriced):
        return chosen
    priced = _doubted(_marked(_guarded(chosen, seen, safety), seen), seen)
    shown_only = not for_trading and priced.block is QuoteBlock.STALE
    return evolve(priced, block=None) if shown_only else priced


def is_price(value: Decimal | None) -> bool:
    """Whether this is a price at all: finite and above zero.

    >>> is_price(Decimal("NaN")), is_price(Decimal(0)), is_price(Decimal("27.5"))
    (False, False, True)
    """
    return value is not None and value.is_finite() and value > ZERO


def midpoint(seen: MarketObservation) -> Decimal | None:
    """Half of bid plus ask, where both are prices and not crossed."""
    if seen.bid is None or seen.ask is None or not (is_price(seen.bid) and is_price(seen.ask)):
        return None
    return (seen.bid + seen.ask) / _TWO if seen.bid <= seen.ask else None


def spread_pct(seen: MarketObservation) -> Decimal | None:
    """Ask minus bid in percent of the midpoint; None where there is no midpoint."""
    middle = midpoint(seen)
    if middle is None or seen.bid is None or seen.ask is None:
        return None
    return (seen.ask - seen.bid) / middle * HUNDRED


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
    if seen.data_type is not DataType.LIVE and not pricing.allow_delayed:
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
    age = Decimal(int((now - seen.last_at).total_seconds())) if seen.last_at is not None else None
    if last is not None and age is not None and age <= pricing.price_max_age_sec:
        return _quoted(seen, last, QuoteKind.LAST, seen.last_at or seen.observed_at)
    why = _why_not_last(last, age)
    spread = spread_pct(seen)
    live = seen.data_type is DataType.LIVE
    if live and spread is not None and spread <= safety.max_spread_pct:
        middle = _quoted(seen, midpoint(seen), QuoteKind.MIDPOINT, seen.observed_at)
        return evolve(middle, note=f"{why}, midpoint used") if isinstance(middle, Quote) else middle
    if last is None:
        return Unpriced(con_id=seen.con_id, symbol=seen.symbol, detail=why)
    old = _quoted(seen, last, QuoteKind.LAST, seen.last_at or seen.observed_at)
    if isinstance(old, Unpriced):
        return old
    return evolve(old, note=why, block=QuoteBlock.STALE)


def _why_not_last(last: Decimal | None, age: Decimal | None) -> str:
    if last is None:
        return "no last price"
    return "last price of unknown age" if age is None else f"last price is {_duration(age)} old"


def _quoted(
    seen: MarketObservation, price: Decimal | None, kind: QuoteKind, as_of: datetime
) -> Quote | Unpriced:
    if price is None or not is_price(price):
        return Unpriced(con_id=seen.con_id, symbol=seen.symbol, detail=f"no {kind.value} price")
    return Quote(con_id=seen.con_id, symbol=seen.symbol, price=price, kind=kind, as_of=as_of)


def _guarded(priced: Quote, seen: MarketObservation, safety: SafetyPolicy) -> Quote:
    """The quote with the first block that applies: halted, crossed or wide, off the collar."""
    if seen.halted:
        return evolve(priced, block=QuoteBlock.HALTED)
    crossed = (
        seen.bid is not None
        and seen.ask is not None
        and is_price(seen.bid)
        and is_price(seen.ask)
        and seen.bid > seen.ask
    )
    spread = spread_pct(seen)
    if crossed or (spread is not None and spread > safety.max_spread_pct):
        width = "bid above ask" if crossed or spread is None else f"spread {spread:.2f} %"
        return evolve(priced, block=QuoteBlock.WIDE_SPREAD, note=_and(priced.note, width))
    if seen.close is None or not is_price(seen.close):
        return evolve(priced, note=_and(priced.note, "no previous close to compare with"))
    move = abs(priced.price / seen.close - 1) * HUNDRED
    if move > safety.price_collar_pct:
        note = f"{move:.1f} % from the previous close {plain(seen.close)}"
        return evolve(priced, block=QuoteBlock.COLLAR, note=_and(priced.note, note))
    return priced


def _marked(priced: Quote, seen: MarketObservation) -> Quote:
    if seen.data_type in _DELAYED:
        return evolve(priced, delayed=True, note=_and(priced.note, "delayed price"))
    if seen.data_type is DataType.FROZEN:
        return evolve(priced, note=_and(priced.note, "frozen price"))
    return priced


def _doubted(priced: Quote, seen: MarketObservation) -> Quote:
    """The quote as a stale one where it may be older than it says."""
    if not seen.doubt:
        return priced
    block = priced.block or QuoteBlock.STALE
    return evolve(priced, block=block, note=_and(priced.note, seen.doubt))


def _and(first: str, second: str) -> str:
    return f"{first}; {second}" if first else second


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
