"""After the last word: executions and their commissions count, status words and silence do not."""

from __future__ import annotations

from decimal import Decimal

from attrs import evolve

from rebalancer_core.orders.events import (
    BrokerFact,
    Executed,
    LinkDown,
    LinkUp,
    OrderRef,
    Resolution,
)
from rebalancer_core.orders.order_state import Phase, SharesTakenBack, UnheardCorrected
from rebalancer_core.orders.record import OrderStatus, outcome
from rebalancer_core.reconcile.journal_model import JournaledEvent, JournaledOrder
from rebalancer_core.reconcile.late_corrections import (
    Figures,
    OutcomeChanged,
    late_news,
    outcome_change,
)
from rebalancer_core.values.money import ZERO
from tests.core.orders.made_up import (
    AT,
    QUANTITY,
    REF,
    commission,
    completed,
    fill,
    seen,
    settled,
    status,
)
from tests.core.reconcile.test_findings import journaled

FILLED = journaled(fill(QUANTITY), commission(), status("Filled", QUANTITY))
BUST = fill(0, revision=2)
CHEAPER = evolve(fill(QUANTITY, revision=2), price=Decimal("499.50"))


def _figures(
    status: OrderStatus, filled: Decimal | int, price: str = "", commission: str = ""
) -> Figures:
    return Figures(
        status=status,
        filled=Decimal(filled),
        average_price=Decimal(price) if price else None,
        commission_usd=Decimal(commission) if commission else None,
    )


def amended(order: JournaledOrder, *facts: BrokerFact) -> JournaledOrder:
    """The order once the late news among these facts are journaled."""
    news = tuple(JournaledEvent(at=AT, event=event) for event in late_news(order, facts))
    return evolve(order, events=(*order.events, *news))


def test_a_bust_reopens_a_filled_order_and_leaves_it_to_a_person() -> None:
    busted = amended(FILLED, fill(QUANTITY), BUST)
    assert (busted.state.phase, busted.state.filled) == (Phase.UNKNOWN, ZERO)
    assert busted.state.conflict == SharesTakenBack()
    told = outcome(busted.state)
    assert (told.status, told.average_price, told.commission_pending) == (
        OrderStatus.UNKNOWN,
        None,
        False,
    )
    assert outcome_change(FILLED.state, busted.state) == OutcomeChanged(
        was=_figures(OrderStatus.FILLED, QUANTITY, "500.01", "1"),
        is_now=_figures(OrderStatus.UNKNOWN, ZERO),
        conflict=busted.state.conflict,
    )


def test_a_bust_of_one_part_leaves_the_other_parts() -> None:
    order = journaled(fill(4, 1), fill(6, 2), commission(1), commission(2))
    part = amended(order, fill(0, 1, revision=2))
    assert (part.state.phase, part.state.filled) == (Phase.UNKNOWN, Decimal(6))
    told = outcome(part.state)
    assert (told.average_price, told.commission_usd) == (Decimal("500.01"), Decimal("1.00"))


def test_a_bust_counts_also_where_the_execution_before_it_was_never_told() -> None:
    by_status_alone = journaled(status("Filled", QUANTITY))
    busted = amended(by_status_alone, BUST)
    assert (busted.state.phase, busted.state.filled) == (Phase.UNKNOWN, ZERO)


def test_a_correction_of_an_execution_never_told_leaves_the_figure_to_a_person() -> None:
    filled = journaled(status("Filled", QUANTITY))
    corrected = amended(filled, fill(1, revision=3))
    assert corrected.state.phase is Phase.UNKNOWN
    assert corrected.state.conflict == UnheardCorrected()
    late = journaled(fill(1, revision=3), status("Filled", QUANTITY))
    assert late.state.conflict == corrected.state.conflict


def test_a_correction_of_an_execution_never_told_is_fine_where_the_shares_add_up() -> None:
    filled = journaled(status("Filled", QUANTITY))
    corrected = amended(filled, CHEAPER)
    assert (corrected.state.phase, corrected.state.conflict) == (Phase.FILLED, None)
    assert journaled(fill(4, revision=2), status("Submitted", 4)).state.conflict is None


def test_what_a_person_said_of_a_correction_never_told_stays_said() -> None:
    closed = journaled(
        status("Filled", QUANTITY),
        fill(1, revision=2),
        settled(Resolution.FILLED, QUANTITY, by_human=True),
    )
    assert (closed.state.phase, closed.state.filled) == (Phase.FILLED, QUANTITY)
    assert closed.state.conflict is None
    assert late_news(closed, (fill(1, revision=2),)) == ()


def test_shares_given_back_do_not_close_what_a_person_has_to_look_at() -> None:
    given_back = amended(FILLED, BUST, fill(QUANTITY, revision=3))
    assert (given_back.state.phase, given_back.state.filled) == (Phase.UNKNOWN, QUANTITY)


def test_a_corrected_price_leaves_the_order_filled() -> None:
    cheaper = amended(FILLED, CHEAPER)
    assert cheaper.is_finished
    assert outcome(cheaper.state).average_price == Decimal("499.50")
    assert outcome_change(FILLED.state, cheaper.state) == OutcomeChanged(
        was=_figures(OrderStatus.FILLED, QUANTITY, "500.01", "1"),
        is_now=_figures(OrderStatus.FILLED, QUANTITY, "499.5"),
        conflict=None,
    )


def test_a_late_fill_grows_a_cancelled_order() -> None:
    order = journaled(fill(4), status("Cancelled", 4))
    later = amended(order, fill(4), fill(2, 2))
    assert (later.state.phase, later.state.filled) == (Phase.CANCELLED, Decimal(6))
    assert outcome_change(order.state, later.state) == OutcomeChanged(
        was=_figures(OrderStatus.PARTIALLY_FILLED, 4, "500.01"),
        is_now=_figures(OrderStatus.PARTIALLY_FILLED, 6, "500.01"),
        conflict=None,
    )


def test_a_late_fill_of_an_order_that_never_lived_opens_it_again() -> None:
    order = journaled(settled(Resolution.NOT_RECEIVED))
    assert not amended(order, fill(4)).is_finished
    assert amended(order, fill(QUANTITY)).state.phase is Phase.FILLED


def test_a_commission_that_came_late_is_told() -> None:
    order = journaled(fill(QUANTITY))
    later = amended(order, fill(QUANTITY), commission())
    assert outcome_change(order.state, later.state) == OutcomeChanged(
        was=_figures(OrderStatus.FILLED, QUANTITY, "500.01"),
        is_now=_figures(OrderStatus.FILLED, QUANTITY, "500.01", "1"),
        conflict=None,
    )


def test_what_is_known_is_no_news() -> None:
    parts = journaled(fill(4, 1), fill(6, 2), commission(1), commission(2))
    known: tuple[BrokerFact, ...] = (fill(4, 1), commission(1), fill(6, 2), commission(2))
    assert late_news(parts, known) == ()
    busted = amended(FILLED, BUST)
    assert late_news(busted, (fill(QUANTITY), commission(), BUST)) == ()


def test_executions_that_are_not_told_prove_nothing() -> None:
    for facts in ((), (LinkDown(detail="1100", closed=False), LinkUp(code=1102))):
        assert late_news(FILLED, facts) == ()
    assert outcome_change(FILLED.state, FILLED.state) is None


def test_status_words_are_not_asked_again() -> None:
    """They may be older than what a human has resolved."""
    words = (completed("Cancelled"), status("Filled", QUANTITY), seen("Submitted"))
    resolved = journaled(settled(Resolution.CANCELLED, by_human=True))
    assert late_news(resolved, words) == ()
    assert late_news(FILLED, words) == ()


def test_what_a_person_said_of_a_bust_stays_said() -> None:
    closed = journaled(
        status("Filled", QUANTITY),
        fill(QUANTITY),
        BUST,
        settled(Resolution.CANCELLED, by_human=True),
    )
    assert (closed.state.phase, closed.state.filled) == (Phase.CANCELLED, ZERO)
    assert late_news(closed, (fill(QUANTITY), BUST, completed("Filled", QUANTITY))) == ()


def test_a_person_may_have_seen_more_than_the_executions_left_of_a_bust_say() -> None:
    seen_in_the_account = settled(Resolution.FILLED, QUANTITY, by_human=True)
    closed = journaled(fill(QUANTITY), BUST, seen_in_the_account)
    assert (closed.state.phase, closed.state.filled) == (Phase.FILLED, QUANTITY)


def test_executions_of_other_orders_are_no_news() -> None:
    other: Executed = evolve(BUST, order_ref=OrderRef("rb1-9f2c31aa-01002-1"))
    assert late_news(FILLED, (other,)) == ()
    assert FILLED.order_ref == REF
