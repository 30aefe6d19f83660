"""Rows of the gateway's answers, as ib_async decoded them and before it made anything of them."""

from __future__ import annotations

from attrs import frozen

from rebalancer_adapters.ib.library import Contract, Execution, Order


@frozen(kw_only=True)
class PositionRow:
    """A position message (61)."""

    account: str
    contract: Contract
    quantity: float
    average_cost: float


@frozen(kw_only=True)
class AccountRow:
    """An accountUpdateMulti message (73): one value of one account in one currency."""

    account: str
    tag: str
    value: str
    currency: str
    model: str = ""


@frozen(kw_only=True)
class OrderRow:
    """An openOrder (5) or completedOrder (101) message."""

    contract: Contract
    order: Order
    status: str


@frozen(kw_only=True)
class ExecutionRow:
    """An execDetails message (11)."""

    contract: Contract
    execution: Execution


@frozen(kw_only=True)
class StatusRow:
    """An orderStatus message (3)."""

    order_id: int
    client_id: int
    perm_id: int
    status: str
    filled: float
    remaining: float
    average_price: float
    why_held: str = ""


OpenOrderRow = OrderRow | StatusRow
