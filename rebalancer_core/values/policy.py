"""The rules a user sets, one frozen class a settings section; a field is the key of its name.

The tables of keys are made by walking the fields: a switch or a choice needs its default alone, a
number its limits too.
"""

from __future__ import annotations

from decimal import Decimal
from enum import Enum

from attrs import frozen

from rebalancer_core.values.commission import IBKR_FIXED, CommissionRate
from rebalancer_core.values.money import ZERO
from rebalancer_core.values.setting import setting

_DAY = "86400"


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
    PRIORITY = "priority"
    BEST = "best"


class BandRule(Enum):
    """Which band a holding has: in bps of the account, a part of its target, or one of the two."""

    ABSOLUTE = "absolute"
    RELATIVE = "relative"
    NARROWER = "narrower"
    WIDER = "wider"


class Destination(Enum):
    """How far from its target a trade stops: on it, on the edge of the band, or between the two."""

    TARGET = "target"
    EDGE = "edge"
    HALFWAY = "halfway"
    INSIDE = "inside"


@frozen(kw_only=True)
class RebalancePolicy:
    """`[rebalance]`, for one account. Bands in bps of managed net liquidation, money in USD.

    `cash_buffer_pct` is a fraction of managed net liquidation (0.01 = 1 %), `relative_band_pct` a
    percentage of the target weight (25 = a quarter of it). `destination_bps` counts where
    `destination` is inside.
    """

    trigger_mode: TriggerMode = TriggerMode.PER_HOLDING
    per_holding_band_bps: Decimal = setting(
        Decimal(50), least="0", most="10000", unit="basis points: 50 is 0.5 %"
    )
    portfolio_total_band_bps: Decimal = setting(
        Decimal(100), least="0", most="10000", unit="basis points: 100 is 1 %"
    )
    min_order_usd: Decimal = setting(Decimal(500), least="0", most="1000000000", unit="USD")
    cash_buffer_type: CashBufferType = CashBufferType.PCT
    cash_buffer_pct: Decimal = setting(
        Decimal("0.01"), least="0", most="0.99", unit="a fraction: 0.01 is 1 %"
    )
    cash_buffer_abs: Decimal = setting(ZERO, least="0", most="1000000000000", unit="USD")
    allow_fractional: bool = False
    max_leverage: Decimal = setting(
        Decimal("1.50"), least="1", most="10", unit="1.50 is 150 % of net liquidation"
    )
    trading_hours: TradingHours = TradingHours.RTH
    unlisted_positions: UnlistedPositions = UnlistedPositions.KEEP
    sizing: Sizing = Sizing.PRIORITY
    band_rule: BandRule = BandRule.ABSOLUTE
    relative_band_pct: Decimal = setting(
        Decimal(25), least="0", most="1000", unit="percent of the target weight: 25 is a quarter"
    )
    destination: Destination = Destination.TARGET
    destination_bps: Decimal = setting(
        ZERO, least="0", most="10000", unit="basis points: 175 is 1.75 %"
    )
    min_improvement_usd: Decimal = setting(ZERO, least="0", most="1000000000", unit="USD")
    set_aside_usd: Decimal = setting(ZERO, least="0", most="1000000000000", unit="USD")
    deploy_idle_cash: bool = False

    @property
    def smallest_order_usd(self) -> Decimal:
        """The least that an order is worth: less can come no closer than the rules ask for.

        >>> RebalancePolicy(min_improvement_usd=Decimal(800)).smallest_order_usd
        Decimal('800')
        """
        return max(self.min_order_usd, self.min_improvement_usd)


class PriceSource(Enum):
    LAST = "last"
    MIDPOINT = "midpoint"
    CLOSE = "close"


@frozen(kw_only=True)
class PricingPolicy:
    """`[pricing]`."""

    price_source: PriceSource = PriceSource.LAST
    fallback_to_snapshot: bool = True
    price_max_age_sec: Decimal = setting(Decimal(60), least="1", most=_DAY, unit="seconds")
    allow_delayed: bool = False
    delayed_max_age_sec: Decimal = setting(Decimal(1800), least="1", most=_DAY, unit="seconds")


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
    wait_before_fallback: Decimal = setting(Decimal(300), least="1", most=_DAY, unit="seconds")
    batch_orders: bool = True
    what_if: bool = True
    commission_per_share: Decimal = setting(
        IBKR_FIXED.per_share, least="0", most="10", unit="USD a share, reserved for each order"
    )
    commission_min: Decimal = setting(
        IBKR_FIXED.minimum, least="0", most="1000", unit="USD an order at least, reserved"
    )
    commission_report_timeout: Decimal = setting(Decimal(5), least="0", most="600", unit="seconds")
    retry_attempts: int = setting(4, least="1", most="20", unit="1: never again")
    retry_first_sec: float = setting(1, least="0", most="600", unit="seconds")
    retry_max_sec: float = setting(15, least="0", most="600", unit="seconds")

    @property
    def commission(self) -> CommissionRate:
        """What an order is reckoned to be charged where the broker has not said.

        >>> ExecutionPolicy().commission == IBKR_FIXED
        True
        """
        return CommissionRate(per_share=self.commission_per_share, minimum=self.commission_min)


class TradingMode(Enum):
    PAPER = "paper"
    LIVE = "live"


class OnOpenOrders(Enum):
    REFUSE = "refuse"
    CANCEL_OWN = "cancel_own"


@frozen(kw_only=True)
class SafetyPolicy:
    """`[safety]`; percentages as written (50 = 50 %), durations in seconds."""

    mode: TradingMode = TradingMode.PAPER
    max_orders: int = setting(50, least="1", most="10000")
    max_order_usd: Decimal | None = setting(
        None, least="0", most="1000000000", above_least=True, unit="USD"
    )
    max_turnover_pct: Decimal = setting(
        Decimal(50), least="0", most="1000", unit="percent of net liquidation"
    )
    price_collar_pct: Decimal = setting(
        Decimal(10), least="0", most="100", above_least=True, unit="percent of the previous close"
    )
    max_spread_pct: Decimal = setting(
        Decimal(2), least="0", most="100", above_least=True, unit="percent"
    )
    plan_ttl_sec: Decimal = setting(Decimal(120), least="1", most=_DAY, unit="seconds")
    ack_timeout_sec: Decimal = setting(Decimal(15), least="1", most="600", unit="seconds")
    order_deadline_sec: Decimal = setting(Decimal(600), least="1", most=_DAY, unit="seconds")
    on_open_orders: OnOpenOrders = OnOpenOrders.REFUSE
    ledger_tolerance_pct: Decimal = setting(Decimal(2), least="0", most="100", unit="percent")
    allow_unattended_live: bool = False


class ConfirmMode(Enum):
    PER_ACCOUNT = "per_account"
    GLOBAL = "global"


@frozen(kw_only=True)
class AskingPolicy:
    """`[accounts]` without the ids: how accounts are asked about, and how one follows another."""

    confirm_mode: ConfirmMode = ConfirmMode.PER_ACCOUNT
    pacing_sec: float = setting(1, least="0", most="3600", unit="seconds")
    parallel: bool = False
