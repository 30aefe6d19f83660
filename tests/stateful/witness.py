"""Watches one connection's wire and judges each order that leaves by what was told before."""

from __future__ import annotations

from rebalancer_core.orders.events import (
    BrokerFact,
    ErrorReported,
    LinkDown,
    LinkUp,
    OrderRef,
)
from rebalancer_core.orders.order_state import Phase
from rebalancer_core.orders.tickets import OrderTicket
from rebalancer_core.values.plan import Side
from tests.stateful.journal import StoryJournal

_UNANSWERED_AT_MOST = 5
_PROMPT_SECONDS = 2


class Witness:
    """It knows of the orders of one run only what everybody could hear."""

    def __init__(self) -> None:
        self._sent: dict[OrderRef, tuple[Side, float]] = {}
        self._answered: set[OrderRef] = set()
        self._proven: set[Side] = set()

    def hear(self, facts: tuple[BrokerFact, ...]) -> None:
        """What the program is told."""
        for fact in facts:
            if isinstance(fact, LinkDown | LinkUp) or fact.order_ref not in self._sent:
                continue
            self._answered.add(fact.order_ref)
            if not isinstance(fact, ErrorReported):
                self._proven.add(self._sent[fact.order_ref][0])

    def see(self, ticket: OrderTicket, seconds: float, journal: StoryJournal) -> None:
        """An order leaves: journaled, once, and not behind silence."""
        ref = ticket.order_ref
        assert ref in journal.states, "an order left without its intent on the disk"
        assert journal.states[ref].phase is Phase.HANDED, "its hand-over is not on the disk"
        assert not journal.has_failed, "an order left although the journal had failed"
        assert ref not in self._sent, "an order left twice"
        unanswered = [at for ref, (_, at) in self._sent.items() if ref not in self._answered]
        is_proven = bool(self._proven) if ticket.side is Side.SELL else Side.BUY in self._proven
        assert is_proven or not unanswered, "an order left beside the first of its kind"
        assert len(unanswered) < _UNANSWERED_AT_MOST, "too many orders are out unanswered"
        silent = max((seconds - at for at in unanswered), default=0.0)
        assert silent <= _PROMPT_SECONDS, "an order left behind a silent one"
        self._sent[ref] = (ticket.side, seconds)
