"""Contracts: one US listing in USD, or a reason and close ones."""

import pytest
from ib_async.contract import Contract, ContractDetails

from rebalancer_adapters.gateway import Gateway, Mute, on_messages
from rebalancer_adapters.ib.contracts import to_listing
from rebalancer_adapters.ib.session import TradingSession
from rebalancer_core.values.faults import BrokerSilent
from rebalancer_core.values.instruments import ConId, Listing, Symbol, Unlisted, UnlistedWhy
from tests.adapters.ib.stage import play
from tests.contract.worlds import IEF, SPY, SPY_OPTION


@pytest.mark.parametrize("name", ["BRK.B", "BRK-B", "BRK B"])
def test_share_classes_are_asked_as_ibkr_spells_them_and_keep_our_name(name: str) -> None:
    async def story(gateway: Gateway, session: TradingSession) -> None:
        (found,) = (await session.broker.listings((Symbol(name),))).unwrap()
        assert isinstance(found, Unlisted)
        assert found.symbol == name
        assert {frame.fields[4] for frame in gateway.record.received(9)} == {"BRK B"}

    play(story)


def test_an_option_is_no_listing() -> None:
    async def story(_gateway: Gateway, session: TradingSession) -> None:
        (found,) = (await session.broker.listings_of((SPY_OPTION,))).unwrap()
        assert isinstance(found, Unlisted)
        assert (found.symbol, found.why) == (SPY, UnlistedWhy.NOT_USD_STOCK)

    play(story)


def test_a_contract_in_another_currency_is_no_listing_wherever_it_trades() -> None:
    async def story(_gateway: Gateway, session: TradingSession) -> None:
        (found,) = (await session.broker.listings_of((ConId(1008),))).unwrap()
        assert isinstance(found, Unlisted)
        assert found.why is UnlistedWhy.NOT_USD_STOCK

    play(story)


def test_a_listing_has_its_hours_in_utc() -> None:
    async def story(_gateway: Gateway, session: TradingSession) -> None:
        (found,) = (await session.broker.listings((SPY,))).unwrap()
        now = (await session.broker.server_time()).unwrap()
        assert isinstance(found, Listing)
        assert any(s.opens <= now < s.closes for s in found.liquid_sessions)

    play(story)


def test_contract_details_that_never_come_are_a_fault() -> None:
    async def story(_gateway: Gateway, session: TradingSession) -> None:
        fault = (await session.broker.listings((SPY, IEF))).failure()
        assert isinstance(fault, BrokerSilent)
        assert "SPY" in fault.request

    play(story, scenario=on_messages(Mute(), message_id=52), timeout_seconds=0.2)


@pytest.mark.parametrize("zone", ["", "JST9"])
def test_a_listing_without_a_known_zone_has_no_hours(zone: str) -> None:
    row = ContractDetails(
        contract=Contract(conId=1, symbol="SPY", primaryExchange="ARCA"),
        timeZoneId=zone,
        liquidHours="20260105:0930-20260105:1600",
        stockType="ETF",
        longName="A FUND",
    )
    listing = to_listing(row, SPY)
    assert listing.liquid_sessions == ()
    assert (listing.stock_type, listing.name) == ("ETF", "A FUND")
