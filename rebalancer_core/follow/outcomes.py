"""Where the following of an account's orders stands: what commissions lack, and a bug's end."""

from __future__ import annotations

from attrs import evolve

from rebalancer_core.follow.state import FollowState, Stage, skipped
from rebalancer_core.orders.order_state import OrderState, Phase
from rebalancer_core.orders.record import outcome
from rebalancer_core.values.faults import Bug
from rebalancer_core.values.money import ZERO


def broken_off(state: FollowState, why: Bug) -> FollowState:
    """A bug while orders may be out: nothing more is sent, and what is known is reported."""
    unsent = skipped(evolve(state, halted=why), state.terms.tickets, why)
    others = tuple(note for note in state.notes if note != why)
    return evolve(unsent, stage=Stage.DONE, notes=(why, *others), fit_notes=())


def is_clear(state: FollowState) -> bool:
    """Whether every order is filled, executions add up to it, and nothing else was said of it.

    Then the broker's lists could only repeat what it told already.
    """
    return all(_is_clear(order) for order in state.states)


def _is_clear(order: OrderState) -> bool:
    is_whole = order.phase is Phase.FILLED and order.executed == order.ticket.quantity
    return is_whole and order.filled == order.executed and not order.notes


def is_commission_missing(state: FollowState) -> bool:
    """Whether a fill has no commission yet."""
    return any(s.filled > ZERO and outcome(s).commission_pending for s in state.states)
