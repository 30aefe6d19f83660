"""When the unfilled rest of an algo order may go as a plain market order: once, and on proof.

The proof is the broker's: it never took the algo, or it confirmed the cancel that was asked for
because the algo rested too long. A margin, permission or size rejection is none.
"""

from __future__ import annotations

from attrs import evolve

from rebalancer_core.orders.events import OrderRef
from rebalancer_core.orders.order_state import OrderState, Phase
from rebalancer_core.orders.tickets import OrderStyle, OrderTicket, leg_of
from rebalancer_core.values.money import ZERO
from rebalancer_core.values.policy import AlgoPreference, ExecutionPolicy

# Order type or algorithm not supported here: 387, 439, 441, 442, 443; price cap of MIDPRICE: 10240.
ALGO_UNSUPPORTED = frozenset({387, 439, 441, 442, 443, 10240})


def may_fall_back(ticket: OrderTicket, policy: ExecutionPolicy) -> bool:
    """Whether this is a first leg with an algo, and the user wants a fallback."""
    is_algo = ticket.style.algo is not AlgoPreference.NONE
    return policy.fallback_plain_market and is_algo and leg_of(ticket.order_ref) == 1


def replacement(
    dead: OrderState, policy: ExecutionPolicy, *, cancelled_to_fall_back: bool
) -> OrderTicket | None:
    """The plain market order for the unfilled rest, or None where the proof is missing.

    `cancelled_to_fall_back`: this program asked for the cancel because of `wait_before_fallback`.
    """
    proven = (dead.phase is Phase.REJECTED and dead.reject_code in ALGO_UNSUPPORTED) or (
        dead.phase is Phase.CANCELLED and cancelled_to_fall_back
    )
    if not proven or dead.unfilled <= ZERO:
        return None
    if not may_fall_back(dead.ticket, policy):
        return None
    return evolve(
        dead.ticket,
        order_ref=_next_leg(dead.ticket.order_ref),
        quantity=dead.unfilled,
        style=OrderStyle(outside_rth=dead.ticket.style.outside_rth),
    )


def _next_leg(order_ref: OrderRef) -> OrderRef:
    """The reference of the leg after this one.

    >>> _next_leg(OrderRef("rb1-9f2c31aa-01003-1"))
    'rb1-9f2c31aa-01003-2'
    """
    head = order_ref.rpartition("-")[0]
    return OrderRef(f"{head}-{leg_of(order_ref) + 1}")
