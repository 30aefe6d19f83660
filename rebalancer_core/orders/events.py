"""What is known of an order: what the broker said, and what this program did. Never a guess."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import NewType

from attrs import frozen

from rebalancer_core.values.instruments import AccountId, ConId
from rebalancer_core.values.plan import Side

OrderRef = NewType("OrderRef", str)


@frozen(kw_only=True)
class OrderSeen:
    """An openOrder message: the broker has the order, under `perm_id`, for `account_id`."""

    order_ref: OrderRef
    account_id: AccountId
    perm_id: int
    status: str
    quantity: Decimal


@frozen(kw_only=True)
class StatusReported:
    """An orderStatus message as the broker sent it; `status` is its text, not the library's."""

    order_ref: OrderRef
    status: str
    filled: Decimal
    remaining: Decimal
    average_price: Decimal | None
    perm_id: int
    why_held: str = ""


@frozen(kw_only=True)
class Executed:
    """An execution. `execution_id` ends in `.NN`, its revision: a correction repeats the rest."""

    order_ref: OrderRef
    account_id: AccountId
    execution_id: str
    con_id: ConId
    side: Side
    shares: Decimal
    price: Decimal
    at: datetime | None = None


@frozen(kw_only=True)
class Commissioned:
    """A commission report for one execution."""

    order_ref: OrderRef
    execution_id: str
    commission: Decimal
    currency: str


@frozen(kw_only=True)
class ErrorReported:
    """An error or notice about one order, with the broker's code (policy in broker_codes)."""

    order_ref: OrderRef
    code: int
    text: str


@frozen(kw_only=True)
class Completed:
    """A completedOrder message: the broker is done with the order; `filled` in shares."""

    order_ref: OrderRef
    account_id: AccountId
    perm_id: int
    status: str
    filled: Decimal


@frozen(kw_only=True)
class LinkDown:
    """The gateway lost the broker (1100, 2110), or, with `closed`, the socket itself is gone."""

    detail: str
    closed: bool = True


@frozen(kw_only=True)
class LinkUp:
    """The gateway is in touch again (1101, 1102): what happened meanwhile must be asked for."""

    code: int


class OwnAction(Enum):
    """What this program did to an order, or waited for in vain."""

    HANDED = "handed to the client library"
    CANCEL_REQUESTED = "cancel requested"
    ACK_OVERDUE = "not acknowledged in time"
    DEADLINE_PASSED = "not finished in time"
    LINK_LOST = "the connection was lost while it was out"
    ABSENT = "not among the broker's open, completed or executed orders"

    @property
    def words(self) -> str:
        """The value, typed where a narrowed member would be Any to mypy."""
        return self.value


@frozen(kw_only=True)
class OwnActed:
    """One thing this program did to one order."""

    order_ref: OrderRef
    act: OwnAction


class Resolution(Enum):
    """What evidence, or a human, says became of an order that was left open."""

    FILLED = "filled"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    NOT_RECEIVED = "never reached the broker"
    DECLINED = "declined in a dialog of the gateway"
    INFERRED_FILLED = "filled, inferred from the position after the day had ended"
    INFERRED_DEAD = "not filled, inferred from the position after the day had ended"

    @property
    def words(self) -> str:
        """The value, typed where a narrowed member would be Any to mypy."""
        return self.value


@frozen(kw_only=True)
class Resolved:
    """An open order was settled by recovery, or by `resolve` with a human's `reason`.

    `filled` is what it came to in shares.
    """

    order_ref: OrderRef
    verdict: Resolution
    filled: Decimal
    reason: str
    by_human: bool = False


OrderFact = OrderSeen | StatusReported | Executed | Commissioned | ErrorReported | Completed
BrokerFact = OrderFact | LinkDown | LinkUp
OrderEvent = OrderFact | OwnActed | Resolved
