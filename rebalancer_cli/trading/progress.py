"""Each change of an order goes to the log; what a person waits for goes to the screen too."""

from __future__ import annotations

import logging

from rebalancer_cli.preview import console_text
from rebalancer_cli.screen.terminal import Terminal
from rebalancer_cli.trading.tracker import Watch
from rebalancer_core.orders.order_state import OrderState, Phase
from rebalancer_core.values.money import ZERO, plain

_QUIET = frozenset({Phase.HANDED, Phase.WORKING})
LOG = logging.getLogger(__name__)


def watcher(terminal: Terminal) -> Watch:
    """A watch that prints ends, fills and doubts of orders, and logs every change."""

    def watch(before: OrderState, now: OrderState) -> None:
        if (before.phase, before.filled) != (now.phase, now.filled):
            line = order_line(now)
            if now.phase not in _QUIET or now.filled != before.filled:
                terminal.note("  " + console_text(line))
            LOG.info("%s %s", now.ticket.order_ref, line)
        for note in now.notes[len(before.notes) :]:
            LOG.info("%s %s: %s", now.ticket.order_ref, now.ticket.symbol, note)
        for report in now.commissions[len(before.commissions) :]:
            LOG.info(
                "%s %s: commission %s %s of execution %s",
                now.ticket.order_ref,
                now.ticket.symbol,
                plain(report.commission),
                report.currency,
                report.execution_id,
            )

    return watch


def order_line(state: OrderState) -> str:
    """One order as it stands: account, side, quantity, symbol, phase, fills, permanent id."""
    ticket = state.ticket
    asked = f"{ticket.side.value} {plain(ticket.quantity)} {ticket.symbol}"
    filled = f", {plain(state.filled)} shares" if state.filled > ZERO else ""
    known_as = f" (order {state.perm_id})" if state.perm_id else ""
    error = f": {state.error}" if state.error else ""
    return f"{ticket.account_id} {asked}: {state.phase.value}{filled}{known_as}{error}"
