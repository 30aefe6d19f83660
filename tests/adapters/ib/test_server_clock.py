"""Ages are told by the broker's clock."""

import asyncio
from datetime import UTC, datetime, timedelta

from rebalancer_adapters.gateway import Gateway, ManualClock, load_market
from rebalancer_adapters.ib.session import TradingSession, trading_session
from rebalancer_core.values.instruments import Listing
from rebalancer_core.values.policy import PricingPolicy
from tests.contract.harness import MARKET, PATIENCE, address
from tests.contract.worlds import SPY, USD_ACCOUNT

_FRIDAY = datetime(2026, 1, 2, 15, tzinfo=UTC)


def test_a_price_is_as_old_as_the_brokers_clock_says() -> None:
    _at_local_time(_FRIDAY + timedelta(days=300))


def test_a_difference_below_the_clocks_resolution_is_none() -> None:
    local = _FRIDAY + timedelta(seconds=1)
    assert _at_local_time(local) == local


def _at_local_time(local: datetime) -> datetime:
    async def story() -> datetime:
        gateway = Gateway(load_market(MARKET), clock=ManualClock(_FRIDAY))
        async with (
            gateway.running(),
            trading_session(address(gateway), patience=PATIENCE, local=lambda: local) as session,
        ):
            assert isinstance(session, TradingSession)
            (listing,) = (await session.broker.listings((SPY,))).unwrap()
            assert isinstance(listing, Listing)
            (seen,) = (await session.broker.observations((listing,), PricingPolicy())).unwrap()
            assert seen.last_at is not None
            assert timedelta(0) <= seen.observed_at - seen.last_at <= timedelta(seconds=2)
            account = (await session.broker.snapshot(USD_ACCOUNT)).unwrap()
            assert account.as_of == seen.observed_at
            return (await session.broker.server_time()).unwrap()

    return asyncio.run(story())
