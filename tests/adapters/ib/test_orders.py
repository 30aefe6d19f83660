"""Orders leave as they were confirmed, and everything said about them is a fact."""

import asyncio
from decimal import Decimal

import pytest
from returns.result import Result

from rebalancer_adapters.gateway import (
    Alter,
    Fill,
    Gateway,
    Mute,
    OrderRecord,
    Reject,
    Remark,
    Rest,
    fills_without_status,
    late_commissions,
    on_messages,
    on_orders,
)
from rebalancer_adapters.ib.session import TradingSession, trading_session
from rebalancer_core.orders.events import (
    BrokerFact,
    Commissioned,
    Completed,
    ErrorReported,
    Executed,
    LinkDown,
    LinkUp,
    OrderSeen,
    StatusReported,
)
from rebalancer_core.orders.tickets import OrderStyle, OrderTicket
from rebalancer_core.values.faults import BrokerFault, BrokerRefused, BrokerSilent, LinkLost
from rebalancer_core.values.plan import Side
from rebalancer_core.values.policy import AdaptivePriority, AlgoPreference
from tests.adapters.ib.stage import play, received, stage
from tests.contract.harness import address, facts_until, ticket
from tests.contract.worlds import IEF, RESTING, SPY, USD_ACCOUNT

_ORDER = 3
_OUTSIDE_RTH_FIELD = 33
_REST = on_orders(Rest())


def test_an_order_names_its_account_its_day_and_itself() -> None:
    record = _placed(ticket(SPY, 3))
    assert (record.account, record.order_ref) == ("DU111111", "rb1-test0001-01001-1")
    assert (record.con_id, record.side, record.quantity) == (756733, "BUY", Decimal(3))
    assert (record.order_type, record.exchange) == ("MKT", "SMART")
    assert record.terms.tif == "DAY"
    assert not record.terms.outside_rth
    assert record.terms.algo_strategy == ""
    assert record.client_id == 42


def test_a_sell_is_a_sell() -> None:
    assert _placed(ticket(SPY, 3, side=Side.SELL)).side == "SELL"


@pytest.mark.parametrize("priority", AdaptivePriority)
def test_an_adaptive_order_is_a_market_order_with_its_priority(priority: AdaptivePriority) -> None:
    style = OrderStyle(algo=AlgoPreference.ADAPTIVE, priority=priority)
    record = _placed(ticket(SPY, 3, style=style))
    assert (record.order_type, record.terms.algo_strategy) == ("MKT", "Adaptive")
    assert tuple(record.terms.algo_params) == (("adaptivePriority", priority.value),)


def test_a_midprice_order_has_no_cap() -> None:
    record = _placed(ticket(SPY, 3, style=OrderStyle(algo=AlgoPreference.MIDPRICE)))
    assert (record.order_type, record.terms.limit_price) == ("MIDPRICE", None)


def test_an_order_for_extended_hours_says_so() -> None:
    async def story(gateway: Gateway, session: TradingSession) -> None:
        order = ticket(SPY, 3, style=OrderStyle(outside_rth=True))
        await session.order_desk().submit(order)
        (frame,) = await received(gateway, _ORDER, 1)
        assert frame.fields[_OUTSIDE_RTH_FIELD] == "1"
        facts = await facts_until(session.order_desk(), _has(ErrorReported))
        assert [f.code for f in facts if isinstance(f, ErrorReported)] == [2109]

    play(story)


def test_a_notice_is_a_fact_and_cancels_nothing() -> None:
    remark = Remark(code=10349, text="Order TIF was set to DAY based on order preset.")

    async def story(_gateway: Gateway, session: TradingSession) -> None:
        desk = session.order_desk()
        await desk.submit(ticket(SPY, 3))
        facts = await facts_until(desk, _has(Commissioned))
        assert [f.code for f in facts if isinstance(f, ErrorReported)] == [10349]
        assert sum(f.shares for f in facts if isinstance(f, Executed)) == 3
        assert "Cancelled" not in {f.status for f in facts if isinstance(f, StatusReported)}

    play(story, scenario=on_orders(remark))


def test_a_validation_error_on_a_new_order_is_a_fact_and_does_not_hang() -> None:
    refused = Reject(code=321, text="Error validating request: Read-Only mode.")

    async def story(_gateway: Gateway, session: TradingSession) -> None:
        desk = session.order_desk()
        order = ticket(SPY, 3)
        await desk.submit(order)
        facts = await facts_until(desk, _has(ErrorReported))
        assert [(f.order_ref, f.code) for f in facts if isinstance(f, ErrorReported)] == [
            (order.order_ref, 321)
        ]
        assert (await desk.evidence(USD_ACCOUNT)).unwrap() == ()

    play(story, scenario=on_orders(refused))


def test_a_fill_is_told_by_its_execution_even_without_a_status() -> None:
    async def story(_gateway: Gateway, session: TradingSession) -> None:
        desk = session.order_desk()
        await desk.submit(ticket(SPY, 3))
        facts = await facts_until(desk, _has(Commissioned))
        assert sum(f.shares for f in facts if isinstance(f, Executed)) == 3
        assert "Filled" not in {f.status for f in facts if isinstance(f, StatusReported)}

    play(story, scenario=fills_without_status())


def test_a_late_commission_still_finds_its_order() -> None:
    async def story(_gateway: Gateway, session: TradingSession) -> None:
        desk = session.order_desk()
        order = ticket(SPY, 3)
        await desk.submit(order)
        facts = await facts_until(desk, _has(Commissioned))
        (report,) = (f for f in facts if isinstance(f, Commissioned))
        assert (report.order_ref, report.commission, report.currency) == (
            order.order_ref,
            Decimal(1),
            "USD",
        )

    play(story, scenario=late_commissions(Decimal("0.05")))


def test_a_part_filled_and_then_cancelled_keeps_its_fill() -> None:
    async def story(_gateway: Gateway, session: TradingSession) -> None:
        desk = session.order_desk()
        order = ticket(SPY, 10)
        await desk.submit(order)
        first = await facts_until(desk, _has(Executed))
        await desk.cancel(order.order_ref)
        facts = [*first, *await facts_until(desk, _says("Cancelled"))]
        assert sum(f.shares for f in facts if isinstance(f, Executed)) == 4
        cancelled = [f for f in facts if isinstance(f, StatusReported) and f.status == "Cancelled"]
        assert (cancelled[-1].filled, cancelled[-1].remaining) == (Decimal(4), Decimal(6))
        evidence = (await desk.evidence(USD_ACCOUNT)).unwrap()
        done = [f for f in evidence if isinstance(f, Completed)]
        assert [(f.status, f.filled) for f in done] == [("Cancelled", Decimal(4))]

    play(story, scenario=on_orders(Fill(share=Decimal("0.4"))))


def test_an_execution_under_another_account_is_told_as_it_came_and_is_no_evidence() -> None:
    lie = on_messages(Alter(field=16, text="DU333333"), message_id=11)

    async def story(_gateway: Gateway, session: TradingSession) -> None:
        desk = session.order_desk()
        await desk.submit(ticket(SPY, 3))
        facts = await facts_until(desk, _has(Commissioned))
        assert {f.account_id for f in facts if isinstance(f, Executed)} == {"DU333333"}
        evidence = (await desk.evidence(USD_ACCOUNT)).unwrap()
        assert not [f for f in evidence if isinstance(f, Executed)]

    play(story, scenario=lie)


def test_two_accounts_orders_go_each_under_its_own() -> None:
    async def story(gateway: Gateway, session: TradingSession) -> None:
        desk = session.order_desk()
        await desk.submit(ticket(SPY, 3))
        other = session.broker
        accounts = (await other.managed_accounts()).unwrap()
        await desk.submit(ticket(SPY, 1, account_id=accounts[1], number=2))
        await received(gateway, _ORDER, 2)
        assert {(o.account, o.quantity) for o in gateway.book.orders} == {
            ("DU111111", Decimal(3)),
            ("DU333333", Decimal(1)),
        }

    play(story)


def test_a_dropped_socket_is_a_fact_and_nothing_more_is_sent() -> None:
    async def story(gateway: Gateway, session: TradingSession) -> None:
        desk = session.order_desk()
        await desk.submit(ticket(SPY, 3))
        await facts_until(desk, _has(OrderSeen))
        gateway.cut_connections()
        await facts_until(desk, _has(LinkDown))
        assert isinstance(_fault(await desk.submit(ticket(IEF, 1, number=2))), LinkLost)
        assert isinstance(_fault(await desk.cancel(ticket(SPY, 3).order_ref)), LinkLost)
        assert isinstance((await desk.evidence(USD_ACCOUNT)).failure(), LinkLost)
        assert isinstance((await session.broker.snapshot(USD_ACCOUNT)).failure(), LinkLost)
        assert isinstance((await session.broker.server_time()).failure(), LinkLost)
        assert isinstance((await session.broker.listings((SPY,))).failure(), LinkLost)
        assert len(gateway.record.received(_ORDER)) == 1

    play(story, scenario=_REST)


def test_while_the_gateway_is_cut_off_from_the_broker_nothing_is_sent() -> None:
    async def story(gateway: Gateway, session: TradingSession) -> None:
        desk = session.order_desk()
        gateway.announce(1100, "Connectivity between IB and the TWS has been lost.")
        (down,) = await facts_until(desk, _has(LinkDown))
        assert isinstance(down, LinkDown)
        assert "1100" in down.detail
        assert isinstance(_fault(await desk.submit(ticket(SPY, 3))), LinkLost)
        gateway.announce(1102, "Connectivity has been restored - data maintained.")
        (restored,) = await facts_until(desk, _has(LinkUp))
        assert restored == LinkUp(code=1102)
        (await desk.submit(ticket(SPY, 3))).unwrap()
        await facts_until(desk, _has(Executed))

    play(story)


def test_an_unreadable_message_stops_sending(caplog: pytest.LogCaptureFixture) -> None:
    async def story(gateway: Gateway, session: TradingSession) -> None:
        client = session._link.ib.client  # noqa: SLF001 - the simulated gateway sends no garbage
        client.decoder.interpret(["11", "-1"])  # type: ignore[no-untyped-call]  # no annotations
        desk = session.order_desk()
        await facts_until(desk, _has(LinkDown))
        assert isinstance(_fault(await desk.submit(ticket(SPY, 3))), LinkLost)
        assert isinstance((await desk.evidence(USD_ACCOUNT)).failure(), LinkLost)
        assert not gateway.record.received(_ORDER)

    play(story)
    caplog.clear()


@pytest.mark.parametrize("end_marker", [55, 53, 102])
def test_evidence_without_one_of_its_end_markers_is_no_evidence(end_marker: int) -> None:
    # The start-up asked for open orders before, and for nothing else.
    met_before = 1 if end_marker == 53 else 0
    muted = on_messages(Mute(), message_id=end_marker, first=1 + met_before)

    async def story(_gateway: Gateway, session: TradingSession) -> None:
        fault = (await session.order_desk().evidence(USD_ACCOUNT)).failure()
        assert isinstance(fault, BrokerSilent)

    play(story, scenario=muted, timeout_seconds=0.2)


def test_orders_held_back_by_the_pace_still_leave_before_the_session_ends() -> None:
    async def story(_gateway: Gateway, session: TradingSession) -> None:
        for number in range(1, 61):
            (await session.order_desk().submit(ticket(IEF, 1, number=number))).unwrap()

    async def tell() -> None:
        gateway = stage(_REST)
        async with gateway.running():
            async with trading_session(address(gateway)) as opened:
                session = opened.unwrap()
                await story(gateway, session)
            await received(gateway, _ORDER, 60)
            assert len({o.order_ref for o in gateway.book.orders}) == 60

    asyncio.run(tell())


def test_what_an_earlier_run_left_working_can_be_cancelled_under_the_same_client_id() -> None:
    order = ticket(RESTING, 4)

    async def tell() -> None:
        gateway = stage(_REST)
        async with gateway.running():
            async with trading_session(address(gateway)) as opened:
                session = opened.unwrap()
                await session.order_desk().submit(order)
                await facts_until(session.order_desk(), _says("Submitted"))
            async with trading_session(address(gateway)) as opened:
                session = opened.unwrap()
                desk = session.order_desk()
                evidence = (await desk.evidence(USD_ACCOUNT)).unwrap()
                assert order.order_ref in {
                    f.order_ref for f in evidence if not isinstance(f, LinkDown | LinkUp)
                }
                (await desk.cancel(order.order_ref)).unwrap()
                await received(gateway, 4, 1)
                (left,) = gateway.book.orders
                assert left.is_done

    asyncio.run(tell())


def test_another_clients_order_is_neither_evidence_nor_ours_to_cancel() -> None:
    order = ticket(RESTING, 4)

    async def tell() -> None:
        gateway = stage(_REST)
        async with (
            gateway.running(),
            trading_session(address(gateway, client_id=41)) as other_opened,
            trading_session(address(gateway, client_id=42)) as session_opened,
        ):
            other = other_opened.unwrap()
            session = session_opened.unwrap()
            await other.order_desk().submit(order)
            await facts_until(other.order_desk(), _says("Submitted"))
            desk = session.order_desk()
            await desk.evidence(USD_ACCOUNT)
            assert isinstance(_fault(await desk.cancel(order.order_ref)), BrokerRefused)
            assert await desk.facts(0.01) == ()

    asyncio.run(tell())


def _placed(order: OrderTicket) -> OrderRecord:
    async def story(gateway: Gateway, session: TradingSession) -> OrderRecord:
        (await session.order_desk().submit(order)).unwrap()
        await received(gateway, _ORDER, 1)
        await facts_until(session.order_desk(), _has(OrderSeen))
        (record,) = gateway.book.orders
        return record

    return play(story, scenario=_REST)


class _Has:
    """Whether a fact of this kind, or a status of this name, is among the facts."""

    def __init__(self, kind: type, status: str = "") -> None:
        self._kind = kind
        self._status = status

    def __call__(self, facts: list[BrokerFact]) -> bool:
        return any(
            isinstance(fact, self._kind)
            and (not self._status or getattr(fact, "status", "") == self._status)
            for fact in facts
        )


def _has(kind: type) -> _Has:
    return _Has(kind)


def _says(status: str) -> _Has:
    return _Has(StatusReported, status)


def _fault(result: Result[None, BrokerFault]) -> BrokerFault:
    return result.failure()
