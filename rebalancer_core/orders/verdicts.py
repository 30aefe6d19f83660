"""What recovery or a human says became of an order that was left open: believed where it fits."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from attrs import evolve

from rebalancer_core.orders.events import Settled, Verdict
from rebalancer_core.orders.order_state import TERMINAL, OrderState, Phase, moved, noted
from rebalancer_core.values.money import ZERO

_PHASE_OF_VERDICT: Mapping[Verdict, Phase] = MappingProxyType(
    {
        Verdict.FILLED: Phase.FILLED,
        Verdict.INFERRED_FILLED: Phase.FILLED,
        Verdict.CANCELLED: Phase.CANCELLED,
        Verdict.INFERRED_DEAD: Phase.CANCELLED,
        Verdict.REJECTED: Phase.REJECTED,
        Verdict.NOT_RECEIVED: Phase.NOT_RECEIVED,
        Verdict.DECLINED: Phase.NOT_RECEIVED,
    }
)


def judged(state: OrderState, event: Settled) -> OrderState:
    """A verdict closes what was open, if its figure fits; facts may still add a fill.

    It takes no fill back; only a human may overrule the broker's summary, never its executions.
    """
    known = state.executed if event.by_human else state.filled
    if state.phase in TERMINAL or event.filled < known or not _fits(event, state.ticket.quantity):
        return state
    closed = evolve(
        state,
        reported_filled=event.filled,
        conflict="" if event.by_human else state.conflict,
        shares_taken_back=state.shares_taken_back and not event.by_human,
        unheard_corrected=state.unheard_corrected and not event.by_human,
    )
    why = f"{event.verdict.words}: {event.reason}"
    return noted(moved(closed, _PHASE_OF_VERDICT[event.verdict]), why)


def _fits(event: Settled, quantity: Decimal) -> bool:
    """Whether the verdict can be true of its own figure; a human may have seen too many shares."""
    match _PHASE_OF_VERDICT[event.verdict]:
        case Phase.FILLED:
            return event.filled == quantity or (event.by_human and event.filled > quantity)
        case Phase.CANCELLED:
            return event.filled < quantity
        case _:
            return event.filled == ZERO
