"""Marks of holdings are the broker's own, of the right account, and come in time or not at all."""

import asyncio
import time

import pytest

from rebalancer_adapters.gateway import Alter, Cut, Gateway, Mute, Scenario, on_messages
from rebalancer_adapters.ib.session import TradingSession
from rebalancer_core.values.account import Mark
from tests.adapters.ib.stage import play
from tests.contract.worlds import CAD_ACCOUNT, CON_IDS, IEF, SPY, USD_ACCOUNT

_SUBSCRIBE = 6


@pytest.mark.parametrize("text", ["0", "-1", "1e-300", "1e14", "1.7976931348623157E308"])
def test_a_mark_that_can_be_no_price_is_none(text: str) -> None:
    assert _con_ids(
        _asked(on_messages(Alter(field=14, text=text), message_id=7, symbol="SPY"))
    ) == {CON_IDS[IEF]}


def test_a_row_of_another_account_is_no_mark() -> None:
    stray = Alter(field=19, text=CAD_ACCOUNT)
    assert _con_ids(_asked(on_messages(stray, message_id=7, symbol="SPY"))) == {CON_IDS[IEF]}


def test_an_answer_without_its_end_is_no_answer_and_is_not_waited_for() -> None:
    began = time.monotonic()
    assert _asked(on_messages(Mute(), message_id=54)) == ()
    assert time.monotonic() - began < 5


def test_a_lost_connection_is_no_answer() -> None:
    assert _asked(on_messages(Cut(), message_id=7)) == ()


def test_the_subscription_is_ended_after_each_answer() -> None:
    async def story(gateway: Gateway, session: TradingSession) -> None:
        first = await session.broker.marks(USD_ACCOUNT)
        assert await session.broker.marks(USD_ACCOUNT) == first
        await session.broker.server_time()
        asked = [frame.fields[2:4] for frame in gateway.record.received(_SUBSCRIBE)]
        assert asked == [("1", USD_ACCOUNT), ("0", USD_ACCOUNT)] * 2

    play(story)


def test_two_accounts_asked_at_once_each_get_their_own() -> None:
    async def story(_gateway: Gateway, session: TradingSession) -> None:
        usd, cad = await asyncio.gather(
            session.broker.marks(USD_ACCOUNT), session.broker.marks(CAD_ACCOUNT)
        )
        assert (_con_ids(usd), _con_ids(cad)) == ({CON_IDS[SPY], CON_IDS[IEF]}, {CON_IDS[SPY]})

    play(story)


def _asked(scenario: Scenario) -> tuple[Mark, ...]:
    async def story(_gateway: Gateway, session: TradingSession) -> tuple[Mark, ...]:
        return await session.broker.marks(USD_ACCOUNT)

    return play(story, scenario=scenario)


def _con_ids(marks: tuple[Mark, ...]) -> set[int]:
    return {mark.con_id for mark in marks}
