"""Ages are told by the broker's clock."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from rebalancer_adapters.gateway import Alter, Gateway, ManualClock, load_market, on_messages
from rebalancer_adapters.ib.session import trading_session
from rebalancer_core.values.faults import BrokerFault, ImpossibleAnswer
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


@pytest.mark.parametrize(
    "seconds",
    ["253402300799", "253402300800", "99999999999999999999", "0", "-1", "-99999999999999"],
)
def test_an_impossible_time_opens_no_session(seconds: str) -> None:
    async def story() -> BrokerFault:
        lie = on_messages(Alter(field=2, text=seconds), message_id=49)
        gateway = Gateway(load_market(MARKET), scenario=lie)
        async with gateway.running(), trading_session(address(gateway)) as opened:
            return opened.failure()

    answer = f"{seconds} seconds since 1970"
    assert asyncio.run(story()) == ImpossibleAnswer(request="server time", answer=answer)


def _at_local_time(local: datetime) -> datetime:
    async def story() -> datetime:
        gateway = Gateway(load_market(MARKET), clock=ManualClock(_FRIDAY))
        async with (
            gateway.running(),
            trading_session(address(gateway), patience=PATIENCE, local=lambda: local) as opened,
        ):
            session = opened.unwrap()
            (listing,) = (await session.broker.listings((SPY,))).unwrap()
            assert isinstance(listing, Listing)
            (seen,) = (await session.broker.observations((listing,), PricingPolicy())).unwrap()
            assert seen.last_at is not None
            assert timedelta(0) <= seen.observed_at - seen.last_at <= timedelta(seconds=2)
            account = (await session.broker.snapshot(USD_ACCOUNT)).unwrap()
            assert account.as_of == seen.observed_at
            return (await session.broker.server_time()).unwrap()

    return asyncio.run(story())
