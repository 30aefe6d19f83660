"""What the exchange tells the sessions, in the order in which TWS tells it."""

from collections.abc import Callable
from decimal import Decimal

from attrs import frozen

from rebalancer_adapters.gateway.book import ExecutionRecord, OrderRecord
from rebalancer_adapters.gateway.exchange.refusal import Refusal
from rebalancer_adapters.gateway.messages.open_order import Margins


@frozen(kw_only=True)
class OrderEcho:
    """The order as it is now; with its commission once that is known."""

    order: OrderRecord
    commission: Decimal | None = None


@frozen(kw_only=True)
class StatusReport:
    """The status of an order, with the price of its last execution."""

    order: OrderRecord
    last_price: Decimal | None = None


@frozen(kw_only=True)
class Executed:
    """A part of an order was executed."""

    execution: ExecutionRecord


@frozen(kw_only=True)
class CommissionKnown:
    """The commission of an execution."""

    execution: ExecutionRecord


@frozen(kw_only=True)
class Preview:
    """The answer to a what-if order; TWS sends one without margins first."""

    order: OrderRecord
    margins: Margins | None


@frozen(kw_only=True)
class Notice:
    """An error message about an order of a client: refusal, warning or cancel failure."""

    client_id: int
    order_id: int
    code: int
    text: str
    account: str = ""
    symbol: str = ""


@frozen(kw_only=True)
class AccountMoved:
    """Cash and one position of an account have changed."""

    account: str
    con_id: int


ExchangeEvent = (
    OrderEcho | StatusReport | Executed | CommissionKnown | Preview | Notice | AccountMoved
)
Publish = Callable[[ExchangeEvent], None]


def notice(
    client_id: int, order_id: int, refusal: Refusal, order: OrderRecord | None = None
) -> Notice:
    """The error message for an order; with the order, when there is one."""
    return Notice(
        client_id=client_id,
        order_id=order_id,
        code=refusal.code,
        text=refusal.text,
        account=order.account if order else "",
        symbol=order.symbol if order else "",
    )
