"""When an order may leave, and whether its prices are still those of the moment."""

from __future__ import annotations

from attrs import evolve

from rebalancer_core.follow.commands import ReadMarket
from rebalancer_core.follow.connection import may_leave
from rebalancer_core.follow.events import Instant
from rebalancer_core.follow.state import FollowState, Refitting, Stage, Step
from rebalancer_core.orders.events import OrderRef
from rebalancer_core.orders.order_state import ACKNOWLEDGED
from rebalancer_core.orders.tickets import OrderTicket
from rebalancer_core.safety.staleness import is_fresh
from rebalancer_core.values.plan import Side


def may_send(
    state: FollowState, ticket: OrderTicket, now: Instant, *, is_anything_unsettled: bool
) -> bool:
    """Whether an order may leave now, behind those that are out."""
    if state.link_lost or state.around.closed_gate:
        return False
    if not state.terms.execution.batch_orders and is_anything_unsettled:
        return False
    waiting_seconds = tuple(
        now.seconds - state.followed[order.ticket.order_ref].sent_at
        for order in state.states
        if order.phase not in ACKNOWLEDGED
    )
    return may_leave(state.connection, ticket.side, waiting_seconds)


def has_fresh_prices(state: FollowState, ticket: OrderTicket, now: Instant) -> bool:
    """Whether the order may go at the prices that it was fitted to; sells go at any."""
    if ticket.side is Side.SELL or state.stage is not Stage.BUYING:
        return True
    fitted_at = state.fitted_at.get(ticket.order_ref)
    if fitted_at is None:
        return False
    return is_fresh(now.seconds - fitted_at, state.terms.safety)


def refit_asked(state: FollowState, ticket: OrderTicket, replaces: OrderRef | None = None) -> Step:
    """The market is read again for a buy that had to wait, or that replaces another."""
    refitting = Refitting(ticket=ticket, replaces=replaces)
    return evolve(state, refitting=refitting), (ReadMarket(symbols=(ticket.symbol,)),)
