"""Prices: the stream first, a snapshot where allowed, both bounded, nothing left running."""

import asyncio
from decimal import Decimal
from pathlib import Path

import pytest

from rebalancer_adapters.gateway import (
    DataLine,
    Gateway,
    Mute,
    Scenario,
    load_market,
    on_messages,
)
from rebalancer_adapters.ib.address import Patience
from rebalancer_adapters.ib.session import TradingSession, trading_session
from rebalancer_core.market.pricing import wants_more
from rebalancer_core.values.account import DataType, MarketObservation
from rebalancer_core.values.faults import LinkLost
from rebalancer_core.values.instruments import ConId, Listing, Symbol
from rebalancer_core.values.policy import PricingPolicy
from tests.adapters.ib.stage import play, received
from tests.contract.harness import MARKET, PATIENCE, address
from tests.contract.worlds import IEF, SPY

_TICK_PRICE, _SNAPSHOT_END = 1, 57
_ASK, _CANCEL, _ERROR = 1, 2, 4
_SNAPSHOT_FIELD = 17
_STREAM_WITHOUT_PRICES = on_messages(Mute(), message_id=_TICK_PRICE, symbol=SPY, last=4)


def test_a_stream_without_prices_gives_way_to_a_snapshot() -> None:
    async def story(gateway: Gateway, session: TradingSession) -> None:
        (seen,) = await _observed(session, SPY)
        assert (seen.bid, seen.last) == (Decimal("599.95"), Decimal(600))
        assert seen.data_type is DataType.LIVE
        assert [f.fields[_SNAPSHOT_FIELD] for f in gateway.record.received(_ASK)] == ["0", "1"]

    play(story, scenario=_STREAM_WITHOUT_PRICES)


def test_no_snapshot_is_asked_where_the_settings_forbid_it() -> None:
    async def story(gateway: Gateway, session: TradingSession) -> None:
        pricing = PricingPolicy(fallback_to_snapshot=False)
        (seen,) = await _observed(session, SPY, pricing=pricing)
        assert wants_more(seen, pricing)
        assert [f.fields[_SNAPSHOT_FIELD] for f in gateway.record.received(_ASK)] == ["0"]

    play(story, scenario=_STREAM_WITHOUT_PRICES)


def test_a_snapshot_that_never_ends_is_given_up() -> None:
    muted = on_messages(Mute(), message_id=_TICK_PRICE, symbol=SPY)
    never = muted + on_messages(Mute(), message_id=_SNAPSHOT_END)

    async def story(_gateway: Gateway, session: TradingSession) -> None:
        (seen,) = await _observed(session, SPY)
        assert (seen.bid, seen.ask, seen.last, seen.close) == (None, None, None, None)

    play(story, scenario=never)


def test_a_silent_symbol_does_not_cost_the_others_their_price() -> None:
    async def story(_gateway: Gateway, session: TradingSession) -> None:
        spy, ief = await _observed(session, SPY, IEF)
        assert spy.last is None
        assert ief.last == 95

    play(story, scenario=on_messages(Mute(), message_id=_TICK_PRICE, symbol=SPY))


@pytest.mark.parametrize(
    ("data", "kind", "code"),
    [
        (DataLine.FROZEN, DataType.FROZEN, None),
        (DataLine.COMPETING, None, 10197),
        (DataLine.NONE, None, 354),
    ],
)
def test_a_line_that_is_not_live_says_so(
    data: DataLine, kind: DataType | None, code: int | None
) -> None:
    async def story(gateway: Gateway, session: TradingSession) -> None:
        gateway.market.set_data(SPY, data)
        (seen,) = await _observed(session, SPY)
        assert (seen.data_type, seen.error_code) == (kind, code)

    play(story)


def test_a_price_without_the_gateways_word_on_its_kind_stays_without() -> None:
    async def story(_gateway: Gateway, session: TradingSession) -> None:
        (seen,) = await _observed(session, SPY, pricing=PricingPolicy(fallback_to_snapshot=False))
        assert seen.last == 600
        assert seen.data_type is None

    play(story, scenario=on_messages(Mute(), message_id=58))


def test_a_second_look_at_a_line_that_ended_shows_nothing_of_the_first() -> None:
    async def story(gateway: Gateway, session: TradingSession) -> None:
        (first,) = await _observed(session, SPY)
        gateway.market.set_data(SPY, DataLine.NONE)
        await session.broker.server_time()
        (second,) = await _observed(session, SPY)
        assert first.last == 600
        assert second.last is None

    play(story)


def test_every_stream_is_cancelled_as_the_session_ends_and_no_refused_one() -> None:
    async def story() -> Gateway:
        gateway = Gateway(load_market(MARKET))
        gateway.market.set_data(IEF, DataLine.NONE)
        async with gateway.running():
            async with trading_session(address(gateway), patience=PATIENCE) as opened:
                session = opened.unwrap()
                await _observed(session, SPY, IEF)
                assert len(gateway.record.received(_ASK)) == 2
                assert not gateway.record.received(_CANCEL)
            await received(gateway, _CANCEL, 1)
        return gateway

    record = asyncio.run(story()).record
    assert len(record.received(_CANCEL)) == 1
    assert not [frame for frame in record.sent(_ERROR) if frame.fields[3] == "300"]


def test_a_stream_that_goes_on_ticking_is_not_asked_for_again() -> None:
    async def story(gateway: Gateway, session: TradingSession) -> None:
        await _observed(session, SPY)
        gateway.market.set_price(SPY, last=Decimal(610))
        await session.broker.server_time()
        (seen,) = await _observed(session, SPY)
        assert seen.last == 610
        assert len(gateway.record.received(_ASK)) == 1

    play(story)


def test_a_price_off_a_stream_is_as_old_as_its_newest_tick() -> None:
    async def story(_gateway: Gateway, session: TradingSession) -> None:
        (first,) = await _observed(session, SPY)
        await asyncio.sleep(0.05)
        (again,) = await _observed(session, SPY)
        assert again.observed_at <= first.observed_at

    play(story)


def test_a_stream_that_stopped_ticking_is_cancelled_and_asked_for_again() -> None:
    at_once = PricingPolicy(price_max_age_sec=Decimal(0))

    async def story(gateway: Gateway, session: TradingSession) -> None:
        (first,) = await _observed(session, SPY, pricing=at_once)
        (again,) = await _observed(session, SPY, pricing=at_once)
        assert again.observed_at > first.observed_at
        assert len(gateway.record.received(_ASK)) == 2
        await received(gateway, _CANCEL, 1)

    play(story)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (1101, "Connectivity between IB and TWS has been restored - data lost."),
        (1102, "Connectivity between IB and TWS has been restored - data maintained."),
        (2103, "Market data farm connection is broken:usfarm"),
    ],
)
def test_after_a_break_every_price_is_asked_for_again(code: int, text: str) -> None:
    async def story(gateway: Gateway, session: TradingSession) -> None:
        await _observed(session, SPY)
        gateway.announce(code, text)
        await session.broker.server_time()
        await _observed(session, SPY)
        assert len(gateway.record.received(_ASK)) == 2

    play(story)


def test_a_halt_that_a_stream_tells_later_is_seen() -> None:
    async def story(gateway: Gateway, session: TradingSession) -> None:
        (before,) = await _observed(session, SPY)
        gateway.market.set_data(SPY, DataLine.HALTED)
        await session.broker.server_time()
        (after,) = await _observed(session, SPY)
        assert (before.halted, after.halted) == (False, True)

    play(story)


def test_no_more_than_fifty_lines_are_open_at_once_and_all_are_waited_for(tmp_path: Path) -> None:
    listings = tuple(
        Listing(con_id=ConId(number), symbol=Symbol(f"E{number}"), primary_exchange="ARCA")
        for number in range(5000, 5052)
    )
    instruments = "".join(
        f'[[instruments]]\nsymbol = "{each.symbol}"\ncon_id = {each.con_id}\n'
        'primary_exchange = "ARCA"\nlast = 10.00\n'
        for each in listings
    )
    path = tmp_path / "many.toml"
    path.write_text(f"{MARKET.read_text(encoding='utf-8')}\n{instruments}", encoding="utf-8")

    async def story() -> None:
        gateway = Gateway(load_market(path))
        # ib_async holds back what exceeds 45 messages a second: far longer than this patience.
        hasty = Patience(stream=0.2, settle=0.1, snapshot=0.1)
        async with (
            gateway.running(),
            trading_session(address(gateway), patience=hasty) as opened,
        ):
            session = opened.unwrap()
            streams = PricingPolicy(fallback_to_snapshot=False)
            seen = (await session.broker.observations(listings, streams)).unwrap()
            assert [entry.last for entry in seen] == [10] * len(listings)
            assert _most_lines(gateway) == 50

    asyncio.run(story())


def test_prices_asked_while_the_link_drops_are_a_fault() -> None:
    async def story(gateway: Gateway, session: TradingSession) -> None:
        listings = await _listings(session, SPY)
        asking = asyncio.ensure_future(session.broker.observations(listings, PricingPolicy()))
        await received(gateway, _ASK, 1)
        gateway.cut_connections()
        assert isinstance((await asking).failure(), LinkLost)

    play(story, scenario=_muted_prices())


def _muted_prices() -> Scenario:
    return on_messages(Mute(), message_id=_TICK_PRICE)


def _most_lines(gateway: Gateway) -> int:
    """The largest number of lines open at any time, by the order of the frames received."""
    lines, most = 0, 0
    for frame in gateway.record.received():
        lines += {_ASK: 1, _CANCEL: -1}.get(frame.message_id, 0)
        most = max(most, lines)
    return most


async def _listings(session: TradingSession, *symbols: Symbol) -> tuple[Listing, ...]:
    found = (await session.broker.listings(symbols)).unwrap()
    return tuple(entry for entry in found if isinstance(entry, Listing))


async def _observed(
    session: TradingSession, *symbols: Symbol, pricing: PricingPolicy | None = None
) -> tuple[MarketObservation, ...]:
    listings = await _listings(session, *symbols)
    return (await session.broker.observations(listings, pricing or PricingPolicy())).unwrap()
