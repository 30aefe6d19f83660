"""Every key of settings.ini in one table: section, name, default, grammar (SPEC 2.1, 7.3)."""

from __future__ import annotations

from decimal import Decimal

from rebalancer_adapters.settings.grammars import (
    host,
    number,
    number_or_none,
    one_of,
    path,
    switch,
    whole,
    word,
)
from rebalancer_adapters.settings.key import Key
from rebalancer_core.values.policy import (
    AdaptivePriority,
    AlgoPreference,
    CashBufferType,
    ConfirmMode,
    ExecutionPolicy,
    OnOpenOrders,
    OrderType,
    PriceSource,
    PricingPolicy,
    RebalancePolicy,
    SafetyPolicy,
    Sizing,
    TradingHours,
    TradingMode,
    TriggerMode,
    UnlistedPositions,
)

_REBALANCE = RebalancePolicy()
_PRICING = PricingPolicy()
_EXECUTION = ExecutionPolicy()
_SAFETY = SafetyPolicy()
_DAY = "86400"


# Where the gateway listens.
HOST = Key("ibkr", "host", "127.0.0.1", host())
PORT = Key("ibkr", "port", 4002, whole(1, 65535))
CLIENT_ID = Key(
    "ibkr", "client_id", 42, whole(1, 2147483647, "0 would adopt orders entered by hand")
)
READ_ONLY = Key("ibkr", "read_only", True, switch())
ALLOW_REMOTE = Key("ibkr", "allow_remote", False, switch())

# Which accounts, in which order, how asked.
CONFIRM_MODE = Key("accounts", "confirm_mode", ConfirmMode.PER_ACCOUNT, one_of(ConfirmMode))
PACING_SEC = Key("accounts", "pacing_sec", Decimal(1), number("0", "3600", "seconds"))
PARALLEL = Key("accounts", "parallel", False, switch())
PORTFOLIOS = Key("accounts", "path", "portfolios.csv", path())

# What each account may override.
TRIGGER_MODE = Key("rebalance", "trigger_mode", _REBALANCE.trigger_mode, one_of(TriggerMode))
PER_HOLDING_BAND_BPS = Key(
    "rebalance",
    "per_holding_band_bps",
    _REBALANCE.per_holding_band_bps,
    number("0", "10000", "basis points: 50 is 0.5 %"),
)
PORTFOLIO_TOTAL_BAND_BPS = Key(
    "rebalance",
    "portfolio_total_band_bps",
    _REBALANCE.portfolio_total_band_bps,
    number("0", "10000", "basis points: 100 is 1 %"),
)
MIN_ORDER_USD = Key(
    "rebalance", "min_order_usd", _REBALANCE.min_order_usd, number("0", "1000000000", "USD")
)
CASH_BUFFER_TYPE = Key(
    "rebalance", "cash_buffer_type", _REBALANCE.cash_buffer_type, one_of(CashBufferType)
)
CASH_BUFFER_PCT = Key(
    "rebalance",
    "cash_buffer_pct",
    _REBALANCE.cash_buffer_pct,
    number("0", "0.99", "a fraction: 0.01 is 1 %"),
)
CASH_BUFFER_ABS = Key(
    "rebalance", "cash_buffer_abs", _REBALANCE.cash_buffer_abs, number("0", "1000000000000", "USD")
)
ALLOW_FRACTIONAL = Key("rebalance", "allow_fractional", _REBALANCE.allow_fractional, switch())
MAX_LEVERAGE = Key(
    "rebalance",
    "max_leverage",
    _REBALANCE.max_leverage,
    number("1", "10", "1.50 is 150 % of net liquidation"),
)
TRADING_HOURS = Key("rebalance", "trading_hours", _REBALANCE.trading_hours, one_of(TradingHours))
UNLISTED_POSITIONS = Key(
    "rebalance", "unlisted_positions", _REBALANCE.unlisted_positions, one_of(UnlistedPositions)
)
SIZING = Key("rebalance", "sizing", _REBALANCE.sizing, one_of(Sizing))

# Which price counts.
PRICE_SOURCE = Key("pricing", "price_source", _PRICING.price_source, one_of(PriceSource))
FALLBACK_TO_SNAPSHOT = Key(
    "pricing", "fallback_to_snapshot", _PRICING.fallback_to_snapshot, switch()
)
PRICE_MAX_AGE_SEC = Key(
    "pricing", "price_max_age_sec", _PRICING.price_max_age_sec, number("1", _DAY, "seconds")
)
ALLOW_DELAYED = Key("pricing", "allow_delayed", _PRICING.allow_delayed, switch())

# How orders are sent.
ORDER_TYPE = Key("execution", "order_type", _EXECUTION.order_type, one_of(OrderType))
ALGO_PREFERENCE = Key(
    "execution", "algo_preference", _EXECUTION.algo_preference, one_of(AlgoPreference)
)
ADAPTIVE_PRIORITY = Key(
    "execution", "adaptive_priority", _EXECUTION.adaptive_priority, one_of(AdaptivePriority)
)
FALLBACK_PLAIN_MARKET = Key(
    "execution", "fallback_plain_market", _EXECUTION.fallback_plain_market, switch()
)
WAIT_BEFORE_FALLBACK = Key(
    "execution",
    "wait_before_fallback",
    _EXECUTION.wait_before_fallback,
    number("1", _DAY, "seconds"),
)
BATCH_ORDERS = Key("execution", "batch_orders", _EXECUTION.batch_orders, switch())
WHAT_IF = Key("execution", "what_if", _EXECUTION.what_if, switch())
COMMISSION_REPORT_TIMEOUT = Key(
    "execution",
    "commission_report_timeout",
    _EXECUTION.commission_report_timeout,
    number("0", "600", "seconds"),
)

# What stops a run.
MODE = Key("safety", "mode", _SAFETY.mode, one_of(TradingMode))
MAX_ORDERS = Key("safety", "max_orders", _SAFETY.max_orders, whole(1, 10000))
MAX_ORDER_USD = Key(
    "safety", "max_order_usd", _SAFETY.max_order_usd, number_or_none("0", "1000000000", "USD")
)
MAX_TURNOVER_PCT = Key(
    "safety",
    "max_turnover_pct",
    _SAFETY.max_turnover_pct,
    number("0", "1000", "percent of net liquidation"),
)
PRICE_COLLAR_PCT = Key(
    "safety",
    "price_collar_pct",
    _SAFETY.price_collar_pct,
    number("0", "100", "percent of the previous close", above_low=True),
)
MAX_SPREAD_PCT = Key(
    "safety",
    "max_spread_pct",
    _SAFETY.max_spread_pct,
    number("0", "100", "percent", above_low=True),
)
PLAN_TTL_SEC = Key("safety", "plan_ttl_sec", _SAFETY.plan_ttl_sec, number("1", _DAY, "seconds"))
ACK_TIMEOUT_SEC = Key(
    "safety", "ack_timeout_sec", _SAFETY.ack_timeout_sec, number("1", "600", "seconds")
)
ORDER_DEADLINE_SEC = Key(
    "safety", "order_deadline_sec", _SAFETY.order_deadline_sec, number("1", _DAY, "seconds")
)
ON_OPEN_ORDERS = Key("safety", "on_open_orders", _SAFETY.on_open_orders, one_of(OnOpenOrders))
LEDGER_TOLERANCE_PCT = Key(
    "safety", "ledger_tolerance_pct", _SAFETY.ledger_tolerance_pct, number("0", "100", "percent")
)
ALLOW_UNATTENDED_LIVE = Key(
    "safety", "allow_unattended_live", _SAFETY.allow_unattended_live, switch()
)

# Where records go.
REPORT_DIR = Key("io", "report_dir", "reports", path())
LOG_LEVEL = Key("io", "log_level", "INFO", word("DEBUG", "INFO", "WARNING", "ERROR"))

# An empty default: the folder that the system keeps for programs' state (platformdirs).
STATE_DIR = Key("io", "state_dir", "", path())

IBKR_KEYS: tuple[Key[object], ...] = (HOST, PORT, CLIENT_ID, READ_ONLY, ALLOW_REMOTE)
ACCOUNTS_KEYS: tuple[Key[object], ...] = (CONFIRM_MODE, PACING_SEC, PARALLEL, PORTFOLIOS)
REBALANCE_KEYS: tuple[Key[object], ...] = (
    TRIGGER_MODE,
    PER_HOLDING_BAND_BPS,
    PORTFOLIO_TOTAL_BAND_BPS,
    MIN_ORDER_USD,
    CASH_BUFFER_TYPE,
    CASH_BUFFER_PCT,
    CASH_BUFFER_ABS,
    ALLOW_FRACTIONAL,
    MAX_LEVERAGE,
    TRADING_HOURS,
    UNLISTED_POSITIONS,
    SIZING,
)
PRICING_KEYS: tuple[Key[object], ...] = (
    PRICE_SOURCE,
    FALLBACK_TO_SNAPSHOT,
    PRICE_MAX_AGE_SEC,
    ALLOW_DELAYED,
)
EXECUTION_KEYS: tuple[Key[object], ...] = (
    ORDER_TYPE,
    ALGO_PREFERENCE,
    ADAPTIVE_PRIORITY,
    FALLBACK_PLAIN_MARKET,
    WAIT_BEFORE_FALLBACK,
    BATCH_ORDERS,
    WHAT_IF,
    COMMISSION_REPORT_TIMEOUT,
)
SAFETY_KEYS: tuple[Key[object], ...] = (
    MODE,
    MAX_ORDERS,
    MAX_ORDER_USD,
    MAX_TURNOVER_PCT,
    PRICE_COLLAR_PCT,
    MAX_SPREAD_PCT,
    PLAN_TTL_SEC,
    ACK_TIMEOUT_SEC,
    ORDER_DEADLINE_SEC,
    ON_OPEN_ORDERS,
    LEDGER_TOLERANCE_PCT,
    ALLOW_UNATTENDED_LIVE,
)
IO_KEYS: tuple[Key[object], ...] = (REPORT_DIR, LOG_LEVEL, STATE_DIR)
KEYS: tuple[Key[object], ...] = (
    *IBKR_KEYS,
    *ACCOUNTS_KEYS,
    *REBALANCE_KEYS,
    *PRICING_KEYS,
    *EXECUTION_KEYS,
    *SAFETY_KEYS,
    *IO_KEYS,
)
# Keys whose value is made by rules of their own.
ACCOUNT_IDS = ("accounts", "ids")
LEGACY_ACCOUNT_ID = ("ibkr", "account_id")
MODELS = "models"
ACCOUNT_PREFIX = "account:"
# What `[account:ID]` may override.
ACCOUNT_KEYS: tuple[Key[object], ...] = (PORTFOLIOS, *REBALANCE_KEYS)


def known_keys() -> dict[str, tuple[str, ...]]:
    """The names of every key by section; `[models]` has none of its own."""
    names = [(key.section, key.name) for key in KEYS] + [ACCOUNT_IDS, LEGACY_ACCOUNT_ID]
    sections = (*dict.fromkeys(section for section, _ in names), MODELS)
    return {each: tuple(name for section, name in names if section == each) for each in sections}
