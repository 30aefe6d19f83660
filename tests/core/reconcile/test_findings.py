"""Evidence to verdict: one case for each row of the table, and what contradicts itself."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from attrs import evolve

from rebalancer_core.orders.events import (
    BrokerFact,
    LinkDown,
    LinkUp,
    OrderEvent,
    OrderRef,
    OwnAction,
    Resolution,
    Resolved,
)
from rebalancer_core.orders.order_state import (
    AfterAll,
    EndOverruled,
    OtherAccount,
    OtherTrade,
    Overfilled,
    Phase,
)
from rebalancer_core.reconcile.findings import (
    Conflict,
    Contradicted,
    Evidence,
    Finding,
    LooksDisagreed,
    NoLongerListed,
    OtherClient,
    PositionDiffers,
    PositionUnexplained,
    Silent,
    StillWorking,
    Undecided,
    agreed,
    finding,
)
from rebalancer_core.reconcile.journal_model import Intent, JournaledEvent, JournaledOrder
from rebalancer_core.values.instruments import ConId
from rebalancer_core.values.plan import Side
from tests.core.orders.made_up import (
    AT,
    CON_ID,
    HANDED,
    QUANTITY,
    REF,
    STRANGER,
    TICKET,
    completed,
    error,
    fill,
    own,
    seen,
    settled,
    status,
)

TODAY = date(2026, 1, 2)
BEFORE = 5
CLIENT, OTHER_CLIENT = 42, 77
BUY = Intent(
    run_id="9f2c31aa",
    ticket=TICKET,
    order_id=40,
    client_id=CLIENT,
    position_before=Decimal(BEFORE),
    intended_at=AT,
)
SELL = evolve(BUY, ticket=evolve(TICKET, side=Side.SELL), position_before=Decimal(30))


def journaled(*events: OrderEvent, intent: Intent = BUY) -> JournaledOrder:
    heard = tuple(JournaledEvent(at=AT, event=event) for event in (HANDED, *events))
    return JournaledOrder(intent=intent, events=heard)


def found(
    *facts: BrokerFact,
    moved: int = 0,
    client_id: int = CLIENT,
    days_later: int = 0,
    order: JournaledOrder | None = None,
) -> Finding:
    """What is found of an order that was handed over, and of which nothing more was heard."""
    known = order or journaled()
    held = known.intent.position_before
    held += moved if known.intent.ticket.side is Side.BUY else -moved
    evidence = Evidence(
        at=AT + timedelta(minutes=3),
        trading_day=TODAY + timedelta(days=days_later),
        facts=facts,
        positions=((1, Decimal(77)), (CON_ID, held)),
        client_id=client_id,
    )
    return finding(known, evidence, placed_on=TODAY)


def verdict_of(answer: Finding) -> tuple[Resolution, int]:
    if not isinstance(answer, Resolved):
        pytest.fail(f"no verdict, but {answer}")
    assert answer.order_ref == REF
    assert answer.reason
    assert not answer.by_human
    return answer.verdict, int(answer.filled)


def test_executions_of_the_whole_order_are_a_fill() -> None:
    facts = (fill(4, 1), fill(6, 2))
    assert verdict_of(found(*facts, moved=10)) == (Resolution.FILLED, 10)
    assert verdict_of(found(*facts, completed("Filled", 10), moved=10)) == (Resolution.FILLED, 10)
    assert verdict_of(found(*facts, seen("Submitted"), moved=10)) == (Resolution.FILLED, 10)


def test_a_part_of_an_order_that_is_still_open_is_working() -> None:
    assert found(fill(4), seen("Submitted"), moved=4) == StillWorking(order_ref=REF)
    assert found(fill(4), status("PreSubmitted", 4), moved=4) == StillWorking(order_ref=REF)


def test_a_part_of_an_order_that_is_no_longer_open_is_all_it_came_to() -> None:
    assert verdict_of(found(fill(4), completed("Cancelled", 4), moved=4)) == (
        Resolution.CANCELLED,
        4,
    )
    assert verdict_of(found(fill(4), moved=4)) == (Resolution.CANCELLED, 4)


def test_an_open_order_without_executions_is_working() -> None:
    assert found(seen("Submitted")) == StillWorking(order_ref=REF)
    assert found(seen("PendingSubmit")) == StillWorking(order_ref=REF)
    assert found(seen("PendingCancel")) == StillWorking(order_ref=REF)


@pytest.mark.parametrize("word", ["Cancelled", "ApiCancelled", "Inactive"])
def test_an_order_completed_without_an_execution_was_rejected(word: str) -> None:
    assert verdict_of(found(completed(word))) == (Resolution.REJECTED, 0)


def test_an_order_that_ended_after_our_own_cancel_was_cancelled_and_not_rejected() -> None:
    requested = journaled(status("Submitted"), own(OwnAction.CANCEL_REQUESTED))
    for word in ("Cancelled", "ApiCancelled"):
        assert verdict_of(found(completed(word), order=requested)) == (Resolution.CANCELLED, 0)
    assert verdict_of(found(completed("Inactive"), order=requested)) == (Resolution.REJECTED, 0)
    refused = journaled(own(OwnAction.CANCEL_REQUESTED))
    facts = (error(201), completed("Cancelled"))
    assert verdict_of(found(*facts, order=refused)) == (Resolution.REJECTED, 0)


def test_an_order_without_a_trace_may_wait_in_a_dialog_on_any_day() -> None:
    for days in (0, 1, 3, 30):
        assert found(days_later=days) == Silent(order_ref=REF)
        assert found(days_later=days, client_id=OTHER_CLIENT) == Silent(order_ref=REF)


def test_an_order_that_was_never_handed_over_was_not_received() -> None:
    order = JournaledOrder(intent=BUY)
    for days in (0, 1):
        assert verdict_of(found(order=order, days_later=days)) == (Resolution.NOT_RECEIVED, 0)
    assert isinstance(found(order=order, moved=3), Conflict)


def test_no_other_client_id_says_that_an_order_was_not_received() -> None:
    for days in (0, 1):
        answer = found(order=JournaledOrder(intent=BUY), client_id=OTHER_CLIENT, days_later=days)
        assert isinstance(answer, Undecided)
        assert answer.why == OtherClient(placed_by=BUY.client_id, asked_by=OTHER_CLIENT)


def test_an_order_that_the_broker_once_had_is_not_silent() -> None:
    order = journaled(seen("Submitted"), own(OwnAction.LINK_LOST))
    assert isinstance(found(order=order), Undecided)


def test_an_order_without_a_trace_that_the_broker_had_cancelled_is_cancelled() -> None:
    order = journaled(status("Cancelled"))
    assert verdict_of(found(order=order)) == (Resolution.CANCELLED, 0)


def test_the_next_day_the_position_tells_that_an_order_was_filled() -> None:
    assert verdict_of(found(moved=10, days_later=1)) == (Resolution.INFERRED_FILLED, 10)


def test_the_next_day_a_position_that_has_not_moved_tells_that_an_order_is_dead() -> None:
    order = journaled(status("Submitted"))
    assert verdict_of(found(days_later=1, order=order)) == (Resolution.INFERRED_DEAD, 0)
    assert verdict_of(found(days_later=3, order=order)) == (Resolution.INFERRED_DEAD, 0)


def test_the_next_day_the_part_that_was_heard_of_is_all_it_came_to() -> None:
    order = journaled(fill(4))
    assert verdict_of(found(moved=4, days_later=1, order=order)) == (Resolution.INFERRED_DEAD, 4)
    assert verdict_of(found(moved=10, days_later=1, order=order)) == (
        Resolution.INFERRED_FILLED,
        10,
    )


def test_the_next_day_any_other_position_wants_a_human() -> None:
    for moved in (3, -10, 11):
        assert found(moved=moved, days_later=1) == Conflict(
            order_ref=REF, why=PositionUnexplained(moved=Decimal(moved), quantity=QUANTITY)
        )
    assert isinstance(found(moved=0, days_later=1, order=journaled(fill(4))), Conflict)


def test_the_next_day_an_order_that_the_broker_names_is_judged_by_its_words() -> None:
    answer = found(completed("Cancelled"), days_later=1)
    assert verdict_of(answer) == (Resolution.REJECTED, 0)
    assert isinstance(found(completed("Cancelled"), moved=10, days_later=1), Conflict)
    assert found(seen("Submitted"), days_later=1) == StillWorking(order_ref=REF)


def test_on_the_same_day_a_position_alone_proves_no_fill() -> None:
    answer = found(moved=10)
    assert isinstance(answer, Conflict)
    assert answer.why == PositionDiffers(filled=Decimal(0), moved=Decimal(10))


@pytest.mark.parametrize("moved", [0, 3, 5, 10, -4])
def test_a_position_that_does_not_bear_the_executions_out_wants_a_human(moved: int) -> None:
    assert isinstance(found(fill(4), moved=moved), Conflict)


def test_a_sale_moves_the_position_down() -> None:
    order = journaled(intent=SELL)
    sold = fill(10, side=Side.SELL)
    assert verdict_of(found(sold, moved=10, order=order)) == (Resolution.FILLED, 10)
    assert isinstance(found(sold, moved=-10, order=order), Conflict)


def test_a_contract_that_is_held_no_longer_is_a_position_of_none() -> None:
    order = journaled(intent=evolve(SELL, position_before=QUANTITY))
    evidence = Evidence(
        at=AT,
        trading_day=TODAY,
        facts=(fill(10, side=Side.SELL),),
        positions=(),
        client_id=CLIENT,
    )
    assert verdict_of(finding(order, evidence, placed_on=TODAY)) == (Resolution.FILLED, 10)


def test_what_the_journal_had_heard_counts_beside_the_evidence() -> None:
    order = journaled(seen("Submitted"), fill(4, 1), own(OwnAction.LINK_LOST))
    assert verdict_of(found(fill(6, 2), moved=10, order=order)) == (Resolution.FILLED, 10)
    assert verdict_of(found(fill(4, 1), moved=4, order=order)) == (Resolution.CANCELLED, 4)


def test_evidence_that_contradicts_the_ticket_wants_a_human() -> None:
    """Also where the position bears it out."""
    for facts, moved, why in (
        ((seen("Submitted", STRANGER),), 0, OtherAccount(account_id=STRANGER)),
        ((fill(10, 1), fill(1, 2)), 11, Overfilled()),
        ((fill(4, side=Side.SELL),), 4, OtherTrade()),
    ):
        answer = found(*facts, moved=moved)
        assert answer == Conflict(order_ref=REF, why=Contradicted(why=why))


def test_evidence_of_other_orders_is_not_this_ones() -> None:
    other = OrderRef("rb1-9f2c31aa-01002-1")
    facts = (
        evolve(fill(10), order_ref=other),
        evolve(seen("Submitted"), order_ref=other),
        evolve(completed("Cancelled"), order_ref=other),
        LinkDown(detail="1100", closed=False),
        LinkUp(code=1102),
    )
    assert found(*facts) == Silent(order_ref=REF)
    assert found(*facts, days_later=1) == Silent(order_ref=REF)


def test_a_refusal_and_no_trace_is_no_proof() -> None:
    order = journaled(seen("Submitted"), error(201))
    assert found(order=order) == Undecided(order_ref=REF, why=NoLongerListed())


def test_one_look_is_no_proof() -> None:
    filled, dead = settled(Resolution.FILLED, 10), settled(Resolution.REJECTED)
    working = StillWorking(order_ref=REF)
    conflict = Conflict(order_ref=REF, why=Contradicted(why=Overfilled()))
    assert agreed(filled, filled) == filled
    assert agreed(working, working) == working
    for first, second in ((dead, filled), (working, dead), (conflict, filled)):
        assert agreed(first, second) == Undecided(order_ref=REF, why=LooksDisagreed())
    assert agreed(filled, conflict) == conflict


def test_verdicts_end_the_order_that_they_are_about() -> None:
    for facts, moved in (((fill(10),), 10), ((fill(4),), 4), ((completed("Inactive"),), 0)):
        order = journaled()
        answer = found(*facts, moved=moved)
        assert isinstance(answer, Resolved)
        told = (*facts, answer)
        after_it = evolve(
            order,
            events=(*order.events, *(JournaledEvent(at=AT, event=event) for event in told)),
        )
        assert after_it.is_finished
        assert after_it.state.filled == moved
    assert [each.state.unfilled for each in (journaled(), journaled(fill(4)))] == [10, 6]


def test_shares_of_another_contract_prove_nothing() -> None:
    elsewhere = evolve(journaled(), intent=evolve(BUY, ticket=evolve(TICKET, con_id=ConId(2))))
    assert isinstance(found(order=elsewhere, moved=10), Conflict)


@pytest.mark.parametrize(
    "sign", [seen("Submitted"), seen("PendingSubmit"), status("Submitted"), status("PreSubmitted")]
)
@pytest.mark.parametrize("verdict", [Resolution.NOT_RECEIVED, Resolution.DECLINED])
def test_a_sign_of_life_reopens_an_order_that_was_called_not_received(
    sign: OrderEvent, verdict: Resolution
) -> None:
    declared = settled(verdict, by_human=True)
    assert journaled(declared).is_finished
    order = journaled(declared, sign)
    assert not order.is_finished
    assert EndOverruled(by=AfterAll.RECEIVED, was=Phase.NOT_RECEIVED) in order.state.notes


def test_an_order_that_the_broker_ended_without_shares_has_no_effect() -> None:
    declared = settled(Resolution.DECLINED, by_human=True)
    assert not journaled(declared, completed("Cancelled")).state.has_effect
    assert not journaled(declared, status("Cancelled")).state.has_effect
    assert journaled(declared, status("Submitted")).state.has_effect
    assert journaled(declared, fill(4)).state.has_effect


def test_a_fill_of_an_order_that_was_called_declined_counts() -> None:
    declared = settled(Resolution.DECLINED, by_human=True)
    assert journaled(declared, fill(4)).state.phase is Phase.UNKNOWN
    assert journaled(declared, fill(10)).state.phase is Phase.FILLED
