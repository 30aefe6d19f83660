"""What every target shows of the market: its price, how old that is, its hours; what a run does."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from rebalancer_core.messages.doctor.fact import Fact
from rebalancer_core.messages.unlisted import unlisted_sentence
from rebalancer_core.values.account import DataType, Quote, QuoteBlock
from rebalancer_core.values.first_connection import FirstConnection
from rebalancer_core.values.instruments import AccountId, Symbol, Unlisted
from rebalancer_core.values.money import price_text

_ENDS_WITH_5 = "no target of an account can be traded now: a run would end with 5"
_LEAVES_OUT = "a run would not trade it, and trade the others"


@frozen(kw_only=True)
class NoTarget(Fact):
    """Nobody could look: no file names a symbol to look at."""

    @property
    def words(self) -> str:
        return "no valid portfolios file names a target symbol"


@frozen(kw_only=True)
class NoHours(Fact):
    """Nobody could look: there is no listing whose hours could be named."""

    @property
    def words(self) -> str:
        return "the broker named no hours of the targets"


@frozen(kw_only=True)
class NotListed(Fact):
    """The symbol cannot be a target."""

    entry: Unlisted

    @property
    def words(self) -> str:
        return unlisted_sentence(self.entry)

    @property
    def fix(self) -> str:
        return "correct the symbol in portfolios.csv: a run would end with 3"


@frozen(kw_only=True)
class NoPrice(Fact):
    """Symbols have no price for one reason; `is_competing`: another session takes the data.

    `holders` hold it and cannot be valued; `ends_run`: no other target can be traded either.
    """

    symbols: tuple[Symbol, ...]
    detail: str
    is_competing: bool
    holders: tuple[AccountId, ...] = ()
    ends_run: bool = False

    @property
    def words(self) -> str:
        return f"{', '.join(self.symbols)}: {self.detail}; {self._what_a_run_does}"

    @property
    def fix(self) -> str:
        if self.is_competing:
            helps = "end the other session of this user, which takes the live data"
        else:
            helps = (
                "subscribe to live data for the API and share it with the paper user,"
                " or set [pricing] allow_delayed = true"
            )
        return f"{helps}; {FirstConnection.MARKET_DATA.place}"

    @property
    def _what_a_run_does(self) -> str:
        if self.holders:
            held = ", ".join(self.holders)
            return f"held by {held}, which cannot be valued: a run would end with 4"
        return _ENDS_WITH_5 if self.ends_run else _LEAVES_OUT


@frozen(kw_only=True)
class Priced(Fact):
    """The symbol has a price of data of this type at `now`; None where the broker named none."""

    quote: Quote
    data_type: DataType | None
    now: datetime

    @property
    def words(self) -> str:
        kind = self.data_type.word if self.data_type else "unnamed"
        note = f" ({self.quote.note})" if self.quote.note else ""
        price = f"{self.quote.kind.value} {price_text(self.quote.price)}"
        return f"{self.quote.symbol}: {kind} data, {price}, {self._age} old{note}"

    @property
    def _age(self) -> str:
        seconds = max(int((self.now - self.quote.as_of).total_seconds()), 0)
        for length, unit in ((86_400, "days"), (3_600, "h"), (60, "min")):
            if seconds >= 2 * length:
                return f"{seconds // length} {unit}"
        return f"{seconds} s"


@frozen(kw_only=True)
class PriceBlocked(Fact):
    """The symbol has a price that nothing is traded on; `ends_run`: no target has another."""

    priced: Priced
    block: QuoteBlock
    ends_run: bool

    @property
    def words(self) -> str:
        does = _ENDS_WITH_5 if self.ends_run else _LEAVES_OUT
        return f"{self.priced.words}: {self.block.value}; {does}"

    @property
    def fix(self) -> str:
        return (
            "run doctor again in a minute; a price that stays old comes without a subscription to"
            f" live data: {FirstConnection.MARKET_DATA.place}"
        )


@frozen(kw_only=True)
class PriceOfClosedMarket(Fact):
    """The symbol has a price that nothing is traded on, as its market is closed."""

    priced: Priced
    block: QuoteBlock

    @property
    def words(self) -> str:
        return f"{self.priced.words}: {self.block.value}; the market is closed"

    @property
    def fix(self) -> str:
        return "run doctor again in trading hours, when prices are live (see market-hours)"


@frozen(kw_only=True)
class PriceNotForLive(Fact):
    """The price is delayed, and these accounts are live ones: delayed prices trade paper only.

    `ends_run`: one of them has no target with another price.
    """

    priced: Priced
    accounts: tuple[AccountId, ...]
    ends_run: bool

    @property
    def words(self) -> str:
        live = ", ".join(self.accounts)
        does = _ENDS_WITH_5 if self.ends_run else _LEAVES_OUT
        return f"{self.priced.words}: delayed prices do not trade live accounts ({live}); {does}"

    @property
    def fix(self) -> str:
        return f"subscribe to live data for the API; {FirstConnection.MARKET_DATA.place}"


@frozen(kw_only=True)
class PriceNotLive(Fact):
    """The symbol has a price that a run takes, though it is not live."""

    priced: Priced

    @property
    def words(self) -> str:
        return f"{self.priced.words}; a run would trade on it"

    @property
    def fix(self) -> str:
        return (
            "prices are not live, and [pricing] allow_delayed = true;"
            f" {FirstConnection.MARKET_DATA.place}"
        )


@frozen(kw_only=True)
class MarketClosed(Fact):
    """The symbols do not trade now; `opens` (UTC) is None where nobody knows.

    `hours` is the kind of hours, empty where all accounts have the same.
    """

    symbols: tuple[Symbol, ...]
    hours: str
    opens: datetime | None

    @property
    def words(self) -> str:
        opens = f"opens {_at(self.opens)}" if self.opens else "the broker names no opening"
        return f"{_names(self.symbols, self.hours)}: closed, {opens}; a run would end with 5"

    @property
    def fix(self) -> str:
        return "a run sends nothing before; rebalance run --dry-run previews"


@frozen(kw_only=True)
class MarketOpen(Fact):
    """The symbols trade now, until `closes` (UTC); `hours` as for `MarketClosed`."""

    symbols: tuple[Symbol, ...]
    hours: str
    closes: datetime

    @property
    def words(self) -> str:
        return f"{_names(self.symbols, self.hours)}: open, closes {_at(self.closes)}"


def _names(symbols: tuple[Symbol, ...], hours: str) -> str:
    return ", ".join(symbols) + (f" (trading_hours = {hours})" if hours else "")


def _at(time: datetime) -> str:
    return f"{time:%a %Y-%m-%d %H:%M} UTC"
