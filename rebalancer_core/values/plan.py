"""A plan: every holding and target with its row, what to trade, and why the rest does not."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import Enum

from attrs import frozen

from rebalancer_core.values.drift import drift, drift_usd
from rebalancer_core.values.flow import REBALANCE, EarlierInvestment, Flow
from rebalancer_core.values.instruments import CASH, AccountId, ConId, Symbol
from rebalancer_core.values.money import BPS, ZERO, difference, product, ratio


class Side(Enum):
    BUY = "BUY"
    SELL = "SELL"


class Action(Enum):
    BUY = "BUY"
    SELL = "SELL"
    NONE = "NONE"


class Reason(Enum):
    """Why a row does not trade, or trades less than its drift asks for (R 4.5.2)."""

    WITHIN_BAND = "within band"
    PORTFOLIO_WITHIN_BAND = "portfolio within its band"
    BELOW_MINIMUM_ORDER = "below minimum order"
    BELOW_MINIMUM_IMPROVEMENT = "below minimum improvement"
    ROUNDS_TO_ZERO = "rounds to zero shares"
    NO_CASH_LEFT = "no cash left"
    LEVERAGE_CAP = "leverage cap"
    HOLD = "hold"
    NO_BUY = "no_buy"
    NO_SELL = "no_sell"
    KEPT_UNLISTED = "kept, not in portfolios.csv"
    NOT_MANAGED = "not a USD stock or ETF, left out"
    NO_PRICE = "no price"
    PRICE_BLOCKED = "price unusable for trading"
    OPEN_ORDER_PENDING = "open order pending"
    MARKET_CLOSED = "market closed"
    LIMIT = "limit"
    REFUSED_BY_BROKER = "refused by the broker"
    READ_ONLY_API = "Read-Only API"
    SELL_CUT = "sell cut"
    GAVE_BACK = "reduced for a better overall fit"
    BUYS_LEFT_OUT = "buys left out"
    SELLS_LEFT_OUT = "sells left out"
    AMOUNT_SPENT = "amount spent"
    AMOUNT_RAISED = "amount raised without it"
    SOLD_TO_RAISE = "sold to raise cash"
    IDLE_CASH = "idle cash"
    CASH_FOLLOWS = "residual cash"

    @classmethod
    def _missing_(cls, value: object) -> Reason | None:
        """A reason as journals of earlier versions word it."""
        return _FORMER.get(str(value))


_FORMER = {
    "price not fit for trading": Reason.PRICE_BLOCKED,
    "gave shares back for a closer fit of the whole plan": Reason.GAVE_BACK,
    "cash is what the trades leave": Reason.CASH_FOLLOWS,
}


@frozen(kw_only=True)
class NotBuyable:
    """A contract that a plan must not buy: the reason that its row gets, and why, in words."""

    con_id: ConId
    why: str
    reason: Reason = Reason.REFUSED_BY_BROKER


@frozen(kw_only=True)
class PlanRow:
    """One holding, one target, or CASH (quantities in dollars, price 1).

    `change` is the shares to buy (more than 0) or to sell (less) at about `price` dollars a share;
    of CASH, what all trades leave or take. `managed` is the managed net liquidation that weights
    and drift are fractions of; None where the row is left out of it. The figures that follow from
    these are properties, None where the row is left out.
    """

    symbol: Symbol
    con_id: ConId | None
    held: Decimal = ZERO
    price: Decimal | None = None
    target_weight: Decimal | None = None
    managed: Decimal | None = None
    change: Decimal = ZERO
    reason: Reason | None = None
    note: str = ""

    @property
    def is_cash(self) -> bool:
        """Whether this is the CASH row, and not a fund that is called so."""
        return self.con_id is None and self.symbol == CASH

    @property
    def action(self) -> Action:
        """What to do; CASH follows the trades, and is none itself."""
        if self.is_cash or not self.change:
            return Action.NONE
        return Action.BUY if self.change > ZERO else Action.SELL

    @property
    def quantity(self) -> Decimal:
        """Shares to trade; 0 where `action` is NONE."""
        return ZERO if self.is_cash else self.change.copy_abs()

    @property
    def value_usd(self) -> Decimal:
        """Dollars that the trade moves."""
        return ZERO if self.price is None else product(self.quantity, self.price)

    @property
    def current_weight(self) -> Decimal | None:
        """Value as a fraction of managed net liquidation, to 18 decimals."""
        return None if self.managed is None else ratio(self._worth, self.managed)

    @property
    def after_weight(self) -> Decimal | None:
        """The weight once all orders filled at these prices."""
        return None if self.managed is None else ratio(self._worth_after, self.managed)

    @property
    def drift_usd(self) -> Decimal | None:
        """Value - target value, exact; positive: over target."""
        if self.managed is None or self.target_weight is None:
            return None
        return drift_usd(self._worth, self.target_weight, self.managed)

    @property
    def drift(self) -> Decimal | None:
        """`drift_usd` as a fraction of managed net liquidation, to 18 decimals."""
        if self.managed is None or self.target_weight is None:
            return None
        return drift(self._worth, self.target_weight, self.managed)

    @property
    def _worth(self) -> Decimal:
        return ZERO if self.price is None else product(self.held, self.price)

    @property
    def _worth_after(self) -> Decimal:
        if self.price is None:
            return ZERO
        return difference(self._worth, product(self.change.copy_negate(), self.price))


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
        return product(self.quantity, self.price)


@frozen(kw_only=True)
class Plan:
    """What one account would trade, with the figures of the preview, all in USD.

    `orders`: sells first, then buys, each by |drift| descending, then symbol.
    `net_liquidation` counts every USD stock/ETF; `managed_net_liquidation` leaves kept unlisted
    holdings out and is the denominator of weights and drift. `cash_floor` is what no buy may go
    below; `residual_drift_usd` the sum of |gap| after trading; `bound_usd` how far that is at most
    above the best whole-share plan, `best_closer_usd` how much less `sizing = best` would leave.
    `warnings` are sentences about the whole account. `reserve_usd` is what the orders are reckoned
    to cost beside the plan's prices (spread, commission): `cash_after` is before it, and no buy
    leaves less than the floor after it. `foreign_debt_usd` comes off the net liquidation that the
    leverage cap is a multiple of; `cap_missed_usd` is what gross stays above the cap all the same;
    `inside_band_sells` are sold for the cap alone. `asked_cash_weight` is the CASH target before
    the targets were scaled to the cap; None in a plan of an earlier version. `flow` is what the
    plan is for. `cash` and all figures are without `set_aside_usd`, the cash that is set aside;
    what that lacks of the setting is `set_aside_short_usd`. `most_raised_usd` is the most that can
    be raised, where it is less than the flow asks for: then there are no orders. `invested_before`
    is the investment that this one would be the second of on one trading day.
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
    max_leverage: Decimal
    residual_drift_usd: Decimal
    bound_usd: Decimal
    warnings: tuple[str, ...] = ()
    best_closer_usd: Decimal = ZERO
    reserve_usd: Decimal = ZERO
    foreign_debt_usd: Decimal = ZERO
    cap_missed_usd: Decimal = ZERO
    inside_band_sells: tuple[Symbol, ...] = ()
    asked_cash_weight: Decimal | None = None
    flow: Flow = REBALANCE
    set_aside_usd: Decimal = ZERO
    set_aside_short_usd: Decimal = ZERO
    most_raised_usd: Decimal | None = None
    invested_before: EarlierInvestment | None = None

    @property
    def gross_before(self) -> Decimal:
        """Gross position value before trading; long-only, net liquidation less cash."""
        return difference(self.net_liquidation, self.cash)

    @property
    def gross_after(self) -> Decimal:
        """Gross position value once all orders filled."""
        return difference(self.net_liquidation, self.cash_after)

    @property
    def leverage_before(self) -> Decimal:
        """Gross position value over net liquidation, foreign debt taken off that."""
        return ratio(self.gross_before, self._worth_for_cap)

    @property
    def leverage_after(self) -> Decimal:
        """The same once all orders filled."""
        return ratio(self.gross_after, self._worth_for_cap)

    @property
    def _worth_for_cap(self) -> Decimal:
        return difference(self.net_liquidation, self.foreign_debt_usd)

    @property
    def borrows_beside_kept(self) -> bool:
        """Whether USD cash is negative beside kept holdings while the models hold no debt."""
        keeps = any(row.reason is Reason.KEPT_UNLISTED for row in self.rows)
        asked = self.asked_cash_weight
        return keeps and self.cash < ZERO and asked is not None and asked >= ZERO

    @property
    def residual_drift_bps(self) -> Decimal:
        """`residual_drift_usd` in basis points of managed net liquidation."""
        return ratio(product(self.residual_drift_usd, BPS), self.managed_net_liquidation)

    @property
    def bound_bps(self) -> Decimal:
        """`bound_usd` in basis points of managed net liquidation."""
        return ratio(product(self.bound_usd, BPS), self.managed_net_liquidation)

    @property
    def best_closer_bps(self) -> Decimal:
        """`best_closer_usd` in basis points of managed net liquidation."""
        return ratio(product(self.best_closer_usd, BPS), self.managed_net_liquidation)

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
        """What is sold, or bought beyond USD cash above zero, over net liquidation (R 7.3.13).

        The larger of the two: investing a deposit is none.
        """
        in_hand = max(self.cash, ZERO)
        return ratio(max(self.sell_usd, difference(self.buy_usd, in_hand)), self.net_liquidation)
