"""Orders are followed to a proven end, within the user's times, and doubt stops what is unsent."""

import asyncio
from datetime import UTC, datetime

from attrs import field, frozen

from rebalancer_adapters.memory.memory_journal import MemoryJournal
from rebalancer_cli.trading.pursuit import Pursuit
from rebalancer_cli.trading.sending import Rules
from rebalancer_cli.trading.tracker import Tracker
from rebalancer_core.execution.facts import BrokerFact, LinkDown, LinkUp
from rebalancer_core.execution.record import OrderOutcome, OrderStatus
from rebalancer_core.execution.tickets import Consent, approve
from rebalancer_core.values.policy import ExecutionPolicy, SafetyPolicy
from tests.cli.scripted_desk import Act, ScriptedDesk
from tests.plan_factory import AS_OF, Line, plan_of, tickets_of

LOST = LinkDown(detail="the socket closed")
BROKER_LOST = LinkDown(detail="1100", closed=False)
BACK = LinkUp(code=1102)


@frozen(kw_only=True)
class Chase:
    """How one pursuit went: what became of each symbol, and the desk that saw it."""

    desk: ScriptedDesk
    pursuit: Pursuit
    outcomes: dict[str, OrderOutcome] = field(factory=dict)

    @property
    def states(self) -> dict[str, OrderStatus]:
        return {symbol: outcome.status for symbol, outcome in self.outcomes.items()}


def test_orders_that_are_filled_are_done_at_once() -> None:
    chase = pursue({})
    assert set(chase.states.values()) == {OrderStatus.FILLED}
    assert chase.desk.seconds < 1


def test_an_order_past_its_deadline_is_cancelled_and_the_others_are_filled() -> None:
    chase = pursue({"AAA": Act.REST})
    assert chase.states["AAA"] is OrderStatus.CANCELLED
    assert chase.states["BBB"] is OrderStatus.FILLED
    assert 600 < chase.desk.seconds < 605


def test_a_cancel_that_nobody_confirms_leaves_the_outcome_unknown() -> None:
    chase = pursue({"AAA": Act.REST_DEAF}, stop_after=30)
    assert chase.states["AAA"] is OrderStatus.UNKNOWN
    assert len(chase.desk.cancelled) == 1
    assert chase.desk.seconds < 60


def test_silence_is_asked_about_and_then_stops_what_is_unsent() -> None:
    chase = pursue({"AAA": Act.SILENT}, execution=ExecutionPolicy(batch_orders=False))
    assert chase.states["AAA"] is OrderStatus.UNKNOWN
    assert chase.desk.evidence_asked == 2
    assert {chase.states[symbol] for symbol in ("BBB", "CCC")} == {OrderStatus.SKIPPED}
    assert "the outcome of AAA is unknown" in chase.outcomes["BBB"].notes[0]
    assert [ticket.symbol for ticket in chase.desk.submitted] == ["AAA"]


def test_silence_about_an_order_that_the_brokers_lists_know_is_no_doubt() -> None:
    chase = pursue({"AAA": Act.SILENT_FILL}, execution=ExecutionPolicy(batch_orders=False))
    assert set(chase.states.values()) == {OrderStatus.FILLED}
    assert 15 < chase.desk.seconds < 20


def test_a_rejected_order_does_not_stop_the_others() -> None:
    chase = pursue({"AAA": Act.REJECT})
    assert chase.states["AAA"] is OrderStatus.REJECTED
    assert {chase.states[symbol] for symbol in ("BBB", "CCC")} == {OrderStatus.FILLED}


def test_no_more_than_five_orders_are_out_unanswered() -> None:
    chase = pursue({})
    assert len(chase.desk.submitted) == len(SEVEN)
    assert chase.desk.most_unanswered == 5


def test_without_batches_one_order_is_out_at_a_time() -> None:
    chase = pursue({}, execution=ExecutionPolicy(batch_orders=False))
    assert chase.desk.most_unanswered == 1
    assert set(chase.states.values()) == {OrderStatus.FILLED}


def test_a_lost_connection_leaves_its_orders_unknown_and_sends_nothing_more() -> None:
    chase = pursue(dict.fromkeys(FIRST_FIVE, Act.REST), {3: LOST})
    assert {chase.states[symbol] for symbol in FIRST_FIVE} == {OrderStatus.UNKNOWN}
    assert chase.desk.seconds < 5


def test_orders_that_a_lost_connection_left_unsent_are_skipped() -> None:
    execution = ExecutionPolicy(batch_orders=False)
    chase = pursue({"AAA": Act.REST}, {3: LOST}, execution=execution)
    assert chase.states["AAA"] is OrderStatus.UNKNOWN
    assert chase.states["BBB"] is OrderStatus.SKIPPED
    assert "the connection was lost: the socket closed" in chase.outcomes["BBB"].notes[0]


def test_a_gateway_that_finds_back_to_the_broker_is_asked_what_happened() -> None:
    chase = pursue({"AAA": Act.SILENT_FILL}, {1: BROKER_LOST, 5: BACK})
    assert set(chase.states.values()) == {OrderStatus.FILLED}
    assert chase.desk.seconds < 10


def test_an_order_that_was_never_sent_is_not_unknown() -> None:
    chase = pursue({"AAA": Act.UNSENT})
    assert chase.states["AAA"] not in {OrderStatus.UNKNOWN, OrderStatus.SUBMITTED}
    assert "not connected" in chase.outcomes["BBB"].notes[0]
    assert chase.desk.submitted == []


def test_a_wish_to_stop_cancels_what_works_and_skips_what_is_unsent() -> None:
    execution = ExecutionPolicy(batch_orders=False)
    chase = pursue({"AAA": Act.REST}, stop_after=30, execution=execution)
    assert chase.states["AAA"] is OrderStatus.CANCELLED
    assert chase.states["BBB"] is OrderStatus.SKIPPED
    assert chase.outcomes["BBB"].notes == ("interrupted",)


def test_an_order_is_journaled_before_it_leaves() -> None:
    chase = pursue({}, execution=ExecutionPolicy(batch_orders=False))
    journal = chase.pursuit.tracker.journal
    assert isinstance(journal, MemoryJournal)
    assert [intent.ticket for intent in journal.intents] == chase.desk.submitted


SEVEN = ("AAA", "BBB", "CCC", "DDD", "EEE", "FFF", "GGG")
FIRST_FIVE = SEVEN[:5]


def pursue(
    script: dict[str, Act],
    interjected: dict[float, BrokerFact] | None = None,
    *,
    execution: ExecutionPolicy | None = None,
    stop_after: float | None = None,
) -> Chase:
    """Seven buys followed to their end, on the clock of the desk."""
    plan = plan_of(tuple(Line(symbol, "0", "100", "1", "10") for symbol in SEVEN), cash="50000")
    desk = ScriptedDesk(script, interjected)
    tickets = tickets_of(plan)
    pursuit = Pursuit(
        approved=approve(plan, Consent.YES, AS_OF),
        desk=desk,
        tracker=Tracker(
            journal=MemoryJournal(), now=lambda: datetime.now(UTC), watch=lambda _before, _now: None
        ),
        rules=Rules(
            run_id="9f2c31aa",
            client_id=42,
            first_order_id=1,
            safety=SafetyPolicy(),
            execution=execution or ExecutionPolicy(),
            clock=desk.now,
        ),
        stop_requested=lambda: stop_after is not None and desk.seconds >= stop_after,
    )
    asyncio.run(pursuit.follow(tickets))
    outcomes = {str(each.symbol): pursuit.outcomes_of(each)[0] for each in tickets}
    return Chase(desk=desk, pursuit=pursuit, outcomes=outcomes)
