"""What is pushed serves previews; before an order it is asked anew, and after a break, too."""

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal

import pytest

from rebalancer_adapters.gateway import Alter, Gateway, Mute, Scenario, on_messages
from rebalancer_adapters.ib.raw_rows import AccountRow, PositionRow
from rebalancer_adapters.ib.session import TradingSession
from rebalancer_adapters.ib.standing import Confirmation, PositionBook, ValueStream
from rebalancer_core.orders.events import BrokerFact, Executed
from rebalancer_core.ports import Freshness
from rebalancer_core.values.account import AccountSnapshot
from rebalancer_core.values.faults import IncompleteData
from tests.adapters.ib.stage import play
from tests.adapters.ib.test_account import held, value
from tests.contract.harness import facts_until, ticket
from tests.contract.worlds import CAD_ACCOUNT, CON_IDS, SPY, USD_ACCOUNT

_OPEN_ORDERS, _TIME, _POSITIONS, _VALUES, _END_VALUES = 16, 49, 61, 76, 77
_POSITION = 61
_HEARD, _ASKED, _ANEW = Freshness.HEARD, Freshness.ASKED, Freshness.ANEW

Story = Callable[[Gateway, TradingSession], Awaitable[None]]


def test_previews_of_all_accounts_share_positions_and_open_orders() -> None:
    async def story(gateway: Gateway, session: TradingSession) -> None:
        first = await _read(session, _HEARD)
        other = (await session.broker.snapshot(CAD_ACCOUNT, _HEARD)).unwrap()
        assert first.positions != other.positions
        assert _asked(gateway) == (1, 2, 1)

    play(story)


def test_before_an_order_values_and_open_orders_are_asked_anew_and_the_older_values_end() -> None:
    async def story(gateway: Gateway, session: TradingSession) -> None:
        await _read(session, _HEARD)
        await _read(session, _ASKED)
        await session.broker.server_time()
        assert _asked(gateway) == (1, 2, 2)
        first, second = (frame.fields[2] for frame in gateway.record.received(_VALUES))
        assert first != second
        assert [f.fields[2] for f in gateway.record.received(_END_VALUES)] == [first]

    play(story)


def test_what_a_fill_changed_is_pushed_and_costs_no_question() -> None:
    async def story(gateway: Gateway, session: TradingSession) -> None:
        before = await _read(session, _HEARD)
        await _bought(session, 2)
        after = await _read(session, _HEARD)
        assert _spy(after) == _spy(before) + 2
        assert after.usd_cash < before.usd_cash - 1000
        assert _asked(gateway) == (1, 1, 1)

    play(story)


def test_a_position_that_is_not_pushed_is_seen_once_all_is_asked_anew() -> None:
    async def story(gateway: Gateway, session: TradingSession) -> None:
        before = await _read(session, _ASKED)
        gateway.play(_pushes(Mute()))
        await _bought(session, 2)
        assert _spy(await _read(session, _ASKED)) == _spy(before)
        assert _spy(await _read(session, _ANEW)) == _spy(before) + 2

    play(story)


def test_a_push_about_another_account_changes_this_one_in_nothing() -> None:
    async def story(gateway: Gateway, session: TradingSession) -> None:
        before = await _read(session, _ASKED)
        gateway.play(_pushes(Alter(field=2, text=CAD_ACCOUNT)))
        await _bought(session, 2)
        assert _spy(await _read(session, _ASKED)) == _spy(before)

    play(story)


def test_a_push_about_no_account_makes_every_account_incomplete_until_all_is_asked() -> None:
    async def story(gateway: Gateway, session: TradingSession) -> None:
        before = await _read(session, _ASKED)
        gateway.play(_pushes(Alter(field=2, text="")))
        await _bought(session, 2)
        fault = (await session.broker.snapshot(CAD_ACCOUNT, _ASKED)).failure()
        assert isinstance(fault, IncompleteData)
        assert _spy(await _read(session, _ANEW)) == _spy(before) + 2

    play(story)


@pytest.mark.parametrize("code", [1100, 1101, 1102, 2110])
def test_a_subscription_from_before_a_break_of_the_link_is_no_source(code: int) -> None:
    async def story(gateway: Gateway, session: TradingSession) -> None:
        await _read(session, _HEARD)
        gateway.announce(code, "link")
        await session.broker.server_time()
        await _read(session, _HEARD)
        assert _asked(gateway) == (2, 2, 2)

    play(story)


def test_a_push_that_cannot_be_read_makes_everything_asked_anew(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def story(gateway: Gateway, session: TradingSession) -> None:
        await _read(session, _HEARD)
        client = session._link.ib.client  # noqa: SLF001 - the simulated gateway sends no garbage
        client.decoder.interpret(["61", "3"])  # type: ignore[no-untyped-call]  # no annotations
        await _read(session, _HEARD)
        assert _asked(gateway) == (2, 2, 2)

    play(story)
    caplog.clear()


def test_an_error_about_the_values_of_an_account_ends_that_subscription() -> None:
    async def story(gateway: Gateway, session: TradingSession) -> None:
        await _read(session, _HEARD)
        (asked,) = gateway.record.received(_VALUES)
        inbox = session._link.inbox  # noqa: SLF001 - the simulated gateway has no such limit
        inbox.error(int(asked.fields[2]), 322, "maximum number reached")
        await _read(session, _HEARD)
        assert _asked(gateway) == (1, 2, 1)

    play(story)


def test_of_accounts_read_side_by_side_one_asks_for_all() -> None:
    async def story(gateway: Gateway, session: TradingSession) -> None:
        ids = (USD_ACCOUNT, CAD_ACCOUNT)
        both = await asyncio.gather(*(session.broker.snapshot(each, _HEARD) for each in ids))
        assert [each.unwrap().account_id for each in both] == list(ids)
        assert _asked(gateway) == (1, 2, 1)

    play(story)


def test_the_clock_is_asked_once_a_session_where_its_last_answer_will_do() -> None:
    async def story(gateway: Gateway, session: TradingSession) -> None:
        for fresh in (_HEARD, _HEARD, _ASKED):
            (await session.broker.server_time(fresh)).unwrap()
        assert len(gateway.record.received(_TIME)) == 2

    play(story)


def test_what_was_not_confirmed_for_three_minutes_is_no_source() -> None:
    asked = Confirmation(at=100, link=0)
    assert asked.holds(280, 0)
    assert not asked.holds(280.1, 0)


def test_a_whole_answer_drops_what_it_does_not_name() -> None:
    book = PositionBook()
    book.replace((held(1, "AAA", 5), held(2, "BBB", 6)))
    book.push(held(1, "AAA", 7))
    assert _quantities(book.of("DU111111")) == {1: 7, 2: 6}
    book.replace((held(1, "AAA", 7),))
    assert _quantities(book.of("DU111111")) == {1: 7}
    book.replace((), "DU111111")
    assert book.of("DU111111") == ()


def test_of_values_the_newest_counts_and_of_accrued_cash_the_last_two() -> None:
    stream = ValueStream(Confirmation(at=0, link=0))
    for text in ("1", "2", "3"):
        stream.push(value("CashBalance", text, "USD"))
        stream.push(value("AccruedCash", text, "USD"))
    assert _texts(stream.rows, "CashBalance") == ["3"]
    assert _texts(stream.rows, "AccruedCash") == ["2", "3"]


def _pushes(effect: Mute | Alter) -> Scenario:
    """Of the position messages from now on the first."""
    return on_messages(effect, message_id=_POSITION, last=1)


async def _read(session: TradingSession, fresh: Freshness) -> AccountSnapshot:
    return (await session.broker.snapshot(USD_ACCOUNT, fresh)).unwrap()


async def _bought(session: TradingSession, shares: int) -> None:
    desk = session.order_desk()
    (await desk.submit(ticket(SPY, shares))).unwrap()

    def is_filled(facts: list[BrokerFact]) -> bool:
        return any(isinstance(fact, Executed) for fact in facts)

    await facts_until(desk, is_filled)
    await session.broker.server_time()


def _asked(gateway: Gateway) -> tuple[int, int, int]:
    """How often positions, values and open orders were asked for."""
    counts = [len(gateway.record.received(n)) for n in (_POSITIONS, _VALUES, _OPEN_ORDERS)]
    return counts[0], counts[1], counts[2]


def _spy(account: AccountSnapshot) -> Decimal:
    return sum((p.quantity for p in account.positions if p.con_id == CON_IDS[SPY]), Decimal(0))


def _quantities(rows: tuple[PositionRow, ...]) -> dict[int, float]:
    return {row.contract.conId: row.quantity for row in rows}


def _texts(rows: tuple[AccountRow, ...], tag: str) -> list[str]:
    return [row.value for row in rows if row.tag == tag]
