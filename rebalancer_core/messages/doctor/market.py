"""What one symbol shows of the market: its price and its hours."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from rebalancer_core.messages.doctor.fact import Fact
from rebalancer_core.messages.faults import unlisted_sentence
from rebalancer_core.values.account import DataType, Quote, QuoteBlock
from rebalancer_core.values.instruments import Symbol, Unlisted
from rebalancer_core.values.money import price_text


@frozen(kw_only=True)
class NoTarget(Fact):
    """Nobody could look: no file names a symbol to look at."""

    @property
    def words(self) -> str:
        return "no valid portfolios file names a target symbol"


@frozen(kw_only=True)
class NoHours(Fact):
    """Nobody could look: the broker named no hours of the symbol."""

    symbol: Symbol

    @property
    def words(self) -> str:
        return f"the broker named no hours of {self.symbol}"


@frozen(kw_only=True)
class NotObserved(Fact):
    """Nobody could look: the symbol was not observed."""

    symbol: Symbol

    @property
    def words(self) -> str:
        return f"{self.symbol} was not observed"


@frozen(kw_only=True)
class NotListed(Fact):
    """The symbol cannot be a target."""

    entry: Unlisted

    @property
    def words(self) -> str:
        return unlisted_sentence(self.entry)

    @property
    def fix(self) -> str:
        return "rebalance validate-portfolios --all names every such symbol"


@frozen(kw_only=True)
class NoPrice(Fact):
    """The symbol has no price; `is_competing`: another session takes the data."""

    symbol: Symbol
    detail: str
    is_competing: bool

    @property
    def words(self) -> str:
        return f"{self.symbol}: {self.detail}"

    @property
    def fix(self) -> str:
        if self.is_competing:
            return "end the other session of this user, which takes the live data"
        return (
            "subscribe to live data for the API and share it with the paper user,"
            " or set [pricing] allow_delayed = true"
        )


@frozen(kw_only=True)
class Priced(Fact):
    """The symbol has a price of data of this type; None where the broker named none."""

    quote: Quote
    data_type: DataType | None

    @property
    def words(self) -> str:
        kind = self.data_type.word if self.data_type else "unnamed"
        note = f" ({self.quote.note})" if self.quote.note else ""
        price = f"{self.quote.kind.value} {price_text(self.quote.price)}"
        return f"{self.quote.symbol}: {kind} data, {price}{note}"


@frozen(kw_only=True)
class PriceBlocked(Fact):
    """The symbol has a price that nothing is traded on."""

    priced: Priced
    block: QuoteBlock

    @property
    def words(self) -> str:
        return f"{self.priced.words}: {self.block.value}"

    @property
    def fix(self) -> str:
        return "no trade is sized on such a price; in trading hours look again"


@frozen(kw_only=True)
class PriceNotLive(Fact):
    """The symbol has a price that plans use, though it is not live."""

    priced: Priced

    @property
    def words(self) -> str:
        return self.priced.words

    @property
    def fix(self) -> str:
        return "plans use prices that are not live, for [pricing] allow_delayed = true"


@frozen(kw_only=True)
class MarketClosed(Fact):
    """The symbol does not trade now; `opens` (UTC) is None where nobody knows."""

    symbol: Symbol
    opens: datetime | None

    @property
    def words(self) -> str:
        opens = f"opens {_at(self.opens)}" if self.opens else "the broker names no opening"
        return f"{self.symbol}: closed, {opens}"

    @property
    def fix(self) -> str:
        return "a run sends nothing before; rebalance run --dry-run previews"


@frozen(kw_only=True)
class MarketOpen(Fact):
    """The symbol trades now, until `closes` (UTC)."""

    symbol: Symbol
    closes: datetime

    @property
    def words(self) -> str:
        return f"{self.symbol}: open, closes {_at(self.closes)}"


def _at(time: datetime) -> str:
    return f"{time:%a %Y-%m-%d %H:%M} UTC"
