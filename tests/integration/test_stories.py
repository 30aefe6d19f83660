"""The stories of the integration tests, at the simulated gateway; and where they refuse to go."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from attrs import evolve

from rebalancer_adapters.ib.address import GatewayAddress
from rebalancer_core.values.instruments import AccountId, Symbol
from rebalancer_core.values.margin import MarginEffect
from rebalancer_core.values.plan import Side
from tests.integration import stories
from tests.integration.place import NEEDED, Place, RefusedError, account_of, place_of
from tests.support import SimulatedGateway, account, market

PAPER, LIVE = AccountId("DU111111"), AccountId("U1234567")
VARIABLES = {"IBKR_HOST": "127.0.0.1", "IBKR_PORT": "4002", "IBKR_CLIENT_ID": "91"}


def _place(gateway: SimulatedGateway) -> Place:
    address = GatewayAddress(host="127.0.0.1", port=gateway.port, client_id=91)
    return Place(address=address, symbol=Symbol("IEF"), may_trade=True)


def test_the_round_trip_leaves_the_account_as_it_was() -> None:
    with SimulatedGateway(market(account(PAPER, usd="1000", IEF=3))) as gateway:
        place = _place(gateway)
        assert isinstance(asyncio.run(stories.what_if(place)), MarginEffect)
        assert not gateway.orders
        trip = asyncio.run(stories.round_trip(place))
        assert [each.side for each in trip.executions] == [Side.BUY, Side.SELL]
        assert trip.before == trip.after == 3
        assert len(gateway.orders) == len(gateway.executions) == 2


def test_without_the_word_nothing_is_traded() -> None:
    with SimulatedGateway(market(account(PAPER, usd="1000"))) as gateway:
        place = evolve(_place(gateway), may_trade=False)
        with pytest.raises(RefusedError, match="IBKR_TRADE"):
            asyncio.run(stories.round_trip(place))
        assert not gateway.placed


@pytest.mark.parametrize("story", [stories.snapshot, stories.round_trip])
def test_a_login_with_a_live_account_is_left_alone(
    story: Callable[[Place], Awaitable[object]],
) -> None:
    with SimulatedGateway(market(account(PAPER, usd="1"), account(LIVE, usd="1000"))) as gateway:

        async def told() -> None:
            await story(_place(gateway))

        with pytest.raises(RefusedError, match=f"^{LIVE}: "):
            asyncio.run(told())
        assert not gateway.orders
        assert gateway.record.received(9) == ()


@pytest.mark.parametrize("missing", NEEDED)
def test_without_a_variable_there_is_no_place(missing: str) -> None:
    assert place_of({**VARIABLES, missing: ""}) is None
    assert place_of(VARIABLES) is not None


@pytest.mark.parametrize("port", ["4001", "7496"])
def test_the_port_of_a_live_login_is_refused(port: str) -> None:
    with pytest.raises(RefusedError, match=port):
        place_of({**VARIABLES, "IBKR_PORT": port})


@pytest.mark.parametrize(("word", "allows"), [("yes", 1), ("", 0), ("no", 0), ("true", 0)])
def test_only_yes_allows_trades(word: str, allows: int) -> None:
    place = place_of({**VARIABLES, "IBKR_TRADE": word})
    assert place is not None
    assert place.may_trade == bool(allows)


def test_of_several_accounts_one_must_be_named() -> None:
    place = place_of(VARIABLES)
    assert place is not None
    other = AccountId("DU222222")
    assert account_of(place, (PAPER,)) == PAPER
    with pytest.raises(RefusedError, match="IBKR_ACCOUNT"):
        account_of(place, (PAPER, other))
    with pytest.raises(RefusedError, match="no account"):
        account_of(place, ())
    named = place_of({**VARIABLES, "IBKR_ACCOUNT": other})
    assert named is not None
    assert account_of(named, (PAPER, other)) == other
    with pytest.raises(RefusedError, match="IBKR_ACCOUNT"):
        account_of(named, (PAPER,))
