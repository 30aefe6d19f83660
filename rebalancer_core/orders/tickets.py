"""Only a confirmed plan becomes tickets, and only a sound ticket can be sent."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from enum import Enum

from attrs import Attribute, field, frozen

from rebalancer_core.orders.events import OrderRef
from rebalancer_core.values.instruments import ACCOUNT_ID, AccountId, ConId, Symbol
from rebalancer_core.values.money import ZERO
from rebalancer_core.values.plan import Plan, PlannedOrder, Side
from rebalancer_core.values.policy import AdaptivePriority, AlgoPreference

_REFERENCE = re.compile(r"[A-Za-z0-9-]{1,32}", re.ASCII)
OWN_PREFIX = "rb1-"


class ConsentKind(Enum):
    """How the user said yes."""

    YES = "y at the prompt"
    TYPED_ACCOUNT = "typed account id"
    YES_FLAG = "--yes"


@frozen(kw_only=True)
class Consent:
    """The user's yes to one plan, and to no other."""

    plan: Plan
    kind: ConsentKind


@frozen(kw_only=True)
class ApprovedPlan:
    """A plan the user confirmed; the only thing tickets are made of. Made by `approve` alone."""

    plan: Plan
    consent: ConsentKind
    approved_at: datetime


def approve(plan: Plan, consent: Consent, at: datetime) -> ApprovedPlan:
    """The confirmed plan. Called after the user's yes, and by nobody else.

    ValueError where the yes was to another plan: that is a bug, and nothing may be sent on it.
    """
    if consent.plan != plan:
        message = f"the consent is to another plan than this one of {plan.account_id}"
        raise ValueError(message)
    return ApprovedPlan(plan=plan, consent=consent.kind, approved_at=at)


@frozen(kw_only=True)
class OrderStyle:
    """How orders go to market: plain, Adaptive with a priority, or MIDPRICE."""

    algo: AlgoPreference = AlgoPreference.NONE
    priority: AdaptivePriority = AdaptivePriority.NORMAL
    outside_rth: bool = False


def _check_reference(_ticket: OrderTicket, _field: Attribute[OrderRef], value: OrderRef) -> None:
    if not _REFERENCE.fullmatch(value):
        message = f"an order reference is 1 to 32 of A-Z, a-z, 0-9 and -, not {value!r}"
        raise ValueError(message)


def _check_account(_ticket: OrderTicket, _field: Attribute[AccountId], value: AccountId) -> None:
    if not ACCOUNT_ID.fullmatch(value):
        message = f"an order names its account, and {value!r} is not an account id"
        raise ValueError(message)


def _check_quantity(_ticket: OrderTicket, _field: Attribute[Decimal], value: Decimal) -> None:
    if not (value.is_finite() and value > ZERO):
        message = f"an order needs a finite quantity above zero, not {value}"
        raise ValueError(message)


@frozen(kw_only=True)
class OrderTicket:
    """One order as it goes on the wire: DAY, explicit account, unique reference.

    Building one with a blank account, a quantity that is not finite and positive, or a reference
    outside [A-Za-z0-9-]{1,32} raises ValueError: ib_async would send it as it is.
    """

    order_ref: OrderRef = field(validator=_check_reference)
    account_id: AccountId = field(validator=_check_account)
    con_id: ConId
    symbol: Symbol
    primary_exchange: str = ""
    side: Side
    quantity: Decimal = field(validator=_check_quantity)
    price: Decimal
    style: OrderStyle = field(factory=OrderStyle)


def order_reference(run: str, account_number: int, number: int, leg: int = 1) -> OrderRef:
    """The name the broker echoes for one order; unique per run, account, symbol and leg.

    >>> order_reference("9f2c31aa", 1, 3)
    'rb1-9f2c31aa-01003-1'
    """
    return OrderRef(f"{OWN_PREFIX}{run}-{account_number:02d}{number:03d}-{leg}")


def leg_of(order_ref: OrderRef) -> int:
    """Which leg a reference names: 1 the order itself, 2 its replacement; 1 where it names none.

    >>> leg_of(OrderRef("rb1-9f2c31aa-01003-2"))
    2
    """
    named = order_ref.rpartition("-")[2]
    return int(named) if order_ref.startswith(OWN_PREFIX) and named.isdecimal() else 1


def is_fallback(ticket: OrderTicket) -> bool:
    """Whether it is the plain market order for what an algo order did not fill."""
    return leg_of(ticket.order_ref) > 1


def tickets(
    approved: ApprovedPlan, style: OrderStyle, run: str, account_number: int
) -> tuple[OrderTicket, ...]:
    """One ticket an order of the plan, in its order: sells first, then buys."""
    return tuple(
        _ticket(approved.plan.account_id, order, style, order_reference(run, account_number, n))
        for n, order in enumerate(approved.plan.orders, start=1)
    )


def _ticket(
    account_id: AccountId, order: PlannedOrder, style: OrderStyle, order_ref: OrderRef
) -> OrderTicket:
    return OrderTicket(
        order_ref=order_ref,
        account_id=account_id,
        con_id=order.con_id,
        symbol=order.symbol,
        side=order.side,
        quantity=order.quantity,
        price=order.price,
        style=style,
    )
