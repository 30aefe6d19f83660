"""A plain market order replaces an algo order only when that is proven dead, once, for the rest."""

from __future__ import annotations

from decimal import Decimal

import pytest
from attrs import evolve

from rebalancer_core.orders.broker_codes import ALGO_TEXTS, ALGO_UNSUPPORTED
from rebalancer_core.orders.events import OrderRef
from rebalancer_core.orders.fallback import may_fall_back, plain_style, replacement
from rebalancer_core.orders.order_state import OrderState
from rebalancer_core.orders.tickets import OrderStyle, OrderTicket
from rebalancer_core.values.policy import AlgoPreference, ExecutionPolicy
from tests.core.orders.made_up import (
    HANDED,
    MIDPRICE_TICKET,
    STRANGER,
    TICKET,
    error,
    fill,
    heard,
    seen,
    status,
)

FALLS_BACK = ExecutionPolicy()
NEVER = ExecutionPolicy(fallback_plain_market=False)
ADAPTIVE = evolve(TICKET, style=OrderStyle(algo=AlgoPreference.ADAPTIVE))


def _instead(
    dead: OrderState, policy: ExecutionPolicy = FALLS_BACK, *, cancelled_for_it: bool = False
) -> OrderTicket | None:
    return replacement(dead, policy, cancelled_to_fall_back=cancelled_for_it)


@pytest.mark.parametrize("code", sorted(ALGO_UNSUPPORTED))
def test_an_algo_that_the_broker_does_not_know_gives_way_to_a_plain_order(code: int) -> None:
    plain = _instead(heard(HANDED, error(code), ticket=ADAPTIVE))
    assert plain is not None
    assert (plain.style.algo, plain.quantity) == (AlgoPreference.NONE, TICKET.quantity)
    assert plain.order_ref == "rb1-9f2c31aa-01001-2"


@pytest.mark.parametrize("code", [201, 203, 321, 383, 388, 435, 451, 460, 10243, 19999])
def test_a_rejection_for_another_reason_is_no_reason_to_send_again(code: int) -> None:
    assert _instead(heard(HANDED, error(code), ticket=ADAPTIVE)) is None


@pytest.mark.parametrize("code", [201, 460])
@pytest.mark.parametrize("text", [text for _, text in ALGO_TEXTS])
def test_a_general_refusal_that_says_it_is_the_algo_gives_way_to_a_plain_order(
    code: int, text: str
) -> None:
    said = evolve(error(code), text=f"Order rejected - reason:{text.upper()}.")
    plain = _instead(heard(HANDED, said, ticket=MIDPRICE_TICKET))
    assert plain is not None
    assert plain.style == OrderStyle()
    assert _instead(heard(HANDED, said, ticket=MIDPRICE_TICKET), NEVER) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "No trading permissions.",
        "Order rejected - reason:YOUR AVAILABLE FUNDS ARE NOT SUFFICIENT.",
        "Order rejected - reason:No KID available in your language for this product.",
        # IBKR's own text of an order that is too large names algos.
        "Please submit a smaller order or convert your order to an algorithmic Order (IBALGO)",
        "Order rejected - reason:We do not like this algo.",
        # Of the algo, and of the trade.
        "Specified algorithm is not allowed for this order. No trading permissions.",
        "Specified algorithm is not allowed for this order: the size is too large.",
        "Unsupported order type for this exchange and security type. Margin is not sufficient.",
    ],
)
def test_a_text_about_the_trade_or_an_unknown_one_is_no_reason_to_send_again(text: str) -> None:
    for code in (201, 460):
        said = evolve(error(code), text=text)
        assert _instead(heard(HANDED, said, ticket=ADAPTIVE)) is None


def test_the_sentence_of_an_algo_proves_nothing_under_another_code() -> None:
    said = evolve(error(203), text=ALGO_TEXTS[0][1])
    assert _instead(heard(HANDED, said, ticket=ADAPTIVE)) is None


def test_what_stands_in_for_an_algo_keeps_its_hours() -> None:
    late = OrderStyle(algo=AlgoPreference.MIDPRICE, outside_rth=True)
    assert plain_style(late, FALLS_BACK) == OrderStyle(outside_rth=True)
    assert plain_style(late, NEVER) is None
    assert plain_style(OrderStyle(), FALLS_BACK) is None


def test_the_rest_of_an_order_cancelled_for_resting_too_long_goes_plain() -> None:
    rested = heard(HANDED, seen("Submitted"), fill(4), status("Cancelled", 4), ticket=ADAPTIVE)
    plain = _instead(rested, cancelled_for_it=True)
    assert plain is not None
    assert plain.quantity == Decimal(6)


def test_an_order_that_somebody_else_cancelled_is_not_sent_again() -> None:
    cancelled = heard(HANDED, seen("Submitted"), status("Cancelled"), ticket=MIDPRICE_TICKET)
    assert _instead(cancelled) is None


def test_a_fill_that_crossed_the_cancel_is_not_bought_twice() -> None:
    crossed = heard(HANDED, seen("Submitted"), status("Cancelled"), fill(10), ticket=ADAPTIVE)
    assert _instead(crossed, cancelled_for_it=True) is None


@pytest.mark.parametrize(
    "alive",
    [
        heard(ticket=ADAPTIVE),
        heard(HANDED, ticket=ADAPTIVE),
        heard(HANDED, seen("Submitted"), ticket=ADAPTIVE),
        heard(HANDED, seen("Inactive"), ticket=ADAPTIVE),
        heard(HANDED, seen("Submitted"), error(442), ticket=ADAPTIVE),
        heard(HANDED, seen("Cancelled", STRANGER), ticket=ADAPTIVE),
    ],
)
def test_an_order_that_may_still_live_is_never_replaced(alive: OrderState) -> None:
    assert _instead(alive, cancelled_for_it=True) is None


def test_a_plain_order_a_second_leg_and_an_unwilling_user_never_fall_back() -> None:
    refused = error(442)
    assert _instead(heard(HANDED, refused, ticket=TICKET)) is None
    assert _instead(heard(HANDED, refused, ticket=ADAPTIVE), NEVER) is None
    second = evolve(ADAPTIVE, order_ref=OrderRef("rb1-9f2c31aa-01001-2"))
    assert not may_fall_back(second, FALLS_BACK)
    assert may_fall_back(ADAPTIVE, FALLS_BACK)


def test_the_plain_order_keeps_account_contract_side_and_hours() -> None:
    late = evolve(ADAPTIVE, style=evolve(ADAPTIVE.style, outside_rth=True))
    plain = _instead(heard(HANDED, error(442), ticket=late))
    assert plain is not None
    assert plain.style.outside_rth
    assert (plain.account_id, plain.con_id, plain.side) == (
        TICKET.account_id,
        TICKET.con_id,
        TICKET.side,
    )
