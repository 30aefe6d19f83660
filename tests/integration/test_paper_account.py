"""A paper account at IBKR: read, asked, and with IBKR_TRADE=yes traded by one share."""

import asyncio
import os

import pytest

from rebalancer_core.values.margin import MarginEffect
from rebalancer_core.values.money import ONE, ZERO
from rebalancer_core.values.plan import Side
from tests.integration import stories
from tests.integration.place import NEEDED, Place, place_of

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(
        not all(os.environ.get(name) for name in NEEDED), reason=f"needs {', '.join(NEEDED)}"
    ),
]


@pytest.fixture(name="place")
def place_to_test() -> Place:
    place = place_of(os.environ)
    assert place is not None
    return place


def test_the_login_names_its_paper_accounts_and_knows_the_etf(place: Place) -> None:
    session = asyncio.run(stories.connected(place))
    assert session.account_id.startswith("D")
    assert session.listing.symbol == place.symbol
    assert session.listing.liquid_sessions


def test_the_account_is_read_completely(place: Place) -> None:
    account = asyncio.run(stories.snapshot(place))
    assert account.account_id.startswith("D")
    assert account.base_currency
    assert all(each.quantity for each in account.positions)


def test_a_price_comes_with_its_kind(place: Place) -> None:
    seen = asyncio.run(stories.price(place))
    assert seen.error_code is None, f"{seen.error_code}: {seen.error_text}"
    assert seen.data_type is not None
    assert (seen.last or seen.close or ZERO) > ZERO


def test_a_what_if_names_margin_or_commission_and_orders_nothing(place: Place) -> None:
    before = asyncio.run(stories.snapshot(place))
    answer = asyncio.run(stories.what_if(place))
    assert isinstance(answer, MarginEffect), answer
    assert answer.initial is not None or answer.commission is not None
    assert asyncio.run(stories.snapshot(place)).positions == before.positions


@pytest.mark.skipif(
    os.environ.get("IBKR_TRADE") != "yes", reason="trades one share: IBKR_TRADE=yes allows it"
)
def test_one_share_is_bought_and_sold_again(place: Place) -> None:
    shut = asyncio.run(stories.market_closed(place))
    if shut is not None:
        pytest.skip(f"the market is closed, opens {shut.opens}")
    trip = asyncio.run(stories.round_trip(place))
    assert [(each.side, each.shares) for each in trip.executions] == [
        (Side.BUY, ONE),
        (Side.SELL, ONE),
    ]
    assert trip.after == trip.before
