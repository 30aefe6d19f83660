"""One session never sends 50 messages in any second, and slows down when it is told to."""

import asyncio
from collections.abc import Awaitable, Callable

from attrs import evolve

from rebalancer_adapters.gateway import Alter, Gateway, Scenario, load_market, on_messages
from rebalancer_adapters.ib.address import Retry
from rebalancer_adapters.ib.broker import IbBroker
from rebalancer_adapters.ib.connection import connected
from rebalancer_adapters.ib.link import Link
from rebalancer_adapters.ib.pacing import PacedClient
from rebalancer_adapters.ib.session import utc_now
from rebalancer_core.values.instruments import Symbol, Unlisted
from tests.adapters.ib.stage import received
from tests.contract.harness import MARKET, PATIENCE, address
from tests.pacing.peak import peak
from tests.pacing.slow_line import slow_line

_LIMIT = 50
_REQUESTS = 80
_BEAT_SECONDS = 0.1
_CURRENT_TIME = 49
_DETAILS = 9
_DATA_FARMS = 4  # notices of the start
_SOON = Retry(first_seconds=0.01)
_TOO_FAST = "Max rate of messages per second has been exceeded"

Story = Callable[[Gateway, Link], Awaitable[None]]


def test_many_requests_at_once_never_make_fifty_messages_in_any_second() -> None:
    async def story(gateway: Gateway, link: Link) -> None:
        for _ in range(_REQUESTS):
            link.client.reqCurrentTime()
        assert not link.drained.is_set()
        await asyncio.wait_for(link.drained.wait(), 10)
        await received(gateway, _CURRENT_TIME, _REQUESTS)
        assert not any("100" in notice for notice in link.inbox.notices)
        assert peak(gateway.record.received()) < _LIMIT

    _told(story, beat_seconds=_BEAT_SECONDS)


def test_error_100_makes_the_session_rest_and_halves_its_rate() -> None:
    async def story(gateway: Gateway, link: Link) -> None:
        gateway.announce(100, _TOO_FAST)
        told = gateway.clock.now()
        await _until(lambda: bool(_notices(link)))
        for _ in range(12):
            link.client.reqCurrentTime()
        assert not link.drained.is_set()
        await asyncio.wait_for(link.drained.wait(), 10)
        came = [frame.at for frame in await received(gateway, _CURRENT_TIME, 12)]
        assert (came[0] - told).total_seconds() >= 0.95
        assert (came[8] - came[0]).total_seconds() >= 0.3
        assert _notices(link) == [
            f"100: {_TOO_FAST}",
            "error 100: this session now sends at most 20 messages a second",
        ]

    _told(story)


def test_the_rate_never_falls_below_ten_a_second() -> None:
    async def story(_gateway: Gateway, link: Link) -> None:
        client = link.ib.client
        assert isinstance(client, PacedClient)
        assert [client.slow_down() for _ in range(4)] == [20, 10, 10, 10]

    _told(story)


def test_error_100_about_one_request_asks_that_request_again() -> None:
    async def story(gateway: Gateway, link: Link) -> None:
        broker = IbBroker(link, PATIENCE, utc_now)
        (found,) = (await broker.listings((Symbol("NOSUCH"),))).unwrap()
        assert isinstance(found, Unlisted)
        assert len([f for f in gateway.record.received(_DETAILS) if "NOSUCH" in f.fields]) == 3
        assert _notices(link) == ["error 100: this session now sends at most 20 messages a second"]

    first = 1 + _DATA_FARMS
    refusal = on_messages(Alter(field=3, text="100"), message_id=4, first=first, last=first)
    _told(story, refusal)


def test_what_is_held_back_holds_nobody_up_after_the_connection_is_gone() -> None:
    async def story(gateway: Gateway, link: Link) -> None:
        for _ in range(_REQUESTS):
            link.client.reqCurrentTime()
        gateway.cut_connections()
        await asyncio.wait_for(link.drained.wait(), 1)

    _told(story)


def _notices(link: Link) -> list[str]:
    """What is said about the rate, not about data farms."""
    return [notice for notice in link.inbox.notices if "100" in notice]


def _told(story: Story, scenario: Scenario | None = None, *, beat_seconds: float = 0) -> None:
    """The story of a session on a strict gateway, behind a line that delivers in beats."""

    async def tell() -> None:
        strict = Scenario(messages_per_second=_LIMIT) + (scenario or Scenario())
        gateway = Gateway(load_market(MARKET), strict)
        async with (
            gateway.running(),
            slow_line(gateway.port, beat_seconds=beat_seconds) as port,
            connected(evolve(address(gateway), port=port, retry=_SOON), trading=True) as link,
        ):
            assert isinstance(link, Link), link
            await story(gateway, link)

    asyncio.run(tell())


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 what is awaited has no event of its own
            await asyncio.sleep(0.005)
