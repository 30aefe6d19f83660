"""The safety rules that a plan or an order can break, each with the figures that it is about."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from attrs import frozen

from rebalancer_core.orders.events import OrderRef
from rebalancer_core.values.flow import EarlierInvestment
from rebalancer_core.values.instruments import AccountId, ConId, Symbol
from rebalancer_core.values.plan import Reason, Side


@frozen(kw_only=True)
class LiveInPaperMode:
    """A live account, and the settings say paper."""

    account_id: AccountId


@frozen(kw_only=True)
class PortMismatch:
    """The port is the usual one of the other kind of account."""

    account_id: AccountId
    is_paper: bool
    port: int


@frozen(kw_only=True)
class UnattendedLive:
    """`--yes` may not answer for a live account."""


@frozen(kw_only=True)
class UnattendedTurnover:
    """`--yes` may not answer for so much turnover, a part of net liquidation."""

    turnover: Decimal
    at_most_pct: Decimal


@frozen(kw_only=True)
class UnattendedCapSells:
    """`--yes` may not answer for sells inside the band, which the leverage cap alone asks for."""

    symbols: tuple[Symbol, ...]


@frozen(kw_only=True)
class UnattendedBesideKept:
    """`--yes` may not answer where USD cash is negative beside kept holdings."""

    cash: Decimal


@frozen(kw_only=True)
class UnattendedSecondInvestment:
    """`--yes` may not answer for a second investment on one trading day."""

    first: EarlierInvestment


@frozen(kw_only=True)
class CannotRaise:
    """More dollars are to be raised than all sells and the cash bring."""

    amount: Decimal
    most: Decimal


@frozen(kw_only=True)
class TooManyOrders:
    """More orders than max_orders."""

    orders: int
    at_most: int


@frozen(kw_only=True)
class OrderTooLarge:
    """An order worth more than max_order_usd."""

    symbol: Symbol
    value_usd: Decimal
    at_most_usd: Decimal


@frozen(kw_only=True)
class OrderPending:
    """An open order of the symbol is at the broker, and `more` beside it."""

    symbol: Symbol
    side: str
    remaining: Decimal
    more: int


@frozen(kw_only=True)
class OpenOrdersHidden:
    """The gateway's Read-Only API is on: it hides open orders, and takes none."""


@frozen(kw_only=True)
class SaleTooLarge:
    """More shares to sell than are held and free of other sales."""

    symbol: Symbol
    quantity: Decimal
    free: Decimal


@frozen(kw_only=True)
class HoursUnknown:
    """The broker named no trading hours of the symbol."""

    symbol: Symbol


@frozen(kw_only=True)
class MarketShut:
    """The symbol does not trade now; `opens` (UTC) is None where none is named."""

    symbol: Symbol
    opens: datetime | None


@frozen(kw_only=True)
class DeclinedToday:
    """A dialog of the gateway declined the same trade today."""

    symbol: Symbol
    side: Side


Typed = UnattendedLive | UnattendedTurnover | UnattendedBesideKept | UnattendedSecondInvestment
Unattended = Typed | UnattendedCapSells

Rule = (
    LiveInPaperMode
    | PortMismatch
    | Unattended
    | CannotRaise
    | TooManyOrders
    | OrderTooLarge
    | OrderPending
    | OpenOrdersHidden
    | SaleTooLarge
    | HoursUnknown
    | MarketShut
    | DeclinedToday
)


@frozen(kw_only=True)
class WrongAccount:
    """An order of another account than that of the approved plan."""

    account_id: AccountId


@frozen(kw_only=True)
class SentBefore:
    """An order with this reference was sent already."""

    order_ref: OrderRef


@frozen(kw_only=True)
class BeyondThePlan:
    """More shares than are left of those that the plan approved for the trade."""

    symbol: Symbol
    quantity: Decimal
    left: Decimal
    approved: Decimal


@frozen(kw_only=True)
class OrdersUsedUp:
    """max_orders were sent already."""

    at_most: int


LastRule = WrongAccount | SentBefore | BeyondThePlan | OrdersUsedUp | OrderTooLarge


@frozen(kw_only=True)
class Violation:
    """One safety rule that says no; `con_id` is set where it is about one symbol only."""

    rule: Rule
    reason: Reason = Reason.LIMIT
    con_id: ConId | None = None
