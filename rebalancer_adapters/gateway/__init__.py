"""The simulated gateway: the other side of the wire. It imports nothing of the rebalancer.

    market = load_market(Path("fixtures/markets/demo.toml"))
    gateway = Gateway(market)
    async with gateway.running(port=0):
        ...  # connect any TWS API client to gateway.port

What clients did is in `gateway.record.received(3)`, what it made of it in `gateway.book.orders`,
`.executions`, `.position(account, symbol)` and `.cash(account, currency)`. Prices move with
`gateway.market.set_price("SPY", bid=..., ask=..., last=...)`; trouble is a `Scenario`.
"""

from rebalancer_adapters.gateway.book import ExecutionRecord, Holding, OrderRecord, Status
from rebalancer_adapters.gateway.clock import Clock, ManualClock, OffsetClock, SystemClock
from rebalancer_adapters.gateway.market import DataLine, Market, MarketFileError, load_market
from rebalancer_adapters.gateway.record import Frame
from rebalancer_adapters.gateway.scenario import (
    Alter,
    Delay,
    Fill,
    Mute,
    Reject,
    Remark,
    Repeat,
    Rest,
    Rule,
    Scenario,
    When,
    fills_without_status,
    hidden_position,
    late_commissions,
    on_messages,
    on_orders,
    unready_account,
)
from rebalancer_adapters.gateway.server import Gateway

__all__ = [
    "Alter",
    "Clock",
    "DataLine",
    "Delay",
    "ExecutionRecord",
    "Fill",
    "Frame",
    "Gateway",
    "Holding",
    "ManualClock",
    "Market",
    "MarketFileError",
    "Mute",
    "OffsetClock",
    "OrderRecord",
    "Reject",
    "Remark",
    "Repeat",
    "Rest",
    "Rule",
    "Scenario",
    "Status",
    "SystemClock",
    "When",
    "fills_without_status",
    "hidden_position",
    "late_commissions",
    "load_market",
    "on_messages",
    "on_orders",
    "unready_account",
]
