"""When the next order may leave: what one connection has shown, and what halts a whole run."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from attrs import define, field

from rebalancer_core.orders.order_state import OrderState, Phase
from rebalancer_core.ports import LogPort
from rebalancer_core.values.money import ZERO
from rebalancer_core.values.plan import Side

_UNACKNOWLEDGED_AT_MOST = 5
# Behind an order that has no answer for so long, the next may wait in the same dialog.
_PROMPT_SECONDS = 2.0


@define()
class Departures:
    """Orders of all accounts that leave over one connection. Mutable: it learns from each.

    The first order of a connection is out alone until one was acknowledged as working or filled;
    a rejection does not count. So is the first buy. A gateway that asks its user before it passes
    orders on drops or holds all that come before the answer: then it has only one.
    """

    _acknowledged: set[Side] = field(factory=set, init=False)

    def learn(self, states: Iterable[OrderState]) -> None:
        """Note which kinds of orders the broker has taken over this connection."""
        for state in states:
            if state.phase is Phase.WORKING or state.filled > ZERO:
                self._acknowledged.add(state.ticket.side)

    def may_leave(self, side: Side, waiting_seconds: tuple[float, ...]) -> bool:
        """Whether an order may leave while others wait for their acknowledgement for so long.

        >>> fresh = Departures()
        >>> fresh.may_leave(Side.SELL, ()), fresh.may_leave(Side.SELL, (0.1,))
        (True, False)
        """
        is_proven = bool(self._acknowledged) if side is Side.SELL else side in self._acknowledged
        if not is_proven:
            return not waiting_seconds
        few = len(waiting_seconds) < _UNACKNOWLEDGED_AT_MOST
        return few and max(waiting_seconds, default=0.0) <= _PROMPT_SECONDS


@define(kw_only=True)
class Halt:
    """Why nothing more may be sent in this run, whichever account; the first reason stands.

    `tell` shows it the moment it is known.
    """

    tell: Callable[[str], None]
    log: LogPort
    why: str = field(default="", init=False)

    def because(self, why: str) -> None:
        """Halt the run."""
        if self.why:
            return
        self.why = why
        self.log.error("halted: %s", why)
        self.tell(f"Halted: {why}. Nothing more is sent in this run.")
