"""Following one account's orders as a pure function: `step(state, now, events)`.

What was heard is believed and written down first; a step that did so decides nothing. Else it
decides the next thing to do. Whoever carries the commands out needs no rules: each is one call.
"""

from __future__ import annotations

from attrs import evolve

from rebalancer_core.follow.chasing import asked, overdue, probed, silent
from rebalancer_core.follow.commands import AskEvidence, Command, Listen
from rebalancer_core.follow.connection import Connection, ended_revived
from rebalancer_core.follow.deadlines import PROOF_SECONDS
from rebalancer_core.follow.events import FollowEvent, Instant
from rebalancer_core.follow.fitting import TURN_SECONDS, fitted
from rebalancer_core.follow.halting import halted_for_a_reason
from rebalancer_core.follow.hearing import without_evidence
from rebalancer_core.follow.leaving import has_fresh_prices, may_send, refit_asked
from rebalancer_core.follow.outcomes import is_clear, is_commission_missing
from rebalancer_core.follow.replacing import fallen_back, is_anything_unsettled, replaced
from rebalancer_core.follow.sending import begun, gone_on
from rebalancer_core.follow.state import (
    Asking,
    FollowState,
    Purpose,
    Stage,
    Step,
    Terms,
    Turn,
    skipped,
)
from rebalancer_core.follow.taking_in import taken_in
from rebalancer_core.safety.funds import funds_of
from rebalancer_core.values.plan import Side


def start(terms: Terms, connection: Connection) -> FollowState:
    """The state before the first step: the sells wait, the buys come after them."""
    plan, market = terms.approved.plan, terms.market
    return FollowState(
        terms=terms,
        connection=connection,
        funds=funds_of(plan, terms.seen, market.quotes, market.observations),
        waiting=tuple(ticket for ticket in terms.tickets if ticket.side is Side.SELL),
    )


def step(state: FollowState, now: Instant, events: tuple[FollowEvent, ...]) -> Step:
    """The state after these events, and what is to be done: in this order, before the next step.

    The answers to the commands are the events of the next step, beside its surroundings.
    """
    commands: tuple[Command, ...] = ()
    for event in events:
        state, more = taken_in(state, event, now)
        commands += more
    while not commands and state.stage is not Stage.DONE:
        state, commands = _decided(state, now)
    return state, commands


def _decided(state: FollowState, now: Instant) -> Step:
    """The next thing to do; without a command the state has come further, and is asked again."""
    if state.sending is not None:
        return gone_on(state, state.sending)
    if state.asking is not None:
        return _question_put(state, state.asking)
    if state.ask_again and not state.link_lost:
        return asked(evolve(state, ask_again=False), Purpose.LINK_BACK)
    if state.connection.revived:
        connection, commands = ended_revived(state.connection)
        return evolve(state, connection=connection), commands
    if state.replacing is not None:
        return replaced(state, state.replacing, now)
    return _staged(state, now)


def _question_put(state: FollowState, asking: Asking) -> Step:
    """What was told meanwhile is heard; over a lost link, or of no order, nothing is asked."""
    if state.link_lost or not state.orders:
        return without_evidence(state, asking), ()
    return state, (AskEvidence(),)


def _staged(state: FollowState, now: Instant) -> Step:
    match state.stage:
        case Stage.SELLING | Stage.BUYING:
            return _turned(state, now)
        case Stage.FITTING:
            return fitted(state, now)
        case Stage.LATE_FILLS:
            return _late_fills_awaited(state, now)
        case Stage.LAST_EVIDENCE:
            return _last_evidence(state, now)
        case Stage.COMMISSIONS:
            return _commissions_awaited(state, now)
        case Stage.DONE:
            return state, ()


def _turned(state: FollowState, now: Instant) -> Step:
    match state.turn:
        case Turn.ENTER:
            # What was told since the preview counts before the first order leaves.
            return evolve(state, turn=Turn.SEND), (Listen(seconds=0),)
        case Turn.OVERDUE:
            return overdue(state, now)
        case Turn.PROBE:
            return probed(state, now)
        case Turn.SILENT:
            return silent(state, now)
        case Turn.FALL_BACK:
            return fallen_back(state, now)
        case Turn.SEND:
            return _sent(state, now)


def _sent(state: FollowState, now: Instant) -> Step:
    """The next order leaves, if it may; else what is out is waited for."""
    state, told = halted_for_a_reason(state, now)
    if told:
        return state, told
    if state.halted is not None:
        state = evolve(skipped(state, state.waiting, state.halted), waiting=())
    unsettled = is_anything_unsettled(state, now)
    if state.waiting and may_send(state, state.waiting[0], now, is_anything_unsettled=unsettled):
        ticket, left = state.waiting[0], state.waiting[1:]
        state = evolve(state, waiting=left)
        return (
            begun(state, ticket, now)
            if has_fresh_prices(state, ticket, now)
            else refit_asked(state, ticket)
        )
    if not state.waiting and not unsettled:
        after = Stage.FITTING if state.stage is Stage.SELLING else Stage.LATE_FILLS
        return evolve(state, stage=after, since=now.seconds), ()
    return evolve(state, turn=Turn.OVERDUE), (Listen(seconds=TURN_SECONDS),)


def _late_fills_awaited(state: FollowState, now: Instant) -> Step:
    """Wait a moment for fills that crossed a cancel of ours: they are told behind its proof."""
    since = now.seconds if state.since is None else state.since
    is_any_cancelled = any(out.cancelled_at is not None for out in state.followed.values())
    if is_any_cancelled and not state.link_lost and now.seconds - since < PROOF_SECONDS:
        return state, (Listen(seconds=TURN_SECONDS),)
    return evolve(state, stage=Stage.LAST_EVIDENCE, since=None), ()


def _last_evidence(state: FollowState, now: Instant) -> Step:
    """The lists, for the last time; unless all that they could say is known.

    First comes what was told meanwhile: a correction, say.
    """
    if state.since is None:
        return evolve(state, since=now.seconds), (Listen(seconds=0),)
    if is_clear(state):
        return evolve(state, stage=Stage.COMMISSIONS, since=None), ()
    return asked(state, Purpose.LAST)


def _commissions_awaited(state: FollowState, now: Instant) -> Step:
    """Wait for commission reports, no longer than `commission_report_timeout`.

    One that is still missing may be in the lists, where these were not asked for yet.
    """
    if state.since is None:
        return evolve(state, since=now.seconds), ()
    is_early = now.seconds - state.since < state.terms.execution.commission_report_timeout
    if not state.link_lost and is_early and is_commission_missing(state):
        return state, (Listen(seconds=TURN_SECONDS),)
    if is_commission_missing(state) and not state.has_last_evidence:
        return asked(state, Purpose.LAST)
    return evolve(state, stage=Stage.DONE), ()
