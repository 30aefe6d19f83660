"""A plain market order replaces an algo order only when that is proven dead, once, for the rest."""

from __future__ import annotations

from decimal import Decimal

import pytest
from attrs import evolve

from rebalancer_core.orders.events import OrderRef
from rebalancer_core.orders.fallback import ALGO_UNSUPPORTED, may_fall_back, replacement
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
