"""The rules a user sets, one frozen class a settings section, defaults as SPEC 2.1 names them."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum

from attrs import frozen

from rebalancer_core.values.money import ZERO


class TriggerMode(Enum):
    PER_HOLDING = "per_holding"
    TOTAL_DRIFT = "total_drift"


class CashBufferType(Enum):
    PCT = "pct"
    ABS = "abs"


class TradingHours(Enum):
    RTH = "rth"
    ETH = "eth"


class UnlistedPositions(Enum):
    KEEP = "keep"
    SELL = "sell"
    ABORT = "abort"


class Sizing(Enum):
    BEST = "best"
    PRIORITY = "priority"


@frozen(kw_only=True)
class RebalancePolicy:
    """`[rebalance]`, for one account. Bands in bps of managed net liquidation, money in USD.

    `cash_buffer_pct` is a fraction of managed net liquidation (0.01 = 1 %).
    """

    trigger_mode: TriggerMode = TriggerMode.PER_HOLDING
    per_holding_band_bps: Decimal = Decimal(50)
    portfolio_total_band_bps: Decimal = Decimal(100)
    min_order_usd: Decimal = Decimal(500)
    cash_buffer_type: CashBufferType = CashBufferType.PCT
    cash_buffer_pct: Decimal = Decimal("0.01")
    cash_buffer_abs: Decimal = ZERO
    allow_fractional: bool = False
    max_leverage: Decimal = Decimal("1.50")
    trading_hours: TradingHours = TradingHours.RTH
    unlisted_positions: UnlistedPositions = UnlistedPositions.KEEP
    sizing: Sizing = Sizing.BEST


class PriceSource(Enum):
    LAST = "last"
    MIDPOINT = "midpoint"
    CLOSE = "close"


@frozen(kw_only=True)
class PricingPolicy:
    """`[pricing]`."""

    price_source: PriceSource = PriceSource.LAST
    fallback_to_snapshot: bool = True
    price_max_age_sec: Decimal = Decimal(60)
    allow_delayed: bool = False


class AlgoPreference(Enum):
    NONE = "none"
    ADAPTIVE = "adaptive"
    MIDPRICE = "midprice"


class AdaptivePriority(Enum):
    PATIENT = "Patient"
    NORMAL = "Normal"
    URGENT = "Urgent"


class OrderType(Enum):
    MARKET = "market"


@frozen(kw_only=True)
class ExecutionPolicy:
    """`[execution]`; durations in seconds."""

    order_type: OrderType = OrderType.MARKET
    algo_preference: AlgoPreference = AlgoPreference.NONE
    adaptive_priority: AdaptivePriority = AdaptivePriority.NORMAL
    fallback_plain_market: bool = True
    wait_before_fallback: Decimal = Decimal(300)
    batch_orders: bool = True
    what_if: bool = True
    commission_report_timeout: Decimal = Decimal(5)


class TradingMode(Enum):
    PAPER = "paper"
    LIVE = "live"


class OnOpenOrders(Enum):
    REFUSE = "refuse"
    CANCEL_OWN = "cancel_own"


@frozen(kw_only=True)
class SafetyPolicy:
    """`[safety]` (SPEC 7.3); percentages as written (50 = 50 %), durations in seconds."""

    mode: TradingMode = TradingMode.PAPER
    max_orders: int = 50
    max_order_usd: Decimal | None = None
    max_turnover_pct: Decimal = Decimal(50)
    price_collar_pct: Decimal = Decimal(10)
    max_spread_pct: Decimal = Decimal(2)
    plan_ttl_sec: Decimal = Decimal(120)
    ack_timeout_sec: Decimal = Decimal(15)
    order_deadline_sec: Decimal = Decimal(600)
    on_open_orders: OnOpenOrders = OnOpenOrders.REFUSE
    ledger_tolerance_pct: Decimal = Decimal(2)
    allow_unattended_live: bool = False


class ConfirmMode(Enum):
    PER_ACCOUNT = "per_account"
    GLOBAL = "global"
