"""The gateway counts strictly: a sliding second over the times when the bytes came in."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal

from rebalancer_adapters.gateway import Delay, ManualClock, Scenario, on_requests
from rebalancer_adapters.gateway.clock import Seconds
from rebalancer_adapters.gateway.exchange.tasks import Tasks
from rebalancer_adapters.gateway.requests import Request
from rebalancer_adapters.gateway.requests.values import CancelOrder
from rebalancer_adapters.gateway.session.arrival import TimedReader
from rebalancer_adapters.gateway.session.later import Later
from rebalancer_adapters.gateway.session.rate_limit import RateLimit
from tests.adapters.gateway.clients import connected, errors_of, raw, run, soon, until

_NOON = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
_CURRENT_TIME = "49\x001\x00"


def test_the_second_slides_and_does_not_begin_anew_with_every_full_second() -> None:
    async def scene() -> None:
        clock = ManualClock(_NOON)
        async with connected(scenario=Scenario(messages_per_second=20), clock=clock) as (_, ib):
            seen = errors_of(ib)
            await clock.advance(1.9)
            for _ in range(15):
                await soon(ib.reqCurrentTimeAsync())
            await clock.advance(0.2)
            for _ in range(5):
                await soon(ib.reqCurrentTimeAsync())
            assert seen == []
            raw(ib).sendMsg(_CURRENT_TIME)
            await until(lambda: seen == [(-1, 100)])

    run(scene())


def test_a_message_that_was_refused_counts_for_the_next_ones() -> None:
    clock = ManualClock(_NOON)
    pace = RateLimit()
    assert [pace.allows(2, clock.now()) for _ in range(3)] == [True, True, False]

    async def later() -> None:
        await clock.advance(0.5)
        assert not pace.allows(2, clock.now())
        await clock.advance(0.5)

    run(later())
    # The first three are a second old; the refused one of half a second ago is not.
    assert pace.allows(2, clock.now())
    assert not pace.is_over
    assert not pace.allows(2, clock.now())
    assert pace.is_over


def test_messages_of_every_type_count_and_those_that_nobody_understands() -> None:
    async def scene() -> None:
        clock = ManualClock(_NOON)
        async with connected(clock=clock) as (gateway, ib):
            await clock.advance(1)
            gateway.play(Scenario(messages_per_second=7))
            seen = errors_of(ib)
            client = raw(ib)
            client.reqMarketDataType(3)
            client.setServerLogLevel(1)
            client.reqIds(1)
            client.cancelMktData(77)
            client.cancelOrder(77, "")
            client.sendMsg("nonsense\x00")
            client.reqManagedAccts()
            client.reqCurrentTime()
            await until(lambda: (-1, 100) in seen)
            assert [each for each in seen if each[1] == 100] == [(-1, 100)]

    run(scene())


def test_a_session_that_reads_late_still_knows_when_each_part_came() -> None:
    async def scene() -> None:
        clock = ManualClock(_NOON)
        reader = TimedReader(clock)
        reader.feed_data(b"first")
        await clock.advance(0.25)
        reader.feed_data(b"second")
        await clock.advance(60)
        reader.feed_eof()
        early, late, end = [await reader.next() for _ in range(3)]
        assert (early.data, late.data, end.data) == (b"first", b"second", b"")
        assert (late.at - early.at).total_seconds() == 0.25
        assert early.at == _NOON

    run(scene())


def test_requests_that_are_due_together_are_handled_in_the_order_they_came() -> None:
    class Backwards(ManualClock):
        """Wakes the last sleeper first, as clocks with coarse ticks may."""

        def __init__(self) -> None:
            super().__init__(_NOON)
            self._asleep: list[asyncio.Event] = []

        async def sleep(self, seconds: Seconds) -> None:
            self._asleep.append(asyncio.Event())
            await self._asleep[-1].wait()

        async def wake_all(self) -> None:
            for each in reversed(self._asleep):
                each.set()
                await asyncio.sleep(0)

    async def scene() -> None:
        clock, tasks = Backwards(), Tasks()
        handled: list[Request] = []
        later = Later(clock, tasks, handled.append)
        requests = [CancelOrder(order_id=number) for number in range(5)]
        for each in requests:
            later.put(each, Decimal("0.2"))
        await asyncio.sleep(0)
        await clock.wake_all()
        await tasks.stop()
        assert handled == requests

    run(scene())


def test_answers_that_are_all_late_come_in_the_order_of_the_questions() -> None:
    async def scene() -> None:
        async with connected() as (gateway, ib):
            gateway.play(on_requests(Delay(seconds=Decimal("0.2"))))
            asked = asyncio.get_running_loop().time()
            for request_id in range(1000, 1040):
                raw(ib).cancelOrder(request_id, "")
            seen = errors_of(ib)
            await until(lambda: len(seen) == 40)
            assert asyncio.get_running_loop().time() - asked >= 0.2
            assert [request_id for request_id, _ in seen] == list(range(1000, 1040))

    run(scene())
