"""The laws of an order's life, over any sequence of words, true or not."""

from __future__ import annotations

from itertools import pairwise
from random import Random

from attrs import evolve
from hypothesis import example, given
from hypothesis import strategies as st

from rebalancer_core.orders.broker_codes import CODES, CodePolicy, code_policy
from rebalancer_core.orders.events import (
    Completed,
    ErrorReported,
    Executed,
    OrderEvent,
    OrderRef,
    OrderSeen,
    OwnActed,
    OwnAction,
    Resolution,
    Resolved,
    StatusReported,
)
from rebalancer_core.orders.order_state import (
    TERMINAL,
    ExecutionCorrected,
    OrderState,
    Phase,
    intended,
)
from rebalancer_core.orders.state_machine import apply, replay
from rebalancer_core.values.money import ZERO
from rebalancer_core.values.plan import Side
from tests.core.orders.made_up import (
    ACCOUNT,
    STRANGER,
    TICKET,
    commission,
    completed,
    error,
    fill,
    own,
    seen,
    settled,
    status,
)

WORDS = (
    "ApiPending",
    "PendingSubmit",
    "PreSubmitted",
    "Submitted",
    "PendingCancel",
    "Cancelled",
    "ApiCancelled",
    "Filled",
    "Inactive",
    "a word of next year",
)
SOME_CODES = (201, 202, 399, 404, 161, 103, 1100, 2104, 2109, 10349, 100, 19999)

words = st.sampled_from(WORDS)
shares = st.integers(0, 11)
accounts = st.sampled_from([*[ACCOUNT] * 9, STRANGER])
fills = st.builds(
    fill,
    st.integers(0, 10),
    st.integers(1, 4),
    st.integers(1, 3),
    accounts,
    st.sampled_from([*[Side.BUY] * 9, Side.SELL]),
)
events = st.one_of(
    st.builds(seen, words, accounts),
    st.builds(status, words, shares),
    fills,
    st.builds(commission, st.integers(1, 4)),
    st.builds(error, st.sampled_from(SOME_CODES)),
    st.builds(completed, words, shares, accounts),
    st.builds(own, st.sampled_from(OwnAction)),
    st.builds(settled, st.sampled_from(Resolution), shares, by_human=st.booleans()),
)
stories = st.lists(events, max_size=14).map(tuple)


def steps(story: tuple[OrderEvent, ...]) -> list[tuple[OrderState, OrderEvent, OrderState]]:
    """Each event with the state before and after it."""
    states = [intended(TICKET)]
    for event in story:
        states.append(apply(states[-1], event))
    return [(a, event, b) for (a, b), event in zip(pairwise(states), story, strict=True)]


def _by_human(story: tuple[OrderEvent, ...]) -> bool:
    return any(isinstance(event, Resolved) and event.by_human for event in story)


@given(stories)
def test_filled_never_decreases_but_by_a_correction_that_stops_everything_or_by_a_human(
    story: tuple[OrderEvent, ...],
) -> None:
    for before, event, later in steps(story):
        if later.filled >= before.filled:
            continue
        if isinstance(event, Resolved):
            assert event.by_human
            assert later.filled >= before.executed
        else:
            assert isinstance(event, Executed)
            assert later.conflict
            assert any(isinstance(note, ExecutionCorrected) for note in later.notes)


@given(stories)
def test_more_filled_than_ordered_is_a_conflict_unless_a_human_said_so(
    story: tuple[OrderEvent, ...],
) -> None:
    for _, event, later in steps(story):
        if later.filled > TICKET.quantity and not _by_human(story):
            assert later.conflict, event


@given(stories)
def test_a_conflict_leaves_an_order_unknown_until_a_human_spoke(
    story: tuple[OrderEvent, ...],
) -> None:
    for before, event, later in steps(story):
        if later.conflict:
            assert later.phase is Phase.UNKNOWN
        if before.conflict and not later.conflict:
            assert isinstance(event, Resolved)
            assert event.by_human


@given(stories)
def test_an_order_ends_on_evidence_and_never_by_this_programs_own_act(
    story: tuple[OrderEvent, ...],
) -> None:
    for before, event, later in steps(story):
        if later.phase not in TERMINAL or later.phase is before.phase:
            continue
        match event:
            case OwnActed(act=act):
                assert act is OwnAction.ABSENT
                assert later.phase is Phase.REJECTED
                assert before.reject_code is not None
                assert before.filled == ZERO
            case ErrorReported(code=code):
                ends = {CodePolicy.REJECT: Phase.REJECTED, CodePolicy.CANCELLED: Phase.CANCELLED}
                assert later.phase is ends[code_policy(code)]
            case StatusReported() | OrderSeen() | Completed():
                assert later.phase is not Phase.NOT_RECEIVED
            case Executed():
                assert later.phase is Phase.FILLED
            case _:
                assert isinstance(event, Resolved)


@given(stories)
def test_filled_means_that_the_shares_are_there(story: tuple[OrderEvent, ...]) -> None:
    for _, _, later in steps(story):
        if later.phase is Phase.FILLED:
            assert later.filled == TICKET.quantity or _by_human(story)
            assert later.filled >= TICKET.quantity
        if later.phase is Phase.CANCELLED:
            assert later.filled < TICKET.quantity
        if later.phase in {Phase.REJECTED, Phase.NOT_RECEIVED}:
            assert later.filled == ZERO


@given(stories)
def test_rejected_needs_the_brokers_code_or_a_verdict(story: tuple[OrderEvent, ...]) -> None:
    verdicts = any(isinstance(event, Resolved) for event in story)
    for _, _, later in steps(story):
        if later.phase is Phase.REJECTED:
            assert later.reject_code is not None or verdicts


@given(stories)
def test_the_only_ways_out_of_an_end_are_late_fills_and_contradictions(
    story: tuple[OrderEvent, ...],
) -> None:
    for before, _, later in steps(story):
        if before.phase in TERMINAL and later.phase is not before.phase:
            assert later.filled > before.filled or later.conflict


@given(stories)
def test_unknown_is_left_by_facts_and_verdicts_only(story: tuple[OrderEvent, ...]) -> None:
    for before, event, later in steps(story):
        if before.phase is Phase.UNKNOWN and later.phase is not Phase.UNKNOWN:
            if isinstance(event, OwnActed):
                assert event.act is OwnAction.ABSENT
                assert before.reject_code is not None
            if isinstance(event, ErrorReported):
                assert code_policy(event.code) in {
                    CodePolicy.CANCELLED,
                    CodePolicy.HELD,
                    CodePolicy.HELD_AT_MARKET,
                }


@given(stories)
def test_replaying_the_journal_gives_the_state_that_was_lived(
    story: tuple[OrderEvent, ...],
) -> None:
    lived = steps(story)[-1][2] if story else intended(TICKET)
    assert replay(intended(TICKET), story) == lived
    half = len(story) // 2
    assert replay(replay(intended(TICKET), story[:half]), story[half:]) == lived


@given(stories)
def test_an_event_heard_twice_in_a_row_changes_nothing_more(story: tuple[OrderEvent, ...]) -> None:
    for _, event, later in steps(story):
        again = apply(later, event)
        assert (again.phase, again.filled, again.executions) == (
            later.phase,
            later.filled,
            later.executions,
        )


@given(st.lists(fills, max_size=8).map(tuple), st.integers(0, 10**6))
@example((fill(4, 1, 1), fill(3, 1, 2)), 1)
def test_executions_in_any_order_and_any_number_of_times_give_the_same_shares(
    told: tuple[Executed, ...], seed: int
) -> None:
    once = {event.execution_id: event for event in told}
    first = replay(intended(TICKET), tuple(once.values()))
    shuffled = [*once.values(), *once.values()]
    Random(seed).shuffle(shuffled)
    other = replay(intended(TICKET), tuple(shuffled))
    assert other.executed == first.executed
    assert set(other.executions) == set(first.executions)


@given(st.lists(fills, max_size=8).map(tuple))
def test_of_each_execution_the_last_revision_counts(told: tuple[Executed, ...]) -> None:
    last: dict[str, Executed] = {}
    for event in told:
        base = event.execution_id[:-3]
        if base not in last or last[base].execution_id < event.execution_id:
            last[base] = event
    expected = sum((event.shares for event in last.values()), ZERO)
    assert replay(intended(TICKET), told).executed == expected


@given(stories)
def test_words_about_another_order_change_nothing(story: tuple[OrderEvent, ...]) -> None:
    other = intended(evolve(TICKET, order_ref=OrderRef("rb1-9f2c31aa-01002-1")))
    assert replay(other, story) == other


def test_the_codes_drawn_here_stand_for_every_policy() -> None:
    drawn = {code_policy(code) for code in SOME_CODES}
    assert drawn >= {each.policy for each in CODES.values()} - {
        CodePolicy.RESTORED,
        CodePolicy.DATA,
        CodePolicy.CONNECT,
    }
