"""What closes a gate, what opens it again, and that no order leaves meanwhile."""

import asyncio
from decimal import Decimal

import pytest

from rebalancer_adapters.gateway import Gateway, Remark, Rest, on_orders
from rebalancer_adapters.ib.gates import Gates
from rebalancer_adapters.ib.session import TradingSession, reading_session
from rebalancer_core.messages import explain
from rebalancer_core.orders.events import BrokerFact, ErrorReported, LinkDown, LinkUp, OrderSeen
from rebalancer_core.ports import BrokerPort
from rebalancer_core.values.account import DataType
from rebalancer_core.values.faults import BrokerFault, GateClosed, LinkLost
from rebalancer_core.values.instruments import Listing, Symbol
from rebalancer_core.values.policy import PricingPolicy
from tests.adapters.ib.stage import play, received, stage
from tests.contract.harness import address, facts_until, ticket
from tests.contract.worlds import IEF, SPY, USD_ACCOUNT

BROKEN = "Market data farm connection is broken:usfarm"
WORKING = "Market data farm connection is OK:usfarm"
STALE = "prices may be stale: market data farm usfarm is broken (2103)"
_ORDER, _ASK = 3, 1
_CENT = Decimal("0.01")


@pytest.mark.parametrize("code", [1100, 2110, 10182])
@pytest.mark.parametrize("back", [1101, 1102])
def test_a_gateway_cut_off_from_its_broker_is_closed_until_it_is_back(code: int, back: int) -> None:
    gates = Gates()
    assert gates.hear(code, "lost") == LinkDown(detail=f"error {code}: lost", closed=False)
    assert gates.cut_off == f"error {code}: lost"
    assert gates.hear(back, "restored") == LinkUp(code=back)
    assert gates.cut_off == ""


def test_orders_hear_of_one_outage_once() -> None:
    gates = Gates()
    assert gates.hear(1100, "lost") is not None
    assert gates.hear(2110, "broken") is None
    assert gates.cut_off == "error 1100: lost"
    gates.hear(1102, "restored")
    assert gates.hear(2110, "broken") is not None


@pytest.mark.parametrize("code", [504, 1300])
def test_a_socket_that_is_gone_stays_gone(code: int) -> None:
    gates = Gates()
    assert gates.hear(code, "gone") == LinkDown(detail=f"error {code}: gone", closed=True)
    assert gates.hear(1100, "lost") is None
    assert gates.hear(1102, "restored") is None
    gates.opened_by_ticks(gates.breaks)
    assert gates.cut_off == f"error {code}: gone"


def test_a_broken_farm_makes_no_order_doubtful() -> None:
    gates = Gates()
    assert gates.hear(2103, BROKEN) is None
    assert (gates.cut_off, gates.stale_prices) == ("", STALE)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (2104, "Market data farm connection is OK:jfarm"),
        (2105, "HMDS data farm connection is broken:usfarm"),
        (2106, "HMDS data farm connection is OK:usfarm"),
        (2108, "Market data farm connection is inactive but should be available:usfarm"),
        (2119, "Market data farm is connecting:usfarm"),
        (1101, "restored - data lost"),
        (1102, "restored - data maintained"),
    ],
)
def test_only_its_own_farm_opens_it(code: int, text: str) -> None:
    gates = Gates()
    gates.hear(2103, BROKEN)
    gates.hear(code, text)
    assert gates.stale_prices == STALE
    gates.hear(2104, WORKING)
    assert gates.stale_prices == ""


@pytest.mark.parametrize("code", [2104, 2105, 2106, 2108, 2119, 2158, 399, 201])
def test_other_codes_close_nothing(code: int) -> None:
    gates = Gates()
    assert gates.hear(code, BROKEN) is None
    assert (gates.cut_off, gates.stale_prices) == ("", "")


def test_every_broken_farm_must_be_back() -> None:
    gates = Gates()
    gates.hear(2103, BROKEN)
    gates.hear(2103, "Market data farm connection is broken:cashfarm")
    gates.hear(2104, WORKING)
    assert gates.stale_prices == ("prices may be stale: market data farm cashfarm is broken (2103)")


def test_a_farm_without_a_name_is_opened_by_ticks_alone() -> None:
    gates = Gates()
    gates.hear(2103, "a farm is broken")
    gates.hear(2104, "a farm is fine")
    assert gates.stale_prices == "prices may be stale: error 2103: a farm is broken"
    gates.opened_by_ticks(gates.breaks)
    assert gates.stale_prices == ""


def test_ticks_asked_for_before_a_farm_broke_again_open_nothing() -> None:
    gates = Gates()
    gates.hear(2103, BROKEN)
    asked = gates.breaks
    gates.hear(2104, WORKING)
    gates.hear(2103, BROKEN)
    gates.opened_by_ticks(asked)
    assert gates.stale_prices == STALE


@pytest.mark.parametrize("code", [2110, 10182])
def test_nothing_is_sent_until_the_broker_is_back(code: int) -> None:
    async def story(gateway: Gateway, session: TradingSession) -> None:
        desk = session.order_desk()
        gateway.announce(code, "broken")
        gateway.announce(1100, "lost")
        await facts_until(desk, _down)
        assert "broken" in desk.closed_gate
        assert isinstance((await desk.submit(ticket(SPY, 3))).failure(), LinkLost)
        assert isinstance((await desk.evidence(USD_ACCOUNT)).failure(), LinkLost)
        gateway.announce(1102, "restored")
        assert await facts_until(desk, bool) == [LinkUp(code=1102)]
        assert desk.closed_gate == ""
        (await desk.submit(ticket(SPY, 3))).unwrap()
        await received(gateway, _ORDER, 1)

    play(story)


@pytest.mark.parametrize("code", [504, 1300])
def test_a_session_whose_socket_was_reset_never_sends_again(code: int) -> None:
    async def story(gateway: Gateway, session: TradingSession) -> None:
        desk = session.order_desk()
        gateway.announce(code, "reset")
        gateway.announce(1102, "restored")
        assert await _heard(session) == (LinkDown(detail=f"error {code}: reset", closed=True),)
        assert isinstance((await desk.submit(ticket(SPY, 3))).failure(), LinkLost)
        assert not gateway.record.received(_ORDER)

    play(story)


def test_while_a_market_data_farm_is_broken_nothing_is_sent_but_everything_is_asked() -> None:
    async def story(gateway: Gateway, session: TradingSession) -> None:
        desk = session.order_desk()
        gateway.announce(2103, BROKEN)
        assert await _heard(session) == ()
        assert (desk.closed_gate, session.closed_gate) == (STALE, STALE)
        fault = (await desk.submit(ticket(SPY, 3))).failure()
        assert _is_gate(fault)
        assert (await desk.evidence(USD_ACCOUNT)).unwrap() == ()
        (await session.broker.snapshot(USD_ACCOUNT)).unwrap()
        gateway.announce(2104, "Market data farm connection is OK:jfarm")
        await _heard(session)
        assert _is_gate((await desk.submit(ticket(SPY, 3))).failure())
        gateway.announce(2104, WORKING)
        await _heard(session)
        (await desk.submit(ticket(SPY, 3))).unwrap()
        await received(gateway, _ORDER, 1)

    play(story)


@pytest.mark.parametrize(
    ("code", "text", "downs"),
    [(504, "gone", [True]), (10182, "lost", [False]), (2103, BROKEN, [])],
)
def test_a_code_about_an_order_closes_the_gate_too(code: int, text: str, downs: list[bool]) -> None:
    async def story(_gateway: Gateway, session: TradingSession) -> None:
        desk = session.order_desk()
        order = ticket(SPY, 3)
        (await desk.submit(order)).unwrap()
        facts = await facts_until(desk, _about(order.order_ref, code))
        assert [f.closed for f in facts if isinstance(f, LinkDown)] == downs
        assert any(isinstance(f, OrderSeen) for f in facts)
        assert text.rpartition(":")[2] in desk.closed_gate

    play(story, scenario=on_orders(Rest(), Remark(code=code, text=text)))


def test_a_session_that_reads_says_that_prices_may_be_stale() -> None:
    async def story() -> None:
        gateway = stage()
        async with gateway.running(), reading_session(address(gateway)) as opened:
            session = opened.unwrap()
            assert session.closed_gate == ""
            gateway.announce(2103, BROKEN)
            (await session.broker.server_time()).unwrap()
            assert session.closed_gate == STALE

    asyncio.run(story())


def test_live_ticks_that_flow_for_every_listing_open_a_broken_farm() -> None:
    async def story(gateway: Gateway, session: TradingSession) -> None:
        gateway.announce(2103, BROKEN)
        listings = await _listings(session.broker, SPY, IEF)
        asking = asyncio.ensure_future(session.broker.observations(listings, PricingPolicy()))
        await received(gateway, _ASK, 2)
        _move(gateway, SPY, IEF)
        seen = (await asking).unwrap()
        assert {(each.data_type, each.doubt) for each in seen} == {(DataType.LIVE, "")}
        assert session.closed_gate == ""

    play(story)


@pytest.mark.parametrize("moved", [(), (SPY,)])
def test_one_listing_without_a_second_tick_keeps_it_closed(moved: tuple[Symbol, ...]) -> None:
    async def story(gateway: Gateway, session: TradingSession) -> None:
        gateway.announce(2103, BROKEN)
        listings = await _listings(session.broker, SPY, IEF)
        asking = asyncio.ensure_future(session.broker.observations(listings, PricingPolicy()))
        await received(gateway, _ASK, 2)
        _move(gateway, *moved)
        seen = (await asking).unwrap()
        assert session.closed_gate == STALE
        assert [each.doubt for each in seen] == [STALE, STALE]

    play(story)


def test_ticks_of_a_request_that_was_sent_before_the_farm_broke_do_not_open_it() -> None:
    async def story(gateway: Gateway, session: TradingSession) -> None:
        gateway.announce(2103, "Market data farm connection is broken:cashfarm")
        listings = await _listings(session.broker, SPY)
        asking = asyncio.ensure_future(session.broker.observations(listings, PricingPolicy()))
        await received(gateway, _ASK, 1)
        gateway.announce(2103, BROKEN)
        _move(gateway, SPY)
        (await asking).unwrap()
        assert session.closed_gate == STALE

    play(story)


def test_a_look_at_no_listing_opens_nothing() -> None:
    async def story(gateway: Gateway, session: TradingSession) -> None:
        gateway.announce(2103, BROKEN)
        await session.broker.server_time()
        assert (await session.broker.observations((), PricingPolicy())).unwrap() == ()
        assert session.closed_gate == STALE

    play(story)


def _move(gateway: Gateway, *symbols: Symbol) -> None:
    for symbol in symbols:
        gateway.market.set_price(symbol, bid=_bid(gateway, symbol) + _CENT)


def _bid(gateway: Gateway, symbol: Symbol) -> Decimal:
    return gateway.market.quote(gateway.market.instrument(symbol).con_id).bid


async def _listings(broker: BrokerPort, *symbols: Symbol) -> tuple[Listing, ...]:
    found = (await broker.listings(symbols)).unwrap()
    return tuple(entry for entry in found if isinstance(entry, Listing))


async def _heard(session: TradingSession) -> tuple[BrokerFact, ...]:
    """The facts so far, everything that the gateway said before now among them."""
    (await session.broker.server_time()).unwrap()
    return await session.order_desk().facts(0)


def _is_gate(fault: BrokerFault) -> bool:
    return fault == GateClosed(detail=STALE) and STALE in explain(fault)


def _down(facts: list[BrokerFact]) -> bool:
    return any(isinstance(fact, LinkDown) for fact in facts)


class _About:
    """Whether an error of this code about this order is among the facts, and the order's echo."""

    def __init__(self, order_ref: str, code: int) -> None:
        self._wanted = (order_ref, code)

    def __call__(self, facts: list[BrokerFact]) -> bool:
        told = {(f.order_ref, f.code) for f in facts if isinstance(f, ErrorReported)}
        return self._wanted in told and any(isinstance(f, OrderSeen) for f in facts)


def _about(order_ref: str, code: int) -> _About:
    return _About(order_ref, code)
