"""Faults of the whole gateway: announcements, outages, restarts, other people's orders."""

from decimal import Decimal

from attrs import frozen

from rebalancer_adapters.gateway.market import DataLine

_NOW = Decimal(0)


@frozen(kw_only=True)
class Announce:
    """Send an error that belongs to no request to every client, such as 2103."""

    code: int
    text: str
    after_seconds: Decimal = _NOW


@frozen(kw_only=True)
class Outage:
    """TWS loses its broker: `code`, then silence about orders and positions, then `back`.

    `code` is 1100 or 2110. Orders go on at the exchange; new ones are refused with 504. `back` is
    1102 (data maintained) or 1101 (data lost).
    """

    seconds: Decimal
    code: int = 1100
    back: int = 1102
    after_seconds: Decimal = _NOW


@frozen(kw_only=True)
class Restart:
    """The gateway restarts: connections cut and refused for `seconds`, the book is kept.

    With `forget_order_ids` the ids that clients have used count as free again.
    """

    seconds: Decimal = _NOW
    forget_order_ids: bool = False
    after_seconds: Decimal = _NOW


@frozen(kw_only=True)
class ForeignOrder:
    """Another client, or a person in TWS (client id 0), places an order; it is worked honestly."""

    account: str
    symbol: str
    side: str
    quantity: Decimal
    limit_price: Decimal | None = None
    client_id: int = 0
    order_ref: str = ""
    after_seconds: Decimal = _NOW


@frozen(kw_only=True)
class MoveMarket:
    """The market moves, for everybody: prices, the age of the last trade, what data arrive."""

    symbol: str
    bid: Decimal | None = None
    ask: Decimal | None = None
    last: Decimal | None = None
    last_age_seconds: Decimal | None = None
    data: DataLine | None = None
    after_seconds: Decimal = _NOW


@frozen(kw_only=True)
class MoveCash:
    """Cash comes into an account, or with a negative amount leaves it, without any order."""

    account: str
    amount: Decimal
    currency: str = "USD"
    after_seconds: Decimal = _NOW


GatewayEffect = Announce | Outage | Restart | ForeignOrder | MoveMarket | MoveCash
