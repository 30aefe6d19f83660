"""What is certain: the gateway's own book and its record of the wire, whatever the program says."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from attrs import frozen

from rebalancer_adapters.gateway import Gateway, OrderRecord
from rebalancer_adapters.gateway.record import Record
from rebalancer_adapters.gateway.requests.parse import parse_request
from rebalancer_adapters.gateway.requests.values import PlaceOrder
from rebalancer_adapters.gateway.terms import OrderTerms

_SERVER_VERSION = 178
_PLACE_ORDER = 3
_GLOBAL_CANCEL = 58


@frozen(kw_only=True)
class Placed:
    """One order message as it came over the wire, what-if or not, accepted or not."""

    at: datetime
    client_id: int
    order_id: int
    symbol: str
    con_id: int
    terms: OrderTerms

    @property
    def ref(self) -> str:
        """The order's reference."""
        return self.terms.order_ref

    @property
    def wish(self) -> tuple[str, str, str]:
        """Whose, what and which way: account, symbol and side."""
        return (self.terms.account, self.symbol, self.terms.action)


@frozen(kw_only=True)
class Book:
    """The gateway at one instant. What-if questions are not among what was `sent`.

    `orders` are everybody's; `cash` is USD by account.
    """

    sent: tuple[Placed, ...]
    orders: tuple[OrderRecord, ...]
    cancelled_all: bool
    cash: Mapping[str, Decimal]

    def orders_of(self, sent: Iterable[Placed]) -> tuple[OrderRecord, ...]:
        """What became of these order messages, those left out that were never accepted."""
        refs = {each.ref for each in sent}
        return tuple(order for order in self.orders if order.order_ref in refs)

    @property
    def filled(self) -> Mapping[str, Decimal]:
        """Shares executed by the reference of what was sent, as the broker corrected them."""
        return {order.order_ref: order.filled for order in self.orders_of(self.sent)}


def placed_in(record: Record) -> tuple[Placed, ...]:
    """Every order message that arrived, in order: the proof that something was sent."""
    return tuple(
        Placed(
            at=frame.at,
            client_id=frame.client_id,
            order_id=request.order_id,
            symbol=request.contract.symbol,
            con_id=request.contract.con_id,
            terms=request.terms,
        )
        for frame in record.received(_PLACE_ORDER)
        for request in (parse_request(frame.fields, _SERVER_VERSION),)
        if isinstance(request, PlaceOrder)
    )


def book_of(gateway: Gateway) -> Book:
    """The book as it is now; to be asked on the gateway's own loop."""
    accounts = {each.account for each in gateway.market.accounts}
    return Book(
        sent=tuple(p for p in placed_in(gateway.record) if not p.terms.what_if),
        orders=tuple(gateway.book.orders),
        cancelled_all=bool(gateway.record.received(_GLOBAL_CANCEL)),
        cash={each: gateway.book.cash(each, "USD") for each in accounts},
    )
