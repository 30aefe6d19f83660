"""What gateways do on a first day: each was the end of a command once."""

import asyncio
from datetime import UTC, datetime

import pytest
from returns.result import Success

from rebalancer_adapters.gateway import Gateway, Mute, Rest, on_messages, on_orders
from rebalancer_adapters.ib.decoder import seconds_text
from rebalancer_adapters.ib.session import TradingSession, trading_session
from rebalancer_core.orders.events import Executed, OrderRef
from rebalancer_core.values.faults import BrokerSilent
from tests.adapters.ib.stage import play, stage
from tests.contract.harness import address, facts_until, ticket
from tests.contract.worlds import RESTING, SPY, USD_ACCOUNT

_EXECUTIONS_END, _COMPLETED_END = 55, 102
_EXECUTED = "2023-12-14T20:57:37+00:00"


def test_completed_orders_that_never_come_are_missing_only_where_they_prove_something() -> None:
    async def story(_gateway: Gateway, session: TradingSession) -> None:
        desk = session.order_desk()
        await desk.submit(ticket(SPY, 3))
        await facts_until(desk, lambda facts: any(isinstance(f, Executed) for f in facts))
        assert isinstance((await desk.evidence(USD_ACCOUNT)).failure(), BrokerSilent)
        facts = (await desk.evidence(USD_ACCOUNT, needs_completed=False)).unwrap()
        assert [fact.shares for fact in facts if isinstance(fact, Executed)] == [3]
        assert any("completed orders are not known" in notice for notice in session.notices())

    play(story, scenario=on_messages(Mute(), message_id=_COMPLETED_END), timeout_seconds=0.3)


def test_executions_that_never_end_keep_no_account_from_being_read() -> None:
    async def story(_gateway: Gateway, session: TradingSession) -> None:
        assert isinstance(await session.broker.snapshot(USD_ACCOUNT), Success)
        fault = (await session.order_desk().evidence(USD_ACCOUNT)).failure()
        assert fault == BrokerSilent(request=f"executions of {USD_ACCOUNT}", seconds=0.3)

    play(story, scenario=on_messages(Mute(), message_id=_EXECUTIONS_END), timeout_seconds=0.3)


def test_the_order_ids_of_other_clients_do_not_move_ours() -> None:
    high = 2_147_483_000

    async def story() -> None:
        gateway = stage(on_orders(Rest(), symbol=RESTING))
        async with (
            gateway.running(),
            trading_session(address(gateway, client_id=41)) as first,
            trading_session(address(gateway, client_id=42)) as second,
        ):
            other, session = first.unwrap(), second.unwrap()
            order = ticket(RESTING, 4)
            assert other.order_desk().reserve(order.order_ref, high) == Success(high)
            await other.order_desk().submit(order)
            await facts_until(other.order_desk(), bool)
            (working,) = (await session.broker.snapshot(USD_ACCOUNT)).unwrap().open_orders
            assert working.order_id == high
            assert session.order_desk().reserve(OrderRef("rb1-mine"), 1).unwrap() < high

    asyncio.run(story())


def test_a_held_contract_is_asked_for_at_smart_whose_hours_are_those_of_an_order() -> None:
    async def story(gateway: Gateway, session: TradingSession) -> None:
        (found,) = (await session.broker.listings((SPY,))).unwrap()
        con_id = getattr(found, "con_id", None)
        assert con_id is not None
        await session.broker.listings_of((con_id,))
        by_id = [f.fields for f in gateway.record.received(9) if str(con_id) in f.fields]
        assert ["SMART" in fields for fields in by_id] == [True]

    play(story)


@pytest.mark.parametrize(
    "written",
    [
        "20231214 15:57:37 US/Eastern",
        "20231214 15:57:37 EST",
        "20231215 05:57:37 JST",
        "20231214 21:57:37 MET",
        "20231214  21:57:37 Europe/Amsterdam",
        "20231214-20:57:37",
        "1702587457",
    ],
)
def test_the_time_of_an_execution_is_read_in_every_form(written: str) -> None:
    seconds = int(seconds_text(written))
    assert datetime.fromtimestamp(seconds, UTC).isoformat() == _EXECUTED


@pytest.mark.parametrize(
    "written",
    [
        "",
        "20231214",
        "20231214 15:57:37",
        "20231214 15:57:37 Mars/Olympus",
        "20231299 15:57:37 JST",
        "20231214 25:57:37 JST",
        "99999999999999999999999999",
        "yesterday",
    ],
)
def test_a_time_that_names_no_instant_is_unknown(written: str) -> None:
    assert seconds_text(written) == "0"
