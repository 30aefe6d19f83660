"""One order and the words that a broker, this program and a human can say of it."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from functools import reduce

from attrs import evolve

from rebalancer_core.orders.events import (
    Commissioned,
    Completed,
    ErrorReported,
    Executed,
    OrderEvent,
    OrderRef,
    OrderSeen,
    OwnActed,
    OwnAction,
    Resolution,
    Resolved,
    StatusReported,
)
from rebalancer_core.orders.order_state import OrderState, intended
from rebalancer_core.orders.state_machine import apply
from rebalancer_core.orders.tickets import OrderStyle, OrderTicket
from rebalancer_core.values.instruments import AccountId, ConId, Symbol
from rebalancer_core.values.plan import Side
from rebalancer_core.values.policy import AlgoPreference

ACCOUNT, STRANGER = AccountId("DU111111"), AccountId("DU999999")
REF = OrderRef("rb1-9f2c31aa-01001-1")
CON_ID = ConId(756733)
QUANTITY = Decimal(10)
AT = datetime(2026, 1, 2, 15, 4, 5, tzinfo=UTC)
TICKET = OrderTicket(
    order_ref=REF,
    account_id=ACCOUNT,
    con_id=CON_ID,
    symbol=Symbol("SPY"),
    side=Side.BUY,
    quantity=QUANTITY,
    price=Decimal("500.00"),
)
MIDPRICE_TICKET = evolve(TICKET, style=OrderStyle(algo=AlgoPreference.MIDPRICE))


def heard(*events: OrderEvent, ticket: OrderTicket = TICKET) -> OrderState:
    """What is known of an order after these events."""
    return reduce(apply, events, intended(ticket))


def own(act: OwnAction) -> OwnActed:
    return OwnActed(order_ref=REF, act=act)


HANDED = own(OwnAction.HANDED)


def seen(status: str, account_id: AccountId = ACCOUNT) -> OrderSeen:
    return OrderSeen(
        order_ref=REF,
        account_id=account_id,
        perm_id=99,
        status=status,
        quantity=QUANTITY,
    )


def status(word: str, filled: int | Decimal = 0, why_held: str = "") -> StatusReported:
    return StatusReported(
        order_ref=REF,
        status=word,
        filled=Decimal(filled),
        remaining=QUANTITY - filled,
        average_price=Decimal("500.01") if filled else None,
        perm_id=99,
        why_held=why_held,
    )


def fill(
    shares: int | Decimal,
    number: int = 1,
    revision: int = 1,
    account_id: AccountId = ACCOUNT,
    side: Side = Side.BUY,
) -> Executed:
    return Executed(
        order_ref=REF,
        account_id=account_id,
        execution_id=f"0000e0d5.{number:02}.{revision:02}",
        con_id=CON_ID,
        side=side,
        shares=Decimal(shares),
        price=Decimal("500.01"),
        at=AT,
    )


def commission(number: int = 1) -> Commissioned:
    return Commissioned(
        order_ref=REF,
        execution_id=f"0000e0d5.{number:02}.01",
        commission=Decimal("1.00"),
        currency="USD",
    )


def error(code: int) -> ErrorReported:
    return ErrorReported(order_ref=REF, code=code, text="as the gateway worded it")


def completed(word: str, filled: int | Decimal = 0, account_id: AccountId = ACCOUNT) -> Completed:
    return Completed(
        order_ref=REF, account_id=account_id, perm_id=99, status=word, filled=Decimal(filled)
    )


def settled(verdict: Resolution, filled: int | Decimal = 0, *, by_human: bool = False) -> Resolved:
    return Resolved(
        order_ref=REF,
        verdict=verdict,
        filled=Decimal(filled),
        reason="looked it up",
        by_human=by_human,
    )
