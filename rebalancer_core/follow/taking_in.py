"""Takes in one event: what the world answered to a command, or what surrounds the step."""

from __future__ import annotations

from attrs import evolve

from rebalancer_core.follow.connection import halted
from rebalancer_core.follow.events import (
    AccountRead,
    AccountUnread,
    CancelRefused,
    Committed,
    EvidenceHeard,
    EvidenceMissing,
    FollowEvent,
    Heard,
    Instant,
    JournalFailed,
    MarketRead,
    MarketUnread,
    NotCommitted,
    NotReserved,
    NotSubmitted,
    Reserved,
    Submitted,
    Surroundings,
    WatchedJournalFailed,
)
from rebalancer_core.follow.fitting import account_read, market_read, refitted
from rebalancer_core.follow.hearing import heard, with_evidence, without_evidence
from rebalancer_core.follow.reasons import Stated
from rebalancer_core.follow.replacing import replacement_sent
from rebalancer_core.follow.sending import committed, not_submitted, reserved, submitted
from rebalancer_core.follow.state import FollowState, Sending, Step, noted

SendingEvent = Reserved | NotReserved | Committed | NotCommitted | Submitted | NotSubmitted
Answer = SendingEvent | AccountRead | AccountUnread | MarketRead | MarketUnread


def taken_in(state: FollowState, event: FollowEvent, now: Instant) -> Step:
    """The state that knows of the event, and what is to be written down, or follows at once."""
    match event:
        case Surroundings():
            return (state if event == state.around else evolve(state, around=event)), ()
        case Heard(facts=facts):
            return heard(state, facts)
        case EvidenceHeard() | EvidenceMissing():
            return _answered(state, event)
        case JournalFailed(why=why):
            # Orders are out: what is heard goes on being believed, but nothing more is sent.
            return evolve(state, journal_fault=state.journal_fault or why), ()
        case WatchedJournalFailed(why=why):
            connection, told = halted(state.connection, Stated(text=why))
            return evolve(state, connection=connection), told
        case CancelRefused(fault=fault):
            return noted(state, fault), ()
        case _:
            return _answered_to(state, event, now)


def _answered_to(state: FollowState, event: Answer, now: Instant) -> Step:
    match event:
        case AccountRead() | AccountUnread():
            return account_read(state, event)
        case MarketRead() | MarketUnread():
            return _market_read(state, event, now)
        case _:
            sending = state.sending
            return _sent_on(state, sending, event) if sending is not None else (state, ())


def _answered(state: FollowState, event: EvidenceHeard | EvidenceMissing) -> Step:
    asking = state.asking
    if asking is None:
        return state, ()
    if isinstance(event, EvidenceHeard):
        return with_evidence(state, asking, event.facts)
    return without_evidence(state, asking, event.fault), ()


def _sent_on(state: FollowState, sending: Sending, event: SendingEvent) -> Step:
    """The order on its way to the wire comes one further, or does not leave at all."""
    match event:
        case Reserved() | NotReserved():
            return reserved(state, sending, event)
        case Committed() | NotCommitted():
            return committed(state, sending, event)
        case Submitted():
            return submitted(state, sending), ()
        case NotSubmitted():
            return not_submitted(state, sending, event)


def _market_read(state: FollowState, event: MarketRead | MarketUnread, now: Instant) -> Step:
    refitting = state.refitting
    if refitting is None:
        return market_read(state, event, now), ()
    state, fresh = refitted(state, refitting, event, now)
    dead = refitting.replaces
    if dead is None:
        # It waits for its turn once more.
        return (evolve(state, waiting=(fresh, *state.waiting)) if fresh else state), ()
    return replacement_sent(state, refitting.ticket, fresh, dead, now)
