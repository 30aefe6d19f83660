"""Settings of a login and its sessions: prices, times, restarts, rates, advisors, handshakes."""

import asyncio
import struct
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import pytest
from ib_async import IB, ExecutionFilter, StartupFetchNONE

from rebalancer_adapters.gateway import (
    Delay,
    Gateway,
    Hold,
    ManualClock,
    Rest,
    Scenario,
    on_orders,
    on_placed_orders,
)
from rebalancer_adapters.gateway.market import Hours, Session
from rebalancer_adapters.gateway.settings import (
    Advisor,
    GatewaySettings,
    Handshake,
    MarketData,
    TimesIn,
)
from rebalancer_adapters.gateway.wire import decode_frames
from tests.adapters.gateway.clients import (
    SPY,
    connect,
    connected,
    disconnect,
    errors_of,
    filled,
    market_order,
    raw,
    run,
    small_market,
    soon,
    told,
    until,
    with_settings,
)

_NOON = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
_SATURDAY = datetime(2026, 11, 21, 17, 0, tzinfo=UTC)


async def _arriving(gateway: Gateway, ib: IB, kind: int) -> list[str]:
    """What comes of a request: 58 with its type, errors with their code, the first price tick."""
    ib.reqMarketDataType(kind)
    ib.wrapper.startTicker(900, SPY, "mktData")
    before = len(gateway.record.sent())
    raw(ib).reqMktData(900, SPY, "", snapshot=False, regulatorySnapshot=False, mktDataOptions=[])
    await soon(ib.reqCurrentTimeAsync())
    came = [frame.fields for frame in gateway.record.sent()[before:]]
    ticks = [f"tick {fields[3]}" for fields in came if fields[0] == "1"]
    return [f"{f[0]}:{f[3]}" for f in came if f[0] in ("58", "4")] + ticks[:1]


@pytest.mark.parametrize(
    ("data", "kind", "at", "arrives"),
    [
        (MarketData.LIVE, 1, _NOON, ["58:1", "tick 1"]),
        (MarketData.LIVE, 2, _NOON, ["58:1", "tick 1"]),
        (MarketData.LIVE, 2, _SATURDAY, ["58:2", "tick 1"]),
        (MarketData.LIVE, 4, _SATURDAY, ["58:2", "tick 1"]),
        (MarketData.DELAYED, 2, _SATURDAY, ["4:10168"]),
        (MarketData.DELAYED, 3, _NOON, ["58:3", "4:10167", "tick 66"]),
        (MarketData.DELAYED, 3, _SATURDAY, ["58:3", "4:10167", "tick 66"]),
        (MarketData.DELAYED, 4, _NOON, ["58:3", "4:10167", "tick 66"]),
        (MarketData.DELAYED, 4, _SATURDAY, ["58:4", "4:10167", "tick 66"]),
        (MarketData.NONE, 3, _NOON, ["4:354"]),
        (MarketData.DELAYED_WITH_NOTICES, 1, _NOON, ["4:10089"]),
    ],
)
def test_what_the_login_may_see_and_what_was_asked_for_decide_what_comes(
    data: MarketData, kind: int, at: datetime, arrives: list[str]
) -> None:
    async def scene() -> None:
        market = small_market()
        market.settings = GatewaySettings(market_data=data)
        market.hours = Hours(
            liquid=Session(opens=time(9, 30), closes=time(16)),
            trading=Session(opens=time(4), closes=time(20)),
        )
        async with connected(market, None, ManualClock(at), StartupFetchNONE) as (gateway, ib):
            assert await _arriving(gateway, ib, kind) == arrives

    run(scene())


def test_delayed_ticks_come_behind_their_notices_and_are_a_quarter_of_an_hour_old() -> None:
    async def scene() -> None:
        clock = ManualClock(_NOON)
        settings = GatewaySettings(market_data=MarketData.DELAYED_WITH_NOTICES)
        async with with_settings(settings, clock=clock) as (gateway, ib):
            notices = ["58:3", "4:10167", "4:10089", "4:10091"]
            assert await _arriving(gateway, ib, 3) == notices
            await clock.advance(Decimal("0.3"))
            await until(lambda: told(gateway, 46))
            (last_time,) = (f[4] for f in told(gateway, 46) if f[3] == "88")
            assert int(last_time) == (_NOON + timedelta(seconds=0.3 - 900)).timestamp() // 1

    run(scene())


@pytest.mark.parametrize(
    ("settings", "written_as"),
    [
        (GatewaySettings(), "20261120 12:00:00 US/Eastern"),
        (GatewaySettings(send_instrument_timezone=TimesIn.UTC), "20261120-17:00:00"),
        (GatewaySettings(send_instrument_timezone=TimesIn.LOGIN), "20261121 02:00:00 JST"),
        (
            GatewaySettings(send_instrument_timezone=TimesIn.LOGIN, login_timezone="MET"),
            "20261120 18:00:00 MET",
        ),
    ],
)
def test_times_come_in_the_zone_that_was_set(settings: GatewaySettings, written_as: str) -> None:
    async def scene() -> None:
        async with with_settings(settings, clock=ManualClock(_NOON)) as (gateway, ib):
            client = raw(ib)
            client.decoder.interpret = list  # it cannot read every one of these: let it not try
            client.placeOrder(9, SPY, market_order())
            await until(lambda: told(gateway, 11))
            client.reqCompletedOrders(False)
            await until(lambda: told(gateway, 102))
            assert told(gateway, 11)[0][15] == told(gateway, 101)[0][-7] == written_as

    run(scene())


@pytest.mark.parametrize(("keeps", "orders"), [(True, 1), (False, 0)])
@pytest.mark.parametrize(
    "waiting", [on_orders(Hold(seconds=Decimal(600))), on_placed_orders(Delay(seconds=Decimal(1)))]
)
def test_a_restart_sends_an_order_out_that_nobody_has_heard_of_or_drops_it(
    waiting: Scenario,
    keeps: bool,  # noqa: FBT001 - a case
    orders: int,
) -> None:
    async def scene() -> None:
        clock, settings = ManualClock(_NOON), GatewaySettings(maintain_and_resubmit=keeps)
        async with with_settings(settings, waiting, clock) as (gateway, ib):
            ib.placeOrder(SPY, market_order())
            await soon(ib.reqCurrentTimeAsync())
            assert gateway.book.orders == ()
            await gateway.restart(Decimal(0))
            await clock.advance(2)
            assert len(gateway.book.orders) == orders
            await clock.advance(600)
            assert len(gateway.book.orders) == orders

    run(scene())


@pytest.mark.parametrize("rejects", [False, True])
def test_a_client_above_the_rate_is_slowed_down_or_refused(
    rejects: bool,  # noqa: FBT001 - a case
) -> None:
    async def scene() -> None:
        clock = ManualClock(_NOON)
        settings = GatewaySettings(reject_above_max_rate=rejects)
        async with with_settings(settings, clock=clock) as (gateway, ib):
            await clock.advance(1)
            seen = errors_of(ib)
            raw(ib).MaxRequests = 0  # this client need not be patient
            for _ in range(52):
                raw(ib).reqCurrentTime()
            await until(lambda: len(told(gateway, 49)) == 50)
            if not rejects:
                assert len(gateway.record.received(49)) == 50
                await clock.advance(1)
            await until(lambda: len(told(gateway, 49)) + len(seen) == 52)
            assert seen == ([(-1, 100)] * 2 if rejects else [])

    run(scene())


@pytest.mark.parametrize(("master", "hears"), [(8, True), (9, False), (None, False)])
def test_the_master_client_hears_of_the_orders_of_others(
    master: int | None,
    hears: bool,  # noqa: FBT001 - a case
) -> None:
    async def scene() -> None:
        settings = GatewaySettings(master_client_id=master)
        async with with_settings(settings, on_orders(Rest(), first=2)) as (gateway, ib):
            other = await connect(gateway, 8, StartupFetchNONE)
            await filled(ib, market_order())
            ib.placeOrder(SPY, market_order())
            await until(lambda: len(gateway.book.orders) == 2)
            opened = await soon(other.reqOpenOrdersAsync())
            assert [trade.order.clientId for trade in opened] == ([7] if hears else [])
            heard = {f.message_id for f in gateway.record.sent() if f.client_id == 8}
            assert ({3, 5, 11, 59} <= heard) == hears
            await disconnect(other)

    run(scene())


def test_an_advisors_master_account_leads_a_list_that_ends_with_a_comma() -> None:
    async def scene() -> None:
        async with with_settings(GatewaySettings(advisor=Advisor.ON)) as (gateway, ib):
            assert told(gateway, 15) == [("15", "1", "DF111111,DU111111,DU222222,DU333333,")]
            raw(ib).reqAccountUpdatesMulti(77, "DF111111", "", False)
            await until(lambda: told(gateway, 74))
            assert ("NetLiquidation", "0.00") in [(f[5], f[6]) for f in told(gateway, 73)]
            raw(ib).requestFA(1)
            await until(lambda: told(gateway, 16))
            assert "<String>DU222222</String>" in told(gateway, 16)[0][3]

    run(scene())


def test_settings_that_change_in_the_window_count_at_once() -> None:
    async def scene() -> None:
        clock = ManualClock(_NOON)
        async with with_settings(GatewaySettings(), clock=clock) as (gateway, ib):
            seen = errors_of(ib)
            noon = GatewaySettings(advisor=Advisor.ON, auto_restart=time(12, 0, 10))
            gateway.change_settings(noon)
            raw(ib).reqManagedAccts()
            raw(ib).reqAccountUpdatesMulti(77, "DF111111", "", True)
            await until(lambda: told(gateway, 74))
            assert told(gateway, 15)[-1][2].startswith("DF111111,DU111111")
            gateway.change_settings(GatewaySettings(auto_restart=time(12, 0, 30)))
            await clock.advance(20)
            assert seen == []  # the earlier time counts no more
            await clock.advance(8)
            await until(lambda: seen == [(-1, 1100)])

    run(scene())


def test_above_fifty_accounts_positions_come_for_one_account_at_a_time() -> None:
    async def scene() -> None:
        market = small_market()
        market.settings = GatewaySettings(advisor=Advisor.OVER_50)
        gateway = Gateway(market)
        async with gateway.running():
            ib = IB()
            seen = errors_of(ib)
            with pytest.raises(ConnectionError):  # it always asks for positions
                await ib.connectAsync("127.0.0.1", gateway.port, 7, 0.3, raiseSyncErrors=True)
            assert (-1, 321) in seen
            (accounts,) = (f[2].split(",") for f in told(gateway, 15))
            assert (accounts[0], len(accounts)) == ("DF111111", 1 + 51 + 1)
            # IB ends a connection that did not synchronise.
            ib = await _started(gateway)
            raw(ib).reqPositionsMulti(77, "DU111111", "")
            await until(lambda: told(gateway, 72))
            held = [(f[2], f[3], f[5], f[15], f[17]) for f in told(gateway, 71)]
            assert held == [
                ("77", "DU111111", "SPY", "10", ""),
                ("77", "DU111111", "IEF", "20", ""),
            ]
            raw(ib).placeOrder(9, SPY, market_order())
            await until(lambda: len(told(gateway, 71)) == 3)
            raw(ib).cancelPositionsMulti(77)
            raw(ib).placeOrder(10, SPY, market_order())
            await until(lambda: len(gateway.book.executions) == 2)
            await soon(ib.reqCurrentTimeAsync())
            assert [f[15] for f in told(gateway, 71)] == ["10", "20", "13"]
            await disconnect(ib)

    run(scene())


async def _started(gateway: Gateway) -> IB:
    ib = IB()
    await raw(ib).connectAsync("127.0.0.1", gateway.port, 8, 5)
    return ib


def test_it_restarts_at_its_time_and_says_1100_before() -> None:
    async def scene() -> None:
        clock = ManualClock(_NOON)
        settings = GatewaySettings(auto_restart=time(12, 0, 10))
        async with with_settings(settings, clock=clock) as (gateway, ib):
            seen = errors_of(ib)
            await clock.advance(8)
            await until(lambda: (-1, 1100) in seen)
            assert gateway.client_ids == (7,)
            await clock.advance(2)
            await until(lambda: not gateway.client_ids)
            with pytest.raises(ConnectionError):
                await asyncio.open_connection("127.0.0.1", gateway.port)
            await clock.advance(3)
            again = await connect(gateway, 7, StartupFetchNONE)
            await filled(again, market_order())  # the link to the broker is up again
            await disconnect(again)

    run(scene())


async def _greeting(handshake: Handshake, versions: bytes = b"v157..178") -> bytes:
    """What comes within a moment of the hello, or up to the end of the connection."""
    market = small_market()
    market.settings = GatewaySettings(handshake=handshake)
    gateway = Gateway(market)
    async with gateway.running():
        reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
        writer.write(b"API\0" + struct.pack(">I", len(versions)) + versions)
        answer = b""
        try:
            async with asyncio.timeout(0.2):
                while more := await reader.read(4096):
                    answer += more
        except TimeoutError:
            pass
        writer.close()
        return answer


def test_a_port_that_accepts_may_say_nothing_or_another_version() -> None:
    async def scene() -> None:
        assert await _greeting(Handshake.SILENT) == b""
        assert decode_frames(await _greeting(Handshake.OUTDATED)).frames[0][0] == "151"
        answer = await _greeting(Handshake.PROTOBUF)
        assert answer.startswith(struct.pack(">I", answer[3]) + b"203\0")
        assert answer.endswith(struct.pack(">II", 6, 209) + b"\x08\x01")

    run(scene())


@pytest.mark.parametrize(
    ("versions", "greeted", "reason"),
    [
        (b"v100..156", "156", "The API client is out of date and must be upgraded: it speaks"),
        (b"v200..225", "178", "The TWS is out of date and must be upgraded: the API client"),
    ],
)
def test_a_client_of_no_common_version_hears_why_before_the_end(
    versions: bytes, greeted: str, reason: str
) -> None:
    async def scene() -> None:
        greeting, error = decode_frames(await _greeting(Handshake.USUAL, versions)).frames
        assert (greeting[0], len(greeting)) == (greeted, 2)
        assert (error[0], error[3]) == ("4", "503")
        assert error[4].startswith(reason)

    run(scene())


def test_commissions_come_behind_the_end_of_the_executions_that_were_asked_for() -> None:
    async def scene() -> None:
        async with with_settings(GatewaySettings()) as (gateway, ib):
            await filled(ib, market_order())
            before = len(gateway.record.sent())
            await soon(ib.reqExecutionsAsync(ExecutionFilter()))
            await soon(ib.reqCurrentTimeAsync())
            order = [frame.message_id for frame in gateway.record.sent()[before:]]
            assert order == [11, 55, 59, 49]

    run(scene())
