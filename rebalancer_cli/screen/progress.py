"""Each change of an order as a line for the screen, and as lines for the log."""

from __future__ import annotations

from rebalancer_core.messages.orders import explain_note, explain_notice
from rebalancer_core.messages.reports import FALLBACK
from rebalancer_core.orders.order_state import OrderState, Phase
from rebalancer_core.orders.tickets import is_fallback
from rebalancer_core.values.money import ZERO, plain

_QUIET = frozenset({Phase.HANDED, Phase.WORKING})


def worth_showing(before: OrderState, now: OrderState) -> str | None:
    """A line about an end, a fill, a doubt or a fallback; None where nobody need hear of it."""
    if (before.phase, before.filled) == (now.phase, now.filled):
        return None
    is_told = now.phase is Phase.HANDED and is_fallback(now.ticket)
    is_quiet = now.phase in _QUIET and now.filled == before.filled and not is_told
    return None if is_quiet else order_line(now)


def log_lines(before: OrderState, now: OrderState) -> tuple[str, ...]:
    """Every change, with the order's reference."""
    ref, symbol = now.ticket.order_ref, now.ticket.symbol
    has_moved = (before.phase, before.filled) != (now.phase, now.filled)
    return (
        *((f"{ref} {order_line(now)}",) if has_moved else ()),
        *(f"{ref} {symbol}: {explain_note(note)}" for note in now.notes[len(before.notes) :]),
        *(
            f"{ref} {symbol}: commission {plain(report.commission)} {report.currency}"
            f" of execution {report.execution_id}"
            for report in now.commissions[len(before.commissions) :]
        ),
    )


def order_line(state: OrderState) -> str:
    """One order as it stands: account, side, quantity, symbol, phase, fills, permanent id."""
    ticket = state.ticket
    asked = f"{ticket.side.value} {plain(ticket.quantity)} {ticket.symbol}"
    if is_fallback(ticket):
        asked = f"{asked} ({FALLBACK})"
    filled = f", {plain(state.filled)} shares" if state.filled > ZERO else ""
    known_as = f" (order {state.perm_id})" if state.perm_id else ""
    error = "" if state.error is None else f": {explain_notice(state.error)}"
    return f"{ticket.account_id} {asked}: {state.phase.value}{filled}{known_as}{error}"
