"""What the book writes down: orders, executions and holdings, as frozen values."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from attrs import frozen

from rebalancer_adapters.gateway.terms import OrderTerms


class Status(StrEnum):
    """The life of an order in the words of TWS; equal to the word itself."""

    PRE_SUBMITTED = "PreSubmitted"
    SUBMITTED = "Submitted"
    PENDING_CANCEL = "PendingCancel"
    FILLED = "Filled"
    CANCELLED = "Cancelled"
    INACTIVE = "Inactive"


_DONE = frozenset({Status.FILLED, Status.CANCELLED, Status.INACTIVE})


@frozen(kw_only=True)
class OrderRecord:
    """One accepted order as the book knows it; `side` is BUY or SELL, quantities are shares."""

    account: str
    symbol: str
    con_id: int
    side: str
    quantity: Decimal
    filled: Decimal
    average_price: Decimal
    status: Status
    order_ref: str
    order_id: int
    client_id: int
    perm_id: int
    order_type: str
    exchange: str
    submitted_at: datetime
    terms: OrderTerms
    done_at: datetime | None = None
    may_revive: bool = False  # an Inactive order that the broker holds, and that can be cancelled

    @property
    def remaining(self) -> Decimal:
        return self.quantity - self.filled

    @property
    def is_done(self) -> bool:
        return self.status in _DONE and not self.may_revive


@frozen(kw_only=True)
class ExecutionRecord:
    """One execution; `side` is BOT or SLD, `cumulative` what the order had filled after it."""

    exec_id: str
    perm_id: int
    order_id: int
    client_id: int
    account: str
    symbol: str
    con_id: int
    side: str
    quantity: Decimal
    price: Decimal
    at: datetime
    cumulative: Decimal
    average_price: Decimal
    order_ref: str
    exchange: str
    commission: Decimal
    commission_currency: str
    realized_pnl: Decimal | None
    cash_change: Decimal = Decimal(0)


@frozen(kw_only=True)
class Holding:
    """What an account holds of one contract; the average cost is per share or contract."""

    quantity: Decimal
    average_cost: Decimal
