"""What fooled comparable programs: each trap of the broker's words, and what is true of it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from attrs import evolve

from rebalancer_core.orders.events import OrderEvent, OwnAction, Resolution
from rebalancer_core.orders.order_state import (
    ACKNOWLEDGED,
    TERMINAL,
    AfterAll,
    EndOverruled,
    ExecutionCorrected,
    OrderContradiction,
    OtherAccount,
    OtherTrade,
    Overfilled,
    Phase,
    ResolvedAs,
    SharesTakenBack,
)
from rebalancer_core.values.money import ZERO
from rebalancer_core.values.plan import Side
from tests.core.orders.made_up import (
    HANDED,
    MIDPRICE_TICKET,
    QUANTITY,
    STRANGER,
    commission,
    completed,
    error,
    fill,
    heard,
    own,
    seen,
    settled,
    status,
)

FOUR = Decimal(4)


def test_an_order_whose_time_in_force_was_preset_is_not_cancelled() -> None:
    """10349: the library calls the order cancelled, then done, then filled."""
    state = heard(HANDED, seen("PreSubmitted"), error(10349))
    assert state.phase is Phase.WORKING
    assert heard(HANDED, error(10349), fill(QUANTITY)).phase is Phase.FILLED


@pytest.mark.parametrize("code", [161, 10147, 10148])
def test_a_cancel_that_failed_says_nothing_of_the_order(code: int) -> None:
    working = (HANDED, seen("Submitted"), own(OwnAction.CANCEL_REQUESTED), error(code))
    assert heard(*working).phase is Phase.WORKING
    assert heard(*working, fill(QUANTITY)).phase is Phase.FILLED
    assert heard(HANDED, fill(QUANTITY), error(code)).phase is Phase.FILLED


@pytest.mark.parametrize("code", [321, 434])
def test_a_refused_request_of_a_new_order_is_its_end(code: int) -> None:
    state = heard(HANDED, error(code))
    assert (state.phase, state.reject_code, state.perm_id) == (Phase.REJECTED, code, 0)


@pytest.mark.parametrize("code", [399, 2109])
def test_an_order_queued_until_the_open_is_held_and_still_fills(code: int) -> None:
    held = heard(HANDED, seen("PreSubmitted"), status("PreSubmitted"), error(code))
    assert held.phase is Phase.HELD
    repeated = heard(
        HANDED, seen("PreSubmitted"), error(code), seen("PreSubmitted"), status("PreSubmitted")
    )
    assert repeated.phase is Phase.HELD
    assert heard(HANDED, error(code), status("Submitted")).phase is Phase.WORKING
    assert heard(HANDED, error(code), fill(QUANTITY)).phase is Phase.FILLED


def test_a_resting_midprice_order_is_not_held() -> None:
    assert heard(HANDED, seen("Submitted"), error(2109), ticket=MIDPRICE_TICKET).phase is (
        Phase.WORKING
    )


def test_a_corrected_execution_counts_once() -> None:
    state = heard(HANDED, fill(QUANTITY, 1, 1), fill(QUANTITY, 1, 2))
    assert (state.phase, state.executed, state.unfilled) == (Phase.FILLED, QUANTITY, ZERO)
    assert [e.execution_id for e in state.executions] == ["0000e0d5.01.02"]
    assert state.notes == (ExecutionCorrected(execution="0000e0d5.01"),)


def test_a_correction_that_comes_before_what_it_corrects_still_counts() -> None:
    state = heard(HANDED, fill(QUANTITY, 1, 2), fill(3, 1, 1))
    assert (state.phase, state.executed) == (Phase.FILLED, QUANTITY)


def test_a_correction_that_takes_shares_back_wants_a_human() -> None:
    state = heard(HANDED, fill(QUANTITY, 1, 1), fill(4, 1, 2))
    assert (state.phase, state.executed) == (Phase.UNKNOWN, FOUR)
    assert state.conflict == SharesTakenBack()


def test_more_executed_than_ordered_wants_a_human() -> None:
    state = heard(HANDED, fill(QUANTITY, 1), fill(1, 2))
    assert (state.phase, state.conflict) == (Phase.UNKNOWN, Overfilled())
    assert heard(HANDED, fill(QUANTITY, 1), fill(1, 2), status("Filled", QUANTITY)).conflict


def test_a_human_may_close_what_was_executed_too_often() -> None:
    over = (HANDED, fill(QUANTITY, 1), fill(1, 2))
    closed = heard(*over, settled(Resolution.FILLED, QUANTITY + 1, by_human=True))
    assert (closed.phase, closed.conflict) == (Phase.FILLED, None)
    again = heard(
        *over, settled(Resolution.FILLED, QUANTITY + 1, by_human=True), fill(1, 2), seen("Filled")
    )
    assert again.phase is Phase.FILLED


def test_a_human_may_overrule_the_brokers_summary_but_not_its_executions() -> None:
    corrected = (HANDED, status("Filled", QUANTITY), fill(QUANTITY, 1, 1), fill(4, 1, 2))
    closed = heard(*corrected, settled(Resolution.CANCELLED, 4, by_human=True))
    assert (closed.phase, closed.filled, closed.conflict) == (Phase.CANCELLED, FOUR, None)
    refused = heard(*corrected, settled(Resolution.CANCELLED, 3, by_human=True))
    assert refused.phase is Phase.UNKNOWN


def test_a_pending_cancel_is_a_working_order() -> None:
    state = heard(
        HANDED, seen("Submitted"), own(OwnAction.CANCEL_REQUESTED), status("PendingCancel")
    )
    assert state.phase is Phase.WORKING
    assert state.notes == (OwnAction.CANCEL_REQUESTED,)


def test_a_fill_that_crosses_the_cancel_is_kept() -> None:
    cancelled = (
        HANDED,
        own(OwnAction.CANCEL_REQUESTED),
        status("PendingCancel"),
        status("Cancelled"),
    )
    state = heard(*cancelled, fill(QUANTITY))
    assert state.phase is Phase.FILLED
    assert EndOverruled(by=AfterAll.FILLED, was=Phase.CANCELLED) in state.notes
    part = heard(*cancelled, fill(4))
    assert (part.phase, part.filled) == (Phase.CANCELLED, FOUR)


def test_executions_alone_fill_an_order_that_no_status_ever_named() -> None:
    state = heard(HANDED, fill(4, 1), fill(6, 2))
    assert (state.phase, state.notes) == (Phase.FILLED, ())


def test_a_broker_that_calls_a_part_filled_has_an_order_at_work() -> None:
    state = heard(HANDED, status("Filled", 4))
    assert (state.phase, state.filled, state.unfilled) == (Phase.WORKING, FOUR, QUANTITY - FOUR)


def test_the_brokers_figure_counts_while_executions_are_late() -> None:
    state = heard(HANDED, status("Filled", QUANTITY))
    assert (state.phase, state.filled, state.executed) == (Phase.FILLED, QUANTITY, ZERO)
    assert state.reported_price == Decimal("500.01")


def test_an_older_status_does_not_take_shares_or_the_price_back() -> None:
    state = heard(HANDED, status("Submitted", 4), status("Submitted", 0))
    assert (state.filled, state.reported_price) == (FOUR, Decimal("500.01"))
    again = evolve(status("Submitted", 4), average_price=Decimal("500.02"))
    newer = heard(HANDED, status("Submitted", 4), again, status("Submitted", 4 - 1))
    assert (newer.filled, newer.reported_price) == (FOUR, Decimal("500.02"))


@pytest.mark.parametrize(
    ("word", "phase"),
    [
        ("PreSubmitted", Phase.WORKING),
        ("Submitted", Phase.WORKING),
        ("PendingCancel", Phase.WORKING),
        ("Inactive", Phase.HELD),
        ("Cancelled", Phase.CANCELLED),
        ("ApiCancelled", Phase.CANCELLED),
        ("Filled", Phase.WORKING),
    ],
)
def test_a_word_of_the_broker_moves_an_order_without_fills(word: str, phase: Phase) -> None:
    assert heard(HANDED, status(word)).phase is phase
    assert heard(HANDED, seen(word)).phase is phase


@pytest.mark.parametrize("word", ["PendingSubmit", "ApiPending", "", "a word of next year"])
def test_what_the_gateway_says_on_its_own_acknowledges_nothing(word: str) -> None:
    state = heard(HANDED, seen(word), status(word))
    assert state.phase is Phase.HANDED
    assert state.phase not in ACKNOWLEDGED
    assert state.perm_id == 99


def test_the_brokers_own_number_of_an_order_is_kept() -> None:
    for event in (seen("Submitted"), status("Submitted"), completed("Cancelled")):
        assert heard(HANDED, event).perm_id == 99
        unnamed = evolve(event, perm_id=0)
        assert heard(HANDED, seen("Submitted"), unnamed).perm_id == 99


def test_an_inactive_order_may_revive_until_the_broker_calls_it_completed() -> None:
    assert heard(HANDED, status("Inactive")).phase is Phase.HELD
    assert heard(HANDED, status("Inactive"), status("Submitted")).phase is Phase.WORKING
    assert heard(HANDED, completed("Inactive")).phase is Phase.CANCELLED
    assert heard(HANDED, error(201), completed("Inactive")).phase is Phase.REJECTED
    assert heard(HANDED, completed("Filled", 4)).phase is Phase.WORKING
    assert heard(HANDED, completed("a word of next year")).phase is Phase.HANDED


@pytest.mark.parametrize("word", ["Inactive", "Cancelled", "ApiCancelled"])
def test_a_refusal_and_a_dead_word_together_are_a_rejection(word: str) -> None:
    assert heard(HANDED, seen("Submitted"), error(201), status(word)).phase is Phase.REJECTED
    part = heard(HANDED, seen("Submitted"), fill(4), error(201), status(word))
    assert (part.phase, part.filled) == (Phase.CANCELLED, FOUR)


def test_a_refusal_and_no_trace_at_the_broker_are_a_rejection() -> None:
    gone = (HANDED, seen("Submitted"), error(201), own(OwnAction.ABSENT))
    assert heard(*gone).phase is Phase.REJECTED
    assert heard(HANDED, seen("Submitted"), own(OwnAction.ABSENT)).phase is Phase.UNKNOWN
    assert heard(HANDED, fill(4), error(201), own(OwnAction.ABSENT)).phase is Phase.UNKNOWN


@pytest.mark.parametrize(
    "act", [OwnAction.ACK_OVERDUE, OwnAction.DEADLINE_PASSED, OwnAction.LINK_LOST, OwnAction.ABSENT]
)
def test_silence_makes_an_order_unknown_and_never_dead(act: OwnAction) -> None:
    for before in ((HANDED,), (HANDED, seen("Submitted")), (HANDED, error(399))):
        state = heard(*before, own(act))
        assert state.phase is Phase.UNKNOWN
        assert state.notes[-1] is act
    assert heard(HANDED, fill(QUANTITY), own(act)).phase is Phase.FILLED


def test_an_order_that_was_never_handed_over_is_not_sent() -> None:
    assert heard().phase is Phase.INTENT
    assert heard(HANDED).phase is Phase.HANDED
    assert heard(HANDED, seen("Submitted"), HANDED).phase is Phase.WORKING


def test_an_unknown_order_that_the_broker_shows_again_is_known() -> None:
    lost = (HANDED, own(OwnAction.LINK_LOST))
    assert heard(*lost, seen("Submitted")).phase is Phase.WORKING
    assert heard(*lost, completed("Cancelled")).phase is Phase.CANCELLED
    assert heard(*lost, fill(QUANTITY)).phase is Phase.FILLED
    assert heard(*lost, error(2104)).phase is Phase.UNKNOWN


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (seen("Submitted", STRANGER), OtherAccount(account_id=STRANGER)),
        (completed("Cancelled", 0, STRANGER), OtherAccount(account_id=STRANGER)),
        (fill(4, account_id=STRANGER), OtherAccount(account_id=STRANGER)),
        (fill(4, side=Side.SELL), OtherTrade()),
    ],
)
def test_an_echo_that_is_not_what_was_sent_wants_a_human(
    event: OrderEvent, why: OrderContradiction
) -> None:
    state = heard(HANDED, event)
    assert state.phase is Phase.UNKNOWN
    assert state.conflict == why
    assert heard(HANDED, event, seen("Submitted"), status("Cancelled")).phase is Phase.UNKNOWN


@pytest.mark.parametrize(
    ("verdict", "filled", "phase"),
    [
        (Resolution.FILLED, QUANTITY, Phase.FILLED),
        (Resolution.INFERRED_FILLED, QUANTITY, Phase.FILLED),
        (Resolution.CANCELLED, 0, Phase.CANCELLED),
        (Resolution.CANCELLED, 4, Phase.CANCELLED),
        (Resolution.INFERRED_DEAD, 4, Phase.CANCELLED),
        (Resolution.REJECTED, 0, Phase.REJECTED),
        (Resolution.NOT_RECEIVED, 0, Phase.NOT_RECEIVED),
    ],
)
def test_a_verdict_ends_an_unknown_order(
    verdict: Resolution, filled: Decimal | int, phase: Phase
) -> None:
    state = heard(HANDED, own(OwnAction.LINK_LOST), settled(verdict, filled))
    assert state.phase is phase
    assert state.filled == filled
    assert state.notes[-1] == ResolvedAs(verdict=verdict, reason="looked it up")


@pytest.mark.parametrize(
    ("verdict", "filled"),
    [
        (Resolution.FILLED, QUANTITY - 1),
        (Resolution.FILLED, QUANTITY + 1),
        (Resolution.CANCELLED, QUANTITY),
        (Resolution.INFERRED_DEAD, QUANTITY),
        (Resolution.REJECTED, 1),
        (Resolution.NOT_RECEIVED, 1),
    ],
)
def test_a_verdict_whose_figure_does_not_fit_changes_nothing(
    verdict: Resolution, filled: Decimal | int
) -> None:
    before = heard(HANDED, own(OwnAction.LINK_LOST))
    assert heard(HANDED, own(OwnAction.LINK_LOST), settled(verdict, filled)) == before


def test_a_verdict_takes_no_fill_back_and_moves_no_order_that_has_ended() -> None:
    part = (HANDED, fill(4), own(OwnAction.LINK_LOST))
    assert heard(*part, settled(Resolution.REJECTED)).phase is Phase.UNKNOWN
    assert heard(*part, settled(Resolution.CANCELLED, 3)).phase is Phase.UNKNOWN
    summed = (HANDED, status("Submitted", 4), own(OwnAction.LINK_LOST))
    assert heard(*summed, settled(Resolution.CANCELLED, 3)).phase is Phase.UNKNOWN
    assert heard(*summed, settled(Resolution.CANCELLED, 3, by_human=True)).filled == Decimal(3)
    done = (HANDED, fill(QUANTITY))
    assert heard(*done, settled(Resolution.NOT_RECEIVED)) == heard(*done)


def test_only_a_human_closes_a_contradiction() -> None:
    strange = (HANDED, seen("Submitted", STRANGER))
    assert heard(*strange, settled(Resolution.CANCELLED)).phase is Phase.UNKNOWN
    closed = heard(*strange, settled(Resolution.CANCELLED, by_human=True))
    assert (closed.phase, closed.conflict) == (Phase.CANCELLED, None)


@pytest.mark.parametrize("verdict", [Resolution.REJECTED, Resolution.NOT_RECEIVED])
def test_a_late_fill_revives_what_was_called_dead(verdict: Resolution) -> None:
    dead = (HANDED, settled(verdict))
    assert heard(*dead, fill(4)).phase is Phase.UNKNOWN
    assert heard(*dead, status("Submitted", 4)).phase is Phase.WORKING
    assert heard(*dead, fill(QUANTITY)).phase is Phase.FILLED


def test_a_rejected_order_does_not_revive_on_a_word() -> None:
    assert heard(HANDED, settled(Resolution.REJECTED), seen("Submitted")).phase in TERMINAL


def test_a_commission_told_twice_is_one_commission() -> None:
    state = heard(HANDED, fill(QUANTITY), commission(), commission())
    assert state.commissions == (commission(),)


def test_an_execution_without_revisions_is_its_own() -> None:
    bare = evolve(fill(QUANTITY), execution_id="E1")
    assert heard(HANDED, bare, bare).executed == QUANTITY
    other = evolve(fill(1), execution_id="E2")
    assert heard(HANDED, other, evolve(fill(2), execution_id="E3")).executed == 3
