"""Why fewer shares of a buy may leave than were planned, or none."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from attrs import frozen

from rebalancer_core.safety.free_cash import CostUnknown
from rebalancer_core.values.account import QuoteBlock
from rebalancer_core.values.instruments import Symbol


@frozen(kw_only=True)
class NoneAffordable:
    """Not even the smallest order is paid by what is free above the cash floor for all buys."""

    left_usd: Decimal


@frozen(kw_only=True)
class FewerShares:
    """Part of the planned shares is paid by what is free above the cash floor for all buys."""

    symbol: Symbol
    quantity: Decimal
    planned: Decimal
    left_usd: Decimal


@frozen(kw_only=True)
class NoHours:
    """IBKR returned no trading hours of the symbol."""

    symbol: Symbol


@frozen(kw_only=True)
class ClosedNow:
    """The market is closed; `opens` (UTC) is None where no opening is named."""

    opens: datetime | None


@frozen(kw_only=True)
class NoQuote:
    """No quote was received."""


@frozen(kw_only=True)
class NoTradingPrice:
    """The market gave no usable price; `detail` says what came instead."""

    detail: str


@frozen(kw_only=True)
class PriceBlocked:
    """The price may not size a trade; `note` is the quote's own, or empty."""

    block: QuoteBlock
    note: str


@frozen(kw_only=True)
class OffMidpoint:
    """The price, dollars a share, is too far from the midpoint: `apart` is a part of that."""

    price: Decimal
    middle: Decimal
    apart: Decimal


WhyUnusable = NoQuote | NoTradingPrice | PriceBlocked | OffMidpoint
WhyFewer = NoneAffordable | FewerShares | NoHours | ClosedNow | WhyUnusable | CostUnknown
