"""A plan: every holding and target with its row, what to trade, and why the rest does not."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import Enum

from attrs import frozen

from rebalancer_core.values.instruments import AccountId, ConId, Symbol
from rebalancer_core.values.money import ZERO


class Side(Enum):
    BUY = "BUY"
    SELL = "SELL"


class Action(Enum):
    BUY = "BUY"
    SELL = "SELL"
    NONE = "NONE"


class Reason(Enum):
    """Why a row does not trade, or trades less than its drift asks for (SPEC 4.5)."""

    WITHIN_BAND = "within band"
    PORTFOLIO_WITHIN_BAND = "portfolio within its band"
    BELOW_MINIMUM_ORDER = "below minimum order"
    ROUNDS_TO_ZERO = "rounds to zero shares"
    NO_CASH_LEFT = "no cash left"
    LEVERAGE_CAP = "leverage cap"
    KEPT_UNLISTED = "kept, not in portfolios.csv"
    NOT_MANAGED = "not a USD stock or ETF, left out"
    NO_PRICE = "no price"
    PRICE_BLOCKED = "price not fit for trading"
    OPEN_ORDER_PENDING = "open order pending"
    MARKET_CLOSED = "market closed"
    LIMIT = "limit"
    GAVE_BACK = "gave shares back for a closer fit of the whole plan"
    CASH_FOLLOWS = "cash is what the trades leave"


@frozen(kw_only=True)
class PlanRow:
    """One holding, one target, or CASH (`is_cash`, quantities in dollars, price 1).

    Weights and `drift` are fractions of managed net liquidation; None where the row is left out
    of it. `quantity` is the shares to trade (0 when action is NONE), `price` dollars a share,
    `value_usd` = quantity x price, `after_weight` the weight once all orders filled at these
    prices. `drift_usd` = value - target value (positive: over target).
    """

    symbol: Symbol
    con_id: ConId | None
    is_cash: bool = False
    held: Decimal = ZERO
    price: Decimal | None = None
    target_weight: Decimal | None = None
    current_weight: Decimal | None = None
    drift: Decimal | None = None
    drift_usd: Decimal | None = None
    action: Action = Action.NONE
    quantity: Decimal = ZERO
    value_usd: Decimal = ZERO
    after_weight: Decimal | None = None
    reason: Reason | None = None
    note: str = ""


@frozen(kw_only=True)
class PlannedOrder:
    """One whole-lot trade: `quantity` > 0 shares at about `price` dollars."""

    con_id: ConId
    symbol: Symbol
    side: Side
    quantity: Decimal
    price: Decimal

    @property
    def value_usd(self) -> Decimal:
        """Dollars at the planning price."""
        return self.quantity * self.price


@frozen(kw_only=True)
class Plan:
    """What one account would trade, with the figures of the preview, all in USD.

    `orders`: sells first, then buys, each by |drift| descending, then symbol.
    `net_liquidation` counts every USD stock/ETF; `managed_net_liquidation` leaves kept unlisted
    holdings out and is the denominator of weights and drift. `cash_floor` is what no buy may go
    below; `residual_drift_usd` the sum of |gap| after trading; `bound_usd` how far that is at most
    above the best whole-share plan. `warnings` are sentences about the whole account.
    """

    account_id: AccountId
    as_of: datetime
    rows: tuple[PlanRow, ...]
    orders: tuple[PlannedOrder, ...]
    net_liquidation: Decimal
    managed_net_liquidation: Decimal
    cash: Decimal
    cash_after: Decimal
    cash_buffer: Decimal
    cash_floor: Decimal
    gross_before: Decimal
    gross_after: Decimal
    leverage_before: Decimal
    leverage_after: Decimal
    max_leverage: Decimal
    residual_drift_usd: Decimal
    residual_drift_bps: Decimal
    bound_usd: Decimal
    bound_bps: Decimal
    warnings: tuple[str, ...] = ()

    @property
    def buy_usd(self) -> Decimal:
        """Sum of the planned buys."""
        return sum((o.value_usd for o in self.orders if o.side is Side.BUY), ZERO)

    @property
    def sell_usd(self) -> Decimal:
        """Sum of the planned sells."""
        return sum((o.value_usd for o in self.orders if o.side is Side.SELL), ZERO)

    @property
    def turnover(self) -> Decimal:
        """Buys plus sells as a fraction of net liquidation."""
        return (self.buy_usd + self.sell_usd) / self.net_liquidation
