"""When the unfilled rest of an algo order may go as a plain market order: once, and on proof.

The proof is the broker's: it never took the algo, or it confirmed the cancel that was asked for
because the algo rested too long. A margin, permission or size rejection is none (R 6.3.4), and
neither is a text that `broker_codes` does not list.
"""

from __future__ import annotations

from attrs import evolve

from rebalancer_core.orders.broker_codes import is_algo_refused
from rebalancer_core.orders.events import OrderRef
from rebalancer_core.orders.order_state import OrderState, Phase
from rebalancer_core.orders.tickets import OrderStyle, OrderTicket, leg_of
from rebalancer_core.values.money import ZERO
from rebalancer_core.values.policy import AlgoPreference, ExecutionPolicy


def may_fall_back(ticket: OrderTicket, policy: ExecutionPolicy) -> bool:
    """Whether this is a first leg with an algo, and the user wants a fallback."""
    return plain_style(ticket.style, policy) is not None and leg_of(ticket.order_ref) == 1


def plain_style(style: OrderStyle, policy: ExecutionPolicy) -> OrderStyle | None:
    """The plain market order that stands in for an algo; None without an algo or the user's wish.

    >>> plain_style(OrderStyle(algo=AlgoPreference.ADAPTIVE), ExecutionPolicy()).algo.value
    'none'
    """
    if style.algo is AlgoPreference.NONE or not policy.fallback_plain_market:
        return None
    return OrderStyle(outside_rth=style.outside_rth)


def replacement(
    dead: OrderState, policy: ExecutionPolicy, *, cancelled_to_fall_back: bool
) -> OrderTicket | None:
    """The plain market order for the unfilled rest, or None where the proof is missing.

    `cancelled_to_fall_back`: this program asked for the cancel because of `wait_before_fallback`.
    """
    proven = (dead.phase is Phase.REJECTED and _is_algo_refused(dead)) or (
        dead.phase is Phase.CANCELLED and cancelled_to_fall_back
    )
    style = plain_style(dead.ticket.style, policy)
    if not proven or dead.unfilled <= ZERO or style is None:
        return None
    if not may_fall_back(dead.ticket, policy):
        return None
    return evolve(
        dead.ticket,
        order_ref=_next_leg(dead.ticket.order_ref),
        quantity=dead.unfilled,
        style=style,
    )


def _is_algo_refused(dead: OrderState) -> bool:
    text = "" if dead.error is None else dead.error.text
    return is_algo_refused(dead.reject_code, text)


def _next_leg(order_ref: OrderRef) -> OrderRef:
    """The reference of the leg after this one.

    >>> _next_leg(OrderRef("rb1-9f2c31aa-01003-1"))
    'rb1-9f2c31aa-01003-2'
    """
    head = order_ref.rpartition("-")[0]
    return OrderRef(f"{head}-{leg_of(order_ref) + 1}")
