"""Sessions, locks, journal and reports in memory, each by itself."""

import asyncio
from decimal import Decimal

from rebalancer_adapters.memory import MemoryOutside, MemorySessions, memory_inputs, memory_world
from rebalancer_core.ports import ReportPort, SessionPort, TradingSession
from rebalancer_core.reporting.cells import Table
from rebalancer_core.reporting.summary import AccountStatus
from rebalancer_core.values.faults import BrokerFault, BrokerSilent, GateClosed
from rebalancer_core.values.policy import ExecutionPolicy, RebalancePolicy
from tests.adapters.memory.played import (
    BLEND,
    MODEL,
    NOON,
    ONE,
    SAVED,
    SPY,
    TWO,
    UNREACHED,
    new_inputs,
    new_outside,
    played,
    statuses_of,
)
from tests.contract.harness import ticket
from tests.contract.worlds import RESTING, USD_ACCOUNT
from tests.contract.worlds import memory_world as contract_world


def test_each_section_of_the_rules_can_be_given_and_accounts_are_numbered_from_1() -> None:
    rebalance = RebalancePolicy(min_order_usd=Decimal(1))
    execution = ExecutionPolicy(batch_orders=False)
    inputs = memory_inputs(
        ONE, TWO, portfolios=(MODEL,), blend=BLEND, rebalance=rebalance, execution=execution
    )
    assert [account.number for account in inputs.accounts] == [1, 2]
    assert [account.settings.rebalance for account in inputs.accounts] == [rebalance] * 2
    assert inputs.settings.execution == execution


def test_a_world_of_a_snapshot_closed_at_its_prices() -> None:
    assert [seen.close for seen in memory_world(SAVED).observations] == [600, 95]


def test_a_lock_is_refused_to_a_second_run_and_given_back_with_the_block() -> None:
    sessions: SessionPort = new_outside().sessions
    with sessions.locked((TWO, ONE)) as first:
        assert first.held == (ONE, TWO)
        with sessions.locked((ONE,)) as second:
            assert [refused.account_id for refused in second.refused] == [ONE]
            assert second.held == ()
        with sessions.locked((ONE,)) as third:
            assert third.held == (), "a refused block gives back nothing of the first"
    with sessions.locked((ONE,)) as after:
        assert after.held == (ONE,)


def test_faults_meet_connections_of_both_kinds_in_their_order() -> None:
    silent = BrokerSilent(request="server time", seconds=15)
    sessions = MemorySessions(books=new_outside().books, faults=(None, UNREACHED, silent))

    async def opened() -> list[BrokerFault | None]:
        found: list[BrokerFault | None] = []
        for _ in range(2):
            async with sessions.reading() as reading:
                found.append(reading.swap().value_or(None))
            async with sessions.trading(77) as trading:
                found.append(trading.swap().value_or(None))
        return found

    assert asyncio.run(opened()) == [None, UNREACHED, silent, None]
    assert sessions.opened == ["reading", "trading as client 77"]


def test_a_session_that_reads_has_nothing_to_send_with() -> None:
    outside = new_outside(True)

    async def read() -> None:
        async with outside.sessions.reading() as opened:
            session = opened.unwrap()
            assert not hasattr(session, "order_desk")
            assert session.lost is None
        assert session.lost is not None

    asyncio.run(read())
    reports = played(outside, new_inputs(ONE), may_trade=False)
    assert statuses_of(reports) == [AccountStatus.PREVIEWED]
    assert outside.sessions.opened == ["reading", "reading"]
    assert (outside.books.tickets, outside.journal.started) == ([], [])
    assert outside.person.questions == []


def test_the_desk_of_a_session_that_is_over_lets_nothing_out() -> None:
    sessions = MemorySessions(books=new_outside().books)

    async def late() -> TradingSession:
        async with sessions.trading() as opened:
            session = opened.unwrap()
        refused = (await session.order_desk().submit(ticket(SPY, 1))).failure()
        assert isinstance(refused, GateClosed)
        return session

    session = asyncio.run(late())
    assert session.lost is not None
    assert sessions.books.tickets == []


def test_every_report_has_a_name_of_its_own() -> None:
    reports: ReportPort = new_outside().reports
    table = Table(columns=(), rows=())
    names = [reports.write_post_trade(ONE, table).unwrap() for _ in range(3)]
    assert names == [f"rebalance_post_{ONE}{number}" for number in ("", "-2", "-3")]


def test_an_order_that_one_session_left_is_known_to_the_next_which_may_cancel_it() -> None:
    outside = MemoryOutside(world=contract_world(), at=NOON)
    order = ticket(RESTING, 4)

    async def story() -> list[list[str]]:
        async with outside.sessions.trading() as opened:
            (await opened.unwrap().order_desk().submit(order)).unwrap()
        async with outside.sessions.trading() as opened:
            desk = opened.unwrap().order_desk()
            working = (await desk.evidence(USD_ACCOUNT)).unwrap()
            (await desk.cancel(order.order_ref)).unwrap()
            cancelled = (await desk.evidence(USD_ACCOUNT)).unwrap()
            return [[type(fact).__name__ for fact in facts] for facts in (working, cancelled)]

    assert asyncio.run(story()) == [["OrderSeen"], ["Completed"]]
