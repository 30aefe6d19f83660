"""Orders are followed to a proven end, within the user's times, and doubt stops what is unsent."""

import asyncio
import logging
from decimal import Decimal

import pytest
from attrs import evolve, field, frozen

from rebalancer_adapters.memory.memory_journal import MemoryJournal
from rebalancer_core.application.execute import Executor
from rebalancer_core.application.trading_connection import watched_orders
from rebalancer_core.follow.connection import Connection, may_leave
from rebalancer_core.follow.state import Stage
from rebalancer_core.orders.events import (
    BrokerFact,
    LinkDown,
    LinkUp,
    OrderRef,
    OrderSeen,
    OwnActed,
    OwnAction,
    Resolution,
)
from rebalancer_core.orders.record import OrderOutcome, OrderStatus
from rebalancer_core.orders.skip_cause import SkipCause
from rebalancer_core.orders.tickets import OrderStyle
from rebalancer_core.reconcile.declarations import said
from rebalancer_core.reconcile.journal_model import Intent, JournaledEvent, JournaledOrder
from rebalancer_core.reporting.outcomes import outcomes_of
from rebalancer_core.safety.funds import Funds
from rebalancer_core.values.instruments import ConId
from rebalancer_core.values.money import ZERO
from rebalancer_core.values.plan import Plan, Side
from rebalancer_core.values.policy import AlgoPreference, ExecutionPolicy
from tests.cli.scripted_desk import Act, ScriptedDesk
from tests.cli.scripted_execution import executor_of
from tests.support.plan_factory import AS_OF, Line, funds_as_planned, plan_of, tickets_of

LOG = logging.getLogger(__name__)

LOST = LinkDown(detail="the socket closed")
BROKER_LOST = LinkDown(detail="1100", closed=False)
BACK = LinkUp(code=1102)


@frozen(kw_only=True)
class FollowedOrders:
    """How the orders were followed: what became of each symbol, and the desk that saw it."""

    desk: ScriptedDesk
    executor: Executor
    outcomes: dict[str, OrderOutcome] = field(factory=dict)
    told: list[str] = field(factory=list)

    @property
    def connection(self) -> Connection:
        return self.executor.state.connection

    @property
    def states(self) -> dict[str, OrderStatus]:
        return {symbol: outcome.status for symbol, outcome in self.outcomes.items()}


def test_orders_that_are_filled_are_done_at_once() -> None:
    followed = follow_orders({})
    assert set(followed.states.values()) == {OrderStatus.FILLED}
    assert followed.desk.seconds < 1


def test_an_order_past_its_deadline_is_cancelled_and_the_others_are_filled() -> None:
    followed = follow_orders({"AAA": Act.REST})
    assert followed.states["AAA"] is OrderStatus.CANCELLED
    assert followed.states["BBB"] is OrderStatus.FILLED
    assert 600 < followed.desk.seconds < 605


def test_a_cancel_that_nobody_confirms_leaves_the_outcome_unknown() -> None:
    followed = follow_orders({"AAA": Act.REST_DEAF}, stop_after=30)
    assert followed.states["AAA"] is OrderStatus.UNKNOWN
    assert len(followed.desk.cancelled) == 1
    assert followed.desk.seconds < 60


@pytest.mark.parametrize("execution", [ExecutionPolicy(), ExecutionPolicy(batch_orders=False)])
def test_silence_is_asked_about_twice_cancelled_and_halts_the_run(
    execution: ExecutionPolicy,
) -> None:
    followed = follow_orders({"AAA": Act.SILENT}, execution=execution)
    assert followed.states["AAA"] is OrderStatus.UNKNOWN
    assert followed.desk.evidence_asked == 2
    assert [order_ref[-5:] for order_ref in followed.desk.cancelled] == ["001-1"]
    assert {followed.states[symbol] for symbol in SEVEN[1:]} == {OrderStatus.SKIPPED}
    assert "look for a dialog in the gateway's window" in followed.outcomes["BBB"].notes[0]
    assert "look for a dialog" in followed.told[0]
    assert followed.connection.halted
    assert [ticket.symbol for ticket in followed.desk.submitted] == ["AAA"]
    assert 15 < followed.desk.seconds < 30


def test_the_first_order_of_a_connection_is_out_alone() -> None:
    followed = follow_orders({}, sells=4)
    assert followed.desk.out_with == [1, 3, 1, 2]


def test_a_rejection_does_not_prove_that_orders_get_through() -> None:
    followed = follow_orders({"AAA": Act.REJECT, "BBB": Act.REJECT}, sells=7)
    assert followed.desk.out_with == [1, 1, 1, 4]


def test_a_later_account_on_the_same_connection_need_not_wait_again() -> None:
    followed = follow_orders({}, shown=follow_orders({}).connection)
    assert followed.desk.out_with == [5, 2]


def test_nothing_leaves_behind_an_order_that_is_slow_to_be_acknowledged() -> None:
    proven, fresh = follow_orders({}).connection, Connection()
    for side in Side:
        assert may_leave(fresh, side, ())
        assert not may_leave(fresh, side, (0.1,))
    assert may_leave(proven, Side.BUY, (0.1, 0.2, 0.3, 1.9))
    assert not may_leave(proven, Side.BUY, (0.1, 0.2, 0.3, 0.4, 0.5))
    assert not may_leave(proven, Side.BUY, (2.1,))


def test_an_order_that_was_declared_dead_and_lives_is_cancelled_and_halts_the_run() -> None:
    ticket = evolve(tickets_of(_seven(0))[0], order_ref=OrderRef("rb1-0000dead-01001-1"))
    earlier = JournaledOrder(
        intent=Intent(
            run_id="0000dead",
            ticket=ticket,
            order_id=3,
            client_id=42,
            position_before=ZERO,
            intended_at=AS_OF,
        ),
        events=tuple(
            JournaledEvent(at=AS_OF, event=event)
            for event in (
                OwnActed(order_ref=ticket.order_ref, act=OwnAction.HANDED),
                said(ticket.order_ref, Resolution.DECLINED),
            )
        ),
    )
    lives = OrderSeen(
        order_ref=ticket.order_ref,
        account_id=ticket.account_id,
        perm_id=7,
        status="Submitted",
        quantity=ticket.quantity,
    )
    desk = ScriptedDesk({}, {0.0: lives})
    desk.submitted.append(ticket)
    followed = follow_orders({}, desk=desk, watched=(earlier,))
    assert desk.submitted == [ticket]
    assert desk.cancelled == [ticket.order_ref]
    assert set(followed.states.values()) == {OrderStatus.SKIPPED}
    assert "was declared not received, but the broker has it" in followed.told[0]
    journal = followed.executor.calls.connection.journal
    assert isinstance(journal, MemoryJournal)
    assert lives in [entry.event for entry in journal.events]


def test_a_closed_gate_holds_orders_back_until_it_opens() -> None:
    desk = ScriptedDesk({}, closed={0.0: "market data farm usfarm is broken", 30.0: ""})
    followed = follow_orders({}, desk=desk)
    assert set(followed.states.values()) == {OrderStatus.FILLED}
    assert 30 <= followed.desk.seconds < 35
    assert followed.told == ["DU111111: waiting: market data farm usfarm is broken"]


def test_a_gate_that_stays_closed_ends_the_wait() -> None:
    followed = follow_orders({}, desk=ScriptedDesk({}, closed={0.0: "cut off from IBKR"}))
    assert set(followed.states.values()) == {OrderStatus.SKIPPED}
    assert "cut off from IBKR, for 60" in followed.outcomes["AAA"].notes[0]
    assert followed.desk.submitted == []


def test_the_gateway_cut_off_in_the_middle_of_a_batch_is_waited_for() -> None:
    """Orders that were out are asked about when it is back, the others leave then."""
    desk = ScriptedDesk(
        dict.fromkeys(("BBB", "CCC"), Act.SILENT_FILL),
        {0.5: BROKER_LOST, 40.0: BACK},
        closed={0.4: "error 1100", 40.0: ""},
    )
    followed = follow_orders({}, desk=desk)
    assert set(followed.states.values()) == {OrderStatus.FILLED}
    assert 40 <= followed.desk.seconds < 45


def test_silence_about_an_order_that_the_brokers_lists_know_is_no_doubt() -> None:
    followed = follow_orders(
        {"AAA": Act.SILENT_FILL}, execution=ExecutionPolicy(batch_orders=False)
    )
    assert set(followed.states.values()) == {OrderStatus.FILLED}
    assert 15 < followed.desk.seconds < 20


@pytest.mark.parametrize("batch_orders", [True, False])
def test_an_algo_order_that_rests_too_long_is_replaced_also_where_orders_go_one_by_one(
    batch_orders: bool,  # noqa: FBT001 - a parameter of the table
) -> None:
    algo = AlgoPreference.ADAPTIVE
    followed = follow_orders(
        {"AAA": Act.REST},
        execution=ExecutionPolicy(algo_preference=algo, batch_orders=batch_orders),
        style=OrderStyle(algo=algo),
    )
    assert followed.outcomes["AAA"].replaced_by == "rb1-9f2c31aa-01001-2"
    assert followed.states["GGG"] is OrderStatus.FILLED
    assert 300 + 600 < followed.desk.seconds < 300 + 605


def test_a_rejected_order_does_not_stop_the_others() -> None:
    followed = follow_orders({"AAA": Act.REJECT})
    assert followed.states["AAA"] is OrderStatus.REJECTED
    assert {followed.states[symbol] for symbol in ("BBB", "CCC")} == {OrderStatus.FILLED}


def test_no_more_than_five_orders_are_out_unanswered() -> None:
    followed = follow_orders({})
    assert len(followed.desk.submitted) == len(SEVEN)
    assert followed.desk.most_unanswered == 5


def test_without_batches_one_order_is_out_at_a_time() -> None:
    followed = follow_orders({}, execution=ExecutionPolicy(batch_orders=False))
    assert followed.desk.most_unanswered == 1
    assert set(followed.states.values()) == {OrderStatus.FILLED}


def test_a_lost_connection_leaves_its_orders_unknown_and_sends_nothing_more() -> None:
    followed = follow_orders(dict.fromkeys(FIRST_FIVE, Act.REST), {3: LOST})
    assert {followed.states[symbol] for symbol in FIRST_FIVE} == {OrderStatus.UNKNOWN}
    assert followed.desk.seconds < 5


def test_orders_that_a_lost_connection_left_unsent_are_skipped() -> None:
    execution = ExecutionPolicy(batch_orders=False)
    followed = follow_orders({"AAA": Act.REST}, {3: LOST}, execution=execution)
    assert followed.states["AAA"] is OrderStatus.UNKNOWN
    assert followed.states["BBB"] is OrderStatus.SKIPPED
    assert "the connection was lost: the socket closed" in followed.outcomes["BBB"].notes[0]


def test_a_gateway_that_finds_back_to_the_broker_is_asked_what_happened() -> None:
    followed = follow_orders({"AAA": Act.SILENT_FILL}, {1: BROKER_LOST, 5: BACK})
    assert set(followed.states.values()) == {OrderStatus.FILLED}
    assert followed.desk.seconds < 10


def test_an_order_that_was_never_sent_is_not_unknown() -> None:
    followed = follow_orders({"AAA": Act.UNSENT})
    assert followed.states["AAA"] not in {OrderStatus.UNKNOWN, OrderStatus.SUBMITTED}
    assert "not connected" in followed.outcomes["BBB"].notes[0]
    assert followed.desk.submitted == []


def test_a_wish_to_stop_cancels_what_works_and_skips_what_is_unsent() -> None:
    execution = ExecutionPolicy(batch_orders=False)
    followed = follow_orders({"AAA": Act.REST}, stop_after=30, execution=execution)
    assert followed.states["AAA"] is OrderStatus.CANCELLED
    assert followed.states["BBB"] is OrderStatus.SKIPPED
    assert followed.outcomes["BBB"].notes == ("interrupted",)


def test_an_order_is_journaled_before_it_leaves() -> None:
    followed = follow_orders({}, execution=ExecutionPolicy(batch_orders=False))
    journal = followed.executor.calls.connection.journal
    assert isinstance(journal, MemoryJournal)
    assert [intent.ticket for intent in journal.intents] == followed.desk.submitted


def test_a_buy_that_the_cash_does_not_pay_is_stopped_at_the_last_gate() -> None:
    # The floor is 1 % of 50,000; a buy is 10 shares at 100 and a dollar of commission.
    funds = evolve(funds_as_planned(_seven(0)), cash_read=Decimal(500 + 2 * 1001 + 1000))
    followed = follow_orders({}, funds=funds)
    assert [ticket.symbol for ticket in followed.desk.submitted] == ["AAA", "BBB"]
    skipped = followed.outcomes["CCC"]
    assert (skipped.status, skipped.skipped_for) == (OrderStatus.SKIPPED, SkipCause.CASH)
    assert skipped.notes == (
        "no cash left: 10 CCC cost $1,001.00, $1,000.00 free above the cash floor",
    )


def test_a_sell_of_shares_that_are_not_there_is_stopped_at_the_last_gate() -> None:
    plan = plan_of((Line("AAA", "20", "100", "1", "-10"),))
    funds = evolve(funds_as_planned(plan), held={ConId(1): Decimal(9)}, cash_read=Decimal(-9000))
    followed = follow_orders({}, plan=plan, funds=funds)
    assert followed.desk.submitted == []
    assert followed.outcomes["AAA"].skipped_for is SkipCause.RULE
    assert follow_orders({}, plan=plan).states == {"AAA": OrderStatus.FILLED}


def test_a_sell_needs_no_cash() -> None:
    plan = plan_of((Line("AAA", "900", "100", "1", "-10"),), cash="-40000")
    assert follow_orders({}, plan=plan).states == {"AAA": OrderStatus.FILLED}


SEVEN = ("AAA", "BBB", "CCC", "DDD", "EEE", "FFF", "GGG")
FIRST_FIVE = SEVEN[:5]


def follow_orders(
    script: dict[str, Act],
    interjected: dict[float, BrokerFact] | None = None,
    *,
    desk: ScriptedDesk | None = None,
    execution: ExecutionPolicy | None = None,
    stop_after: float | None = None,
    shown: Connection | None = None,
    plan: Plan | None = None,
    funds: Funds | None = None,
    sells: int = 0,
    watched: tuple[JournaledOrder, ...] = (),
    journal: MemoryJournal | None = None,
    style: OrderStyle | None = None,
) -> FollowedOrders:
    """The plan's orders, all of them at once, followed to their end on the clock of the desk.

    Else seven orders, the first `sells` of them sells.
    """
    plan = plan or _seven(sells)
    told: list[str] = []
    desk = desk or ScriptedDesk(script, interjected)
    tickets = tuple(evolve(each, style=style or OrderStyle()) for each in tickets_of(plan))
    executor = executor_of(
        plan,
        tickets,
        desk,
        journal or MemoryJournal(),
        told=told,
        execution=execution or ExecutionPolicy(),
        shown=shown or Connection(watched=watched_orders(watched)),
        stop_requested=lambda: stop_after is not None and desk.seconds >= stop_after,
    )
    executor.state = evolve(executor.state, waiting=tickets, funds=funds or funds_as_planned(plan))
    asyncio.run(_until_settled(executor))
    outcomes = {str(each.symbol): outcomes_of(executor.state, each)[0] for each in tickets}
    return FollowedOrders(desk=desk, executor=executor, outcomes=outcomes, told=told)


async def _until_settled(executor: Executor) -> None:
    while executor.state.stage is Stage.SELLING:
        await executor.turn()


def _seven(sells: int) -> Plan:
    return plan_of(
        tuple(
            Line(symbol, "10", "100", "0", "-10")
            if at < sells
            else Line(symbol, "0", "100", "1", "10")
            for at, symbol in enumerate(SEVEN)
        ),
        cash="50000",
    )
