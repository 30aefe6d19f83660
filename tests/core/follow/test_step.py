"""Following as a pure function: what is asked of the world, in which order, and what stops it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from attrs import evolve, frozen

from rebalancer_core.follow.commands import (
    AskEvidence,
    Cancel,
    Command,
    Commit,
    Listen,
    ReadAccount,
    ReadMarket,
    Record,
    Reserve,
    Submit,
    Tell,
    WaitingForGate,
)
from rebalancer_core.follow.connection import Connection
from rebalancer_core.follow.events import (
    Committed,
    EvidenceHeard,
    EvidenceMissing,
    FollowEvent,
    Heard,
    Instant,
    JournalFailed,
    NotCommitted,
    NotReserved,
    NotSubmitted,
    Reserved,
    Submitted,
    Surroundings,
)
from rebalancer_core.follow.reasons import (
    GateClosedFor,
    Interrupted,
    NotAcknowledged,
    NotHandedOver,
    Stated,
)
from rebalancer_core.follow.state import FollowState, Stage, Terms
from rebalancer_core.follow.step import start, step
from rebalancer_core.orders.events import (
    BrokerFact,
    Commissioned,
    ErrorReported,
    Executed,
    LinkDown,
    LinkUp,
    OrderSeen,
    OwnActed,
    OwnAction,
    Resolution,
    Resolved,
)
from rebalancer_core.orders.order_state import Phase
from rebalancer_core.orders.record import OrderStatus
from rebalancer_core.orders.tickets import OrderTicket, approve
from rebalancer_core.reporting.outcomes import record_of
from rebalancer_core.safety.buy_fit import MarketNow
from rebalancer_core.values.account import AccountSnapshot, CashBalance, Position
from rebalancer_core.values.faults import LinkLost
from rebalancer_core.values.instruments import ConId, Symbol
from rebalancer_core.values.plan import Plan
from rebalancer_core.values.policy import (
    ExecutionPolicy,
    RebalancePolicy,
    SafetyPolicy,
    TradingHours,
)
from tests.support.plan_factory import ACCOUNT, AS_OF, Line, plan_of, tickets_of, yes_to

PLAN = plan_of(
    (Line("AAA", "20", "100", "1", "-10"), Line("BBB", "20", "100", "1", "-5")), cash="5000"
)
FIRST, SECOND = tickets_of(PLAN)
ALONE = plan_of((Line("AAA", "20", "100", "1", "-10"),), cash="5000")


@frozen
class Told:
    """A state, and what it asked for last; `at` gives it events at a time, and steps."""

    state: FollowState
    asked: tuple[Command, ...] = ()

    def at(self, seconds: float, *events: FollowEvent) -> Told:
        now = Instant(seconds=seconds, at=AS_OF + timedelta(seconds=seconds))
        return Told(*step(self.state, now, events))

    def heard(self, seconds: float, *facts: BrokerFact) -> Told:
        return self.at(seconds, Heard(facts=facts))

    @property
    def kinds(self) -> list[str]:
        return [type(command).__name__ for command in self.asked]


def test_an_order_leaves_behind_its_reservation_its_intent_and_its_hand_over() -> None:
    told = _started().heard(0)
    assert told.asked == (Reserve(order_ref=FIRST.order_ref, at_least=7),)
    told = told.at(0, Reserved(order_ref=FIRST.order_ref, order_id=9))
    assert told.asked == (
        Commit(ticket=FIRST, order_id=9, position_before=Decimal(20), replaces=None),
    )
    told = told.at(0, Committed(order_ref=FIRST.order_ref))
    assert [c.event for c in told.asked if isinstance(c, Record)] == [
        OwnActed(order_ref=FIRST.order_ref, act=OwnAction.HANDED)
    ]
    told = told.at(0)
    assert told.asked == (Submit(ticket=FIRST),)
    assert told.state.orders[FIRST.order_ref].phase is Phase.HANDED


def test_without_an_order_id_nothing_is_written_and_nothing_leaves() -> None:
    fault = LinkLost(detail="not connected")
    told = _started().heard(0).at(0, NotReserved(order_ref=FIRST.order_ref, fault=fault))
    assert told.state.halted == NotHandedOver(fault=fault)
    assert not told.state.orders
    assert _statuses(told) == [OrderStatus.SKIPPED, OrderStatus.SKIPPED]


def test_an_intent_that_is_not_on_the_disk_sends_nothing_ever_more() -> None:
    told = _reserved().at(0, NotCommitted(order_ref=FIRST.order_ref, why="disk full"))
    assert not told.state.orders
    assert told.state.journal_fault == "disk full"
    for seconds in range(5):
        assert "Submit" not in told.kinds
        assert "Reserve" not in told.kinds
        told = told.heard(seconds)
    assert _statuses(told) == [OrderStatus.SKIPPED, OrderStatus.SKIPPED]


def test_a_hand_over_that_is_not_on_the_disk_is_taken_back() -> None:
    told = _reserved().at(0, Committed(order_ref=FIRST.order_ref))
    told = told.at(0, JournalFailed(why="disk full"))
    (record,) = (command for command in told.asked if isinstance(command, Record))
    assert isinstance(record.event, Resolved)
    assert record.event.verdict is Resolution.NOT_RECEIVED
    assert told.state.sending is None
    assert told.state.halted == Stated(text="disk full")


def test_an_order_that_certainly_did_not_leave_is_resolved_and_stops_the_rest() -> None:
    told = _submitting().at(0, NotSubmitted(order_ref=FIRST.order_ref, why="not sent: gate closed"))
    assert told.state.orders[FIRST.order_ref].phase is Phase.NOT_RECEIVED
    assert told.state.halted == Stated(text="not sent: gate closed")
    assert _statuses(told.heard(0)) == [OrderStatus.SKIPPED, OrderStatus.SKIPPED]


def test_what_was_heard_is_written_down_before_anything_else_is_decided() -> None:
    told = _out().heard(0.2, _seen(FIRST))
    assert told.kinds == ["Record"]
    assert told.at(0.2).kinds == ["Reserve"]


def test_a_repeated_message_is_not_written_down_again() -> None:
    told = _out().heard(0.2, _seen(FIRST)).state
    again = Told(told).at(0.4, Heard(facts=(_seen(FIRST),)))
    assert "Record" not in again.kinds


def test_nothing_leaves_through_a_closed_gate_and_the_wait_is_told_once() -> None:
    closed = Surroundings(closed_gate="cut off from IBKR")
    told = _started().at(0, closed, Heard(facts=()))
    waiting = WaitingForGate(account_id=ACCOUNT, why="cut off from IBKR")
    assert told.asked == (Tell(news=waiting),)
    told = told.at(0, closed)
    assert told.kinds == ["Listen"]
    told = told.at(601, closed, Heard(facts=()))
    assert told.state.halted == GateClosedFor(why="cut off from IBKR", seconds=601)


def test_a_wish_to_stop_cancels_what_is_out_and_sends_nothing_more() -> None:
    stop = Surroundings(stop_requested=True)
    told = _out().heard(0.2).at(0.4, stop, Heard(facts=()))
    assert [c for c in told.asked if isinstance(c, Cancel)] == [Cancel(order_ref=FIRST.order_ref)]
    told = told.at(0.4, stop)
    assert told.state.halted == Interrupted()
    assert not told.state.waiting


def test_after_the_link_is_back_the_broker_is_asked_what_happened() -> None:
    told = _out().heard(0.2, LinkDown(detail="1100", closed=False))
    assert told.state.orders[FIRST.order_ref].phase is Phase.UNKNOWN
    told = told.at(0.2).heard(0.4, LinkUp(code=1102))
    assert told.asked == (Listen(seconds=0),)
    assert told.heard(0.4).asked == (AskEvidence(),)


@pytest.mark.parametrize(
    "answer", [EvidenceHeard(facts=()), EvidenceMissing(fault=LinkLost(detail="no answer"))]
)
def test_silence_is_asked_about_then_cancelled_and_halts_the_run(
    answer: EvidenceHeard | EvidenceMissing,
) -> None:
    told = _until(_out(), AskEvidence, from_seconds=15.2)
    assert told.state.followed[FIRST.order_ref].is_silent
    told = _until(told.at(15.4, answer), Cancel, from_seconds=15.4)
    assert told.state.connection.halted == NotAcknowledged(
        account_id=ACCOUNT, symbol=FIRST.symbol, within_seconds=SafetyPolicy().ack_timeout_sec
    )
    assert told.state.orders[FIRST.order_ref].phase is Phase.UNKNOWN


def test_an_execution_alone_ends_an_order_and_the_next_stage_comes() -> None:
    told = _out(ALONE).heard(0.2, _filled(FIRST)).at(0.2).heard(0.2)
    assert told.state.orders[FIRST.order_ref].phase is Phase.FILLED
    assert told.state.stage is Stage.LAST_EVIDENCE
    told = told.heard(0.2)
    assert told.state.stage is Stage.COMMISSIONS
    assert _statuses(told) == [OrderStatus.FILLED]


def test_a_commission_that_does_not_come_is_looked_for_in_the_lists_once() -> None:
    told = _out(ALONE).heard(0.2, _filled(FIRST)).at(0.2).heard(0.2).heard(0.2)
    told = told.heard(6).heard(6)
    assert told.kinds == ["AskEvidence"]
    told = told.at(6, EvidenceHeard(facts=(_filled(FIRST),)))
    assert told.state.stage is Stage.DONE


def test_with_every_execution_and_commission_the_lists_are_not_asked_for() -> None:
    told = _out(ALONE).heard(0.2, _filled(FIRST), _charged(FIRST)).at(0.2).heard(0.2).heard(0.2)
    assert told.state.stage is Stage.DONE


@pytest.mark.parametrize(
    "unclear",
    [
        lambda: (ErrorReported(order_ref=FIRST.order_ref, code=10349, text="TIF set to DAY"),),
        lambda: (evolve(_filled(FIRST), execution_id="0001.01.02", price=Decimal(99)),),
    ],
)
def test_the_lists_are_asked_for_where_anything_else_was_said_of_an_order(
    unclear: Callable[[], tuple[BrokerFact, ...]],
) -> None:
    facts = (_filled(FIRST), _charged(FIRST), *unclear())
    told = _out(ALONE).heard(0.2, *facts).at(0.2).heard(0.2).heard(0.2).heard(0.2)
    assert "AskEvidence" in told.kinds


def test_a_rejection_is_no_reason_to_wait_and_the_next_order_leaves_alone() -> None:
    refused = ErrorReported(order_ref=FIRST.order_ref, code=201, text="refused")
    told = _out().heard(0.2, refused).at(0.2)
    assert told.asked == (Reserve(order_ref=SECOND.order_ref, at_least=7),)


def test_buys_wait_until_the_account_shows_the_sells() -> None:
    lines = (Line("AAA", "20", "100", "1", "-10"), Line("CCC", "0", "100", "1", "5"))
    told = _out(plan_of(lines, cash="5000")).heard(0.2, _filled(FIRST)).at(0.2)
    assert told.asked == (ReadAccount(),)
    assert told.state.stage is Stage.FITTING


def test_buys_alone_go_at_the_market_of_the_yes_while_it_is_fresh() -> None:
    buys = plan_of((Line("CCC", "0", "100", "1", "5"),), cash="5000")
    assert _started(buys).heard(0).state.stage is Stage.BUYING
    later = _started(buys).heard(11)
    assert later.asked == (ReadMarket(symbols=(Symbol("CCC"),)),)


def test_the_same_events_lead_to_the_same_state() -> None:
    told = _out()
    facts = (_seen(FIRST), _filled(FIRST))
    assert told.heard(0.2, *facts) == told.heard(0.2, *facts)


def _until(told: Told, kind: type[Command], *, from_seconds: float) -> Told:
    """Steps, a wait each, to the first that asks for such a thing."""
    seconds = from_seconds
    while not any(isinstance(command, kind) for command in told.asked):
        waits = any(isinstance(command, Listen) for command in told.asked)
        told = told.heard(seconds) if waits else told.at(seconds)
        seconds += 0.2
        assert seconds < from_seconds + 60, "it is never asked for"
    return told


def _started(plan: Plan = PLAN) -> Told:
    terms = Terms(
        approved=approve(plan, yes_to(plan), AS_OF),
        tickets=tickets_of(plan),
        first_order_id=7,
        safety=SafetyPolicy(),
        execution=ExecutionPolicy(),
        rebalance=RebalancePolicy(),
        seen=AccountSnapshot(
            account_id=ACCOUNT,
            as_of=AS_OF,
            base_currency="USD",
            cash=(CashBalance(currency="USD", amount=plan.cash),),
            positions=tuple(
                Position(
                    con_id=row.con_id or ConId(0),
                    symbol=row.symbol,
                    security_type="STK",
                    currency="USD",
                    quantity=row.held,
                )
                for row in plan.rows
                if row.held
            ),
        ),
        market=MarketNow(
            now=AS_OF, hours=TradingHours.RTH, listings=(), quotes=(), observations=()
        ),
    )
    told = Told(start(terms, Connection())).at(0)
    assert told.asked == (Listen(seconds=0),)
    return told


def _reserved(plan: Plan = PLAN) -> Told:
    return _started(plan).heard(0).at(0, Reserved(order_ref=FIRST.order_ref, order_id=9))


def _submitting(plan: Plan = PLAN) -> Told:
    return _reserved(plan).at(0, Committed(order_ref=FIRST.order_ref)).at(0)


def _out(plan: Plan = PLAN) -> Told:
    """The first order is out, and it is listened for what becomes of it."""
    told = _submitting(plan).at(0, Submitted(order_ref=FIRST.order_ref))
    assert told.kinds == ["Listen"]
    return told


def _statuses(told: Told) -> list[OrderStatus]:
    return [outcome.status for outcome in record_of(told.state).outcomes]


def _seen(ticket: OrderTicket) -> OrderSeen:
    return OrderSeen(
        order_ref=ticket.order_ref,
        account_id=ticket.account_id,
        perm_id=99,
        status="Submitted",
        quantity=ticket.quantity,
    )


def _charged(ticket: OrderTicket) -> Commissioned:
    return Commissioned(
        order_ref=ticket.order_ref,
        execution_id=_filled(ticket).execution_id,
        commission=Decimal(1),
        currency="USD",
    )


def _filled(ticket: OrderTicket) -> Executed:
    return Executed(
        order_ref=ticket.order_ref,
        account_id=ticket.account_id,
        execution_id="0001.01.01",
        con_id=ticket.con_id,
        side=ticket.side,
        shares=ticket.quantity,
        price=ticket.price,
    )
