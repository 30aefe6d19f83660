"""What must hold after each action of a story, and what must be true once all has come in."""

from __future__ import annotations

from decimal import Decimal

from rebalancer_core.orders.events import OrderRef
from rebalancer_core.orders.order_state import TERMINAL
from rebalancer_core.orders.tickets import OrderTicket
from rebalancer_core.values.instruments import ConId
from rebalancer_core.values.money import ZERO
from rebalancer_core.values.plan import Side
from tests.stateful.story import BOUGHT, SOLD, TARGETS, Story

_MESSAGES_A_SECOND = 50

Coming = list[tuple[OrderTicket, Decimal]]


class Promises:
    """Holds them against one story; it remembers what was filled."""

    def __init__(self, story: Story) -> None:
        self._story = story
        self._filled_before: dict[OrderRef, Decimal] = {}

    def check(self) -> None:
        """After each action."""
        broker, coming = self._story.broker, self._coming()
        self._never_more_than_approved(coming)
        self._never_past_the_target(coming)
        # But for what happened behind a buy that was out: higher prices, cash that left. The cash
        # that the leverage cap asks for is below the floor here.
        assert all(cash >= self._story.floor for cash in broker.cash_after_buys)
        assert len(broker.sent_at) < _MESSAGES_A_SECOND, "a strict gateway counts too many"
        self._the_journal_is_the_live_state()
        self._what_is_filled_stays_filled()
        self._the_end_is_proven()

    def check_the_end(self, by_hand: set[OrderRef]) -> None:
        """Every fill is known, and nothing stays locked; `by_hand` were closed by a person."""
        for order in self._story.journal.orders():
            ref, state = order.order_ref, order.state
            assert state == self._story.journal.states[ref], "replay is another fold"
            assert order.is_finished, "an account stays locked"
            known = self._story.broker.book.get(ref)
            if known is None or state.conflict:
                continue
            # A person takes no execution back, though its correction came to nobody.
            assert state.filled == known.filled or (ref in by_hand and state.filled > known.filled)

    def _coming(self) -> Coming:
        """What may still fill: orders that work, are on their way, or wait in a dialog."""
        broker = self._story.broker
        return [
            *((order.ticket, order.may_fill) for order in broker.book.values()),
            *((flying.ticket, flying.ticket.quantity) for flying in broker.in_flight),
            *((flying.ticket, flying.ticket.quantity) for flying in broker.dialogs),
        ]

    def _never_more_than_approved(self, coming: Coming) -> None:
        """Working, on its way and filled, of all legs of a trade together."""
        used: dict[tuple[str, ConId], Decimal] = {}
        filled = ((order.ticket, order.filled) for order in self._story.broker.book.values())
        for ticket, shares in (*coming, *filled):
            key = (ticket.order_ref.split("-")[1], ticket.con_id)
            used[key] = used.get(key, ZERO) + shares
        for key, shares in used.items():
            assert shares <= self._story.approved[key], (key, shares)

    def _never_past_the_target(self, coming: Coming) -> None:
        """Across all runs: a run after a crash buys and sells only what is missing."""
        ends = dict(self._story.broker.holdings)
        for ticket, shares in coming:
            ends[ticket.con_id] += shares if ticket.side is Side.BUY else -shares
        assert all(ends[con_id] <= TARGETS[con_id] for con_id in BOUGHT)
        assert all(ends[con_id] >= TARGETS[con_id] for con_id in SOLD)

    def _the_journal_is_the_live_state(self) -> None:
        """What is read back after a crash is what was known when it came."""
        program, journal = self._story.program, self._story.journal
        if program is None or journal.has_failed:
            return
        for ref, state in program.state.orders.items():
            assert journal.states[ref] == state

    def _what_is_filled_stays_filled(self) -> None:
        for ref, state in self._story.journal.states.items():
            assert state.filled >= self._filled_before.get(ref, ZERO) or state.conflict, state
            self._filled_before[ref] = state.filled

    def _the_end_is_proven(self) -> None:
        """No order is called dead while it can still fill, nor while a dialog holds it."""
        broker = self._story.broker
        held = {flying.ticket.order_ref for flying in broker.dialogs}
        for ref, state in self._story.journal.states.items():
            if state.phase in TERMINAL:
                known = broker.book.get(ref)
                assert known is None or known.may_fill == ZERO, state
                assert ref not in held, state
