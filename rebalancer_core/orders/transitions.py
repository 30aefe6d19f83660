"""The table of an order's transitions: what was said x phase -> phase, tried from the top.

What no row names leaves the phase as it is. `transition_grid` prints it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType

from attrs import frozen

from rebalancer_core.orders.events import OwnAction
from rebalancer_core.orders.order_state import TERMINAL, AfterAll, OrderState, Phase
from rebalancer_core.values.money import ZERO
from rebalancer_core.values.policy import AlgoPreference


class Signal(Enum):
    """What an event says of the phase. A message of the broker may say several, in this order."""

    HANDED = "we hand it to the client library"
    HEARD_OF = "any message of the broker about it"
    CONTRADICTED = "the broker's facts contradict the ticket or each other"
    QUEUED = "status PreSubmitted"
    WORKS = "status Submitted, PendingCancel or Filled"
    INACTIVE = "status Inactive"
    ENDED = "status Cancelled or ApiCancelled; Inactive among the completed orders"
    SOME_SHARES = "shares of it are filled"
    ALL_SHARES = "all shares of it are filled"
    HELD_BY_CODE = "a code: it waits for the open, or shares are being located"
    HELD_AT_MARKET = "a code: a market order waits for regular hours"
    CANCELLED_BY_CODE = "a code: cancelled"
    REFUSED = "a code: rejected"
    DOUBTED = "a code: unlisted, a duplicate id, the link or pacing"
    CANCEL_REQUESTED = "we request its cancel"
    ACK_OVERDUE = "no acknowledgement within ack_timeout_sec"
    DEADLINE_PASSED = "a cancel stays unanswered"
    LINK_LOST = "the link to the broker is lost"
    ABSENT = "the broker's lists do not name it"
    RESOLVED_FILLED = "resolved as filled"
    RESOLVED_CANCELLED = "resolved as cancelled, with what was filled"
    RESOLVED_REJECTED = "resolved as rejected"
    RESOLVED_NOT_RECEIVED = "resolved as never received"

    @property
    def words(self) -> str:
        """The value, typed where a narrowed member would be Any to mypy."""
        return self.value


class Guard(Enum):
    """What must be true of the facts, those of the event included, for a row to fit."""

    ALWAYS = ""
    NOTHING_FILLED = "nothing filled"
    REFUSED_BEFORE = "rejected by a code"
    REFUSED_UNFILLED = "rejected by a code, nothing filled"
    NOT_MIDPRICE = "not MIDPRICE"

    @property
    def words(self) -> str:
        """The value, typed where a narrowed member would be Any to mypy."""
        return self.value


@frozen(kw_only=True)
class Transition:
    """One row: from any of `sources` to `target`, and what is noted of it for people."""

    signal: Signal
    sources: frozenset[Phase]
    target: Phase
    guard: Guard = Guard.ALWAYS
    note: AfterAll | OwnAction | None = None


_ANY = frozenset(Phase)
_OPEN = _ANY - TERMINAL
_UNSEEN = frozenset({Phase.INTENT, Phase.HANDED})


def _row(
    signal: Signal,
    sources: frozenset[Phase],
    target: Phase,
    guard: Guard = Guard.ALWAYS,
    note: AfterAll | OwnAction | None = None,
) -> Transition:
    return Transition(signal=signal, sources=sources, target=target, guard=guard, note=note)


TABLE: tuple[Transition, ...] = (
    _row(Signal.HANDED, frozenset({Phase.INTENT}), Phase.HANDED),
    _row(
        Signal.HEARD_OF,
        frozenset({Phase.NOT_RECEIVED}),
        Phase.UNKNOWN,
        note=AfterAll.RECEIVED,
    ),
    _row(Signal.CONTRADICTED, _ANY, Phase.UNKNOWN),
    # PreSubmitted repeats the word of an order that waits for the market to open.
    _row(Signal.QUEUED, _OPEN - {Phase.HELD}, Phase.WORKING),
    _row(Signal.WORKS, _OPEN, Phase.WORKING),
    _row(Signal.INACTIVE, _OPEN, Phase.REJECTED, Guard.REFUSED_UNFILLED),
    _row(Signal.INACTIVE, _OPEN, Phase.CANCELLED, Guard.REFUSED_BEFORE),
    _row(Signal.INACTIVE, _OPEN, Phase.HELD),
    _row(Signal.ENDED, _OPEN, Phase.REJECTED, Guard.REFUSED_UNFILLED),
    _row(Signal.ENDED, _OPEN, Phase.CANCELLED),
    # A rejected order has no shares: with some, what it is now is unknown.
    _row(
        Signal.SOME_SHARES,
        frozenset({Phase.REJECTED}),
        Phase.UNKNOWN,
        note=AfterAll.EXECUTED_IN_PART,
    ),
    _row(
        Signal.ALL_SHARES,
        TERMINAL - {Phase.FILLED},
        Phase.FILLED,
        note=AfterAll.FILLED,
    ),
    _row(Signal.ALL_SHARES, _OPEN, Phase.FILLED),
    _row(Signal.HELD_BY_CODE, _OPEN, Phase.HELD),
    # A MIDPRICE order rests: the notice that it waits is about market orders.
    _row(Signal.HELD_AT_MARKET, _OPEN, Phase.HELD, Guard.NOT_MIDPRICE),
    _row(Signal.CANCELLED_BY_CODE, _OPEN, Phase.CANCELLED),
    _row(Signal.REFUSED, _UNSEEN, Phase.REJECTED, Guard.NOTHING_FILLED),
    _row(Signal.REFUSED, _OPEN, Phase.UNKNOWN),
    _row(Signal.DOUBTED, _OPEN, Phase.UNKNOWN),
    *(
        _row(
            Signal.CANCEL_REQUESTED,
            frozenset({phase}),
            phase,
            note=OwnAction.CANCEL_REQUESTED,
        )
        for phase in Phase
    ),
    _row(Signal.ACK_OVERDUE, _OPEN, Phase.UNKNOWN, note=OwnAction.ACK_OVERDUE),
    _row(Signal.DEADLINE_PASSED, _OPEN, Phase.UNKNOWN, note=OwnAction.DEADLINE_PASSED),
    _row(Signal.LINK_LOST, _OPEN, Phase.UNKNOWN, note=OwnAction.LINK_LOST),
    _row(Signal.ABSENT, frozenset({Phase.UNKNOWN}), Phase.REJECTED, Guard.REFUSED_UNFILLED),
    _row(Signal.ABSENT, _OPEN, Phase.UNKNOWN, note=OwnAction.ABSENT),
    _row(Signal.RESOLVED_FILLED, _OPEN, Phase.FILLED),
    _row(Signal.RESOLVED_CANCELLED, _OPEN, Phase.CANCELLED),
    _row(Signal.RESOLVED_REJECTED, _OPEN, Phase.REJECTED),
    _row(Signal.RESOLVED_NOT_RECEIVED, _OPEN, Phase.NOT_RECEIVED),
)

ROWS_OF: Mapping[tuple[Signal, Phase], tuple[Transition, ...]] = MappingProxyType(
    {
        (signal, phase): tuple(
            row for row in TABLE if row.signal is signal and phase in row.sources
        )
        for signal in Signal
        for phase in Phase
    }
)


def holds(guard: Guard, state: OrderState) -> bool:
    """Whether a guard is true of the facts known now."""
    match guard:
        case Guard.ALWAYS:
            return True
        case Guard.NOTHING_FILLED:
            return state.filled == ZERO
        case Guard.REFUSED_BEFORE:
            return state.reject_code is not None
        case Guard.REFUSED_UNFILLED:
            return state.reject_code is not None and state.filled == ZERO
        case Guard.NOT_MIDPRICE:
            return state.ticket.style.algo is not AlgoPreference.MIDPRICE


def transition_grid() -> tuple[tuple[str, ...], ...]:
    """The table as text: a header of phases, then a line a signal; an empty cell changes nothing.

    >>> transition_grid()[1][:3]
    ('we hand it to the client library', 'HANDED', '')
    """
    header = ("", *(phase.name for phase in Phase))
    lines = tuple((signal.words, *(_cell(signal, phase) for phase in Phase)) for signal in Signal)
    return (header, *lines)


def _cell(signal: Signal, phase: Phase) -> str:
    """What becomes of the phase, in the order in which the rows are tried."""
    rows = tuple(row for row in ROWS_OF[signal, phase] if row.target is not phase)
    return ", else ".join(
        f"{row.target.name} if {row.guard.words}" if row.guard.words else row.target.name
        for row in rows
    )
