"""No trade is sized on a price that no other source confirms: the blocks of a price."""

from __future__ import annotations

from decimal import Decimal

from attrs import evolve, frozen

from rebalancer_core.market.figures import is_price, live_midpoint, spread_pct
from rebalancer_core.values.account import MarketObservation, Quote, QuoteBlock, QuoteKind
from rebalancer_core.values.money import HUNDRED, ONE, plain
from rebalancer_core.values.policy import SafetyPolicy

# A market order executes near the midpoint, whatever price it was sized with.
OFF_MIDPOINT_PCT = Decimal(3)


@frozen(kw_only=True)
class Reference:
    """A figure from another source than the price; `note` is what the row says of it."""

    name: str
    price: Decimal
    note: str = ""


def guarded(
    priced: Quote, seen: MarketObservation, safety: SafetyPolicy, mark: Decimal | None
) -> Quote:
    """The quote with the first block that applies.

    Halted, crossed or wide, a closing price, off the midpoint, without reference, off the collar.
    `mark` is the broker's own price of a holding, dollars a share, None where it is not known.
    """
    if seen.halted:
        return evolve(priced, block=QuoteBlock.HALTED)
    width = _too_wide(seen, safety)
    if width:
        return _blocked(priced, QuoteBlock.WIDE_SPREAD, width)
    if priced.kind is QuoteKind.CLOSE:
        return _blocked(priced, QuoteBlock.CLOSING_PRICE, "a closing price sizes previews only")
    middle = live_midpoint(seen, safety) if priced.kind is not QuoteKind.MIDPOINT else None
    if middle is not None and _move_pct(priced.price, middle) > OFF_MIDPOINT_PCT:
        off = f"{_move_pct(priced.price, middle):.1f} % from the midpoint {plain(middle)}"
        return _blocked(priced, QuoteBlock.OFF_MIDPOINT, off)
    return _collared(priced, reference(seen, middle, mark), safety)


def reference(
    seen: MarketObservation, middle: Decimal | None, mark: Decimal | None
) -> Reference | None:
    """What a price is compared with: previous close, else midpoint, else the broker's own mark.

    `middle` is the live midpoint, None where the price itself is made of it.
    """
    if seen.close is not None and is_price(seen.close):
        return Reference(name="the previous close", price=seen.close)
    if middle is not None:
        note = "no previous close, compared with the midpoint"
        return Reference(name="the midpoint", price=middle, note=note)
    if mark is not None and is_price(mark):
        note = "no previous close, compared with IBKR's mark"
        return Reference(name="IBKR's mark", price=mark, note=note)
    return None


def and_also(first: str, second: str) -> str:
    """Two notes as one; either may be empty.

    >>> and_also("", "frozen price"), and_also("no last price", "frozen price")
    ('frozen price', 'no last price; frozen price')
    """
    return "; ".join(note for note in (first, second) if note)


def _collared(priced: Quote, against: Reference | None, safety: SafetyPolicy) -> Quote:
    if against is None:
        return _blocked(priced, QuoteBlock.NO_REFERENCE, "no other price to compare with")
    move = _move_pct(priced.price, against.price)
    if move > safety.price_collar_pct:
        far = f"{move:.1f} % from {against.name} {plain(against.price)}"
        return _blocked(priced, QuoteBlock.COLLAR, far)
    return evolve(priced, note=and_also(priced.note, against.note))


def _too_wide(seen: MarketObservation, safety: SafetyPolicy) -> str:
    """What is wrong with bid and ask, or an empty string; a one-sided market has no spread."""
    spread = spread_pct(seen)
    if spread is not None:
        return f"spread {spread:.2f} %" if spread > safety.max_spread_pct else ""
    both = is_price(seen.bid) and is_price(seen.ask)
    return "bid above ask" if both else ""


def _move_pct(price: Decimal, against: Decimal) -> Decimal:
    return abs(price / against - ONE) * HUNDRED


def _blocked(priced: Quote, block: QuoteBlock, why: str) -> Quote:
    return evolve(priced, block=block, note=and_also(priced.note, why))
