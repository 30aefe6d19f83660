"""Where the following of an account's orders stands: what commissions lack, and a bug's end."""

from __future__ import annotations

from attrs import evolve

from rebalancer_core.follow.state import FollowState, Stage, skipped
from rebalancer_core.orders.record import outcome
from rebalancer_core.values.faults import Bug
from rebalancer_core.values.money import ZERO


def broken_off(state: FollowState, why: Bug) -> FollowState:
    """A bug while orders may be out: nothing more is sent, and what is known is reported."""
    unsent = skipped(evolve(state, halted=why), state.terms.tickets, why)
    others = tuple(note for note in state.notes if note != why)
    return evolve(unsent, stage=Stage.DONE, notes=(why, *others), fit_notes=())


def is_commission_missing(state: FollowState) -> bool:
    """Whether a fill has no commission yet."""
    return any(s.filled > ZERO and outcome(s).commission_pending for s in state.states)
