"""One account at one instant, and what the market said; complete and translated, or absent."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import Enum

from attrs import field, frozen

from rebalancer_core.values.commission import bought_at, sold_at
from rebalancer_core.values.instruments import USD, AccountId, ConId, Symbol
from rebalancer_core.values.money import ZERO


@frozen(kw_only=True)
class Position:
    """A holding; `quantity` in shares, negative when short, `average_cost` in its currency."""

    con_id: ConId
    symbol: Symbol
    security_type: str
    currency: str
    quantity: Decimal
    average_cost: Decimal | None = None


@frozen(kw_only=True)
class CashBalance:
    """Cash in one currency, negative when borrowed.

    `usd_rate` is what one unit of the currency is in USD; None where it is not known.
    """

    currency: str
    amount: Decimal
    usd_rate: Decimal | None = None


@frozen(kw_only=True)
class OpenOrder:
    """An order still working at the broker, of whichever client; `remaining` in shares.

    `limit_price` is the most that one of `remaining` costs, contract multiplier included; None
    where the order names no limit.
    """

    account_id: AccountId
    con_id: ConId
    symbol: Symbol
    side: str
    remaining: Decimal
    order_ref: str = ""
    client_id: int = 0
    order_id: int = 0
    perm_id: int = 0
    limit_price: Decimal | None = None


@frozen(kw_only=True)
class AccountSnapshot:
    """The account at `as_of` (UTC): cash by currency, positions by contract id, open orders.

    `stock_market_value_usd` is the broker's own ledger figure for USD stocks; None where the
    source does not carry one (a saved snapshot), and then the ledger check says it was not made.
    `sweep_difference_usd` is CashBalance less TotalCashBalance; `cash` has the smaller of them.
    `open_orders_visible` is False where the gateway's Read-Only API hides open orders: then
    `open_orders` is empty and says nothing, and the account can be previewed, not traded.
    """

    account_id: AccountId
    as_of: datetime
    base_currency: str
    cash: tuple[CashBalance, ...]
    positions: tuple[Position, ...]
    open_orders: tuple[OpenOrder, ...] = ()
    account_type: str = ""
    stock_market_value_usd: Decimal | None = None
    sweep_difference_usd: Decimal = ZERO
    open_orders_visible: bool = True

    @property
    def usd_cash(self) -> Decimal:
        """Cash in USD; 0 where the ledger has no USD row."""
        return sum((b.amount for b in self.cash if b.currency == USD), ZERO)


class QuoteKind(Enum):
    """Which market figure a price is."""

    LAST = "last"
    MIDPOINT = "midpoint"
    CLOSE = "close"


class DataType(Enum):
    """How fresh the broker calls its ticks (market data type callback, 1 to 4)."""

    LIVE = "live"
    FROZEN = "frozen"
    DELAYED = "delayed"
    DELAYED_FROZEN = "delayed-frozen"

    @property
    def word(self) -> str:
        """The value, typed where a narrowed member would be Any to mypy."""
        return self.value


@frozen(kw_only=True)
class MarketObservation:
    """What the broker sent for one symbol; None = it did not send it, or sent no real number.

    `data_type` is None until the broker itself names it: silence is not "live".
    `error_code` is the broker's refusal of the request (354, 10197, ...). `doubt` says why a price
    that looks live may be an old one all the same: a broken market data farm (2103).
    """

    con_id: ConId
    symbol: Symbol
    observed_at: datetime
    bid: Decimal | None = None
    ask: Decimal | None = None
    last: Decimal | None = None
    last_at: datetime | None = None
    close: Decimal | None = None
    data_type: DataType | None = None
    halted: bool = False
    error_code: int | None = None
    error_text: str = ""
    doubt: str = ""


@frozen(kw_only=True)
class Mark:
    """The broker's own price of a holding, dollars a share."""

    con_id: ConId
    price: Decimal


class QuoteBlock(Enum):
    """Why a price values a holding but may not size a trade."""

    STALE = "stale price"
    HALTED = "trading halted"
    WIDE_SPREAD = "spread too wide"
    CLOSING_PRICE = "not for trading"
    OFF_MIDPOINT = "too far from the midpoint"
    NO_REFERENCE = "unconfirmed price"
    COLLAR = "outside the price collar"
    FROZEN = "no live market"
    DELAYED = "delayed prices trade paper accounts only"


@frozen(kw_only=True)
class Quote:
    """One price for the whole run, dollars a share.

    `block` says why no trade may be sized on it; `note` is what people are told about it. `bid` and
    `ask` are None where they are not known: then no spread is reckoned with.
    """

    con_id: ConId
    symbol: Symbol
    price: Decimal
    kind: QuoteKind
    as_of: datetime
    delayed: bool = False
    block: QuoteBlock | None = None
    note: str = ""
    bid: Decimal | None = None
    ask: Decimal | None = None

    @property
    def bought_at(self) -> Decimal:
        """What a bought share is reckoned with, before commission."""
        return bought_at(self.price, self.bid, self.ask)

    @property
    def sold_at(self) -> Decimal:
        """What a sold share is reckoned with, before commission."""
        return sold_at(self.price, self.bid, self.ask)


@frozen(kw_only=True)
class Unpriced:
    """A symbol the market gave no usable price for; `detail` says what came instead."""

    con_id: ConId
    symbol: Symbol
    detail: str


@frozen(kw_only=True)
class Snapshot:
    """Accounts and prices of one run, as saved to and read from a file (R 11.2)."""

    as_of: datetime
    accounts: tuple[AccountSnapshot, ...]
    quotes: tuple[Quote | Unpriced, ...] = field(default=())
