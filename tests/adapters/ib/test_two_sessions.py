"""Two sessions in one process do not hear each other's troubles."""

import asyncio

import pytest
from returns.pipeline import is_successful

from rebalancer_adapters.gateway import Garbage, on_messages
from rebalancer_adapters.ib.address import GatewayAddress
from rebalancer_adapters.ib.session import reading_session
from rebalancer_core.values.instruments import AccountId
from tests.support import SimulatedGateway, account, market

_ACCOUNT = AccountId("DU111111")
_GARBAGE = on_messages(Garbage(hexadecimal="00000004fffefd00"), message_id=73)


def test_garbage_on_one_connection_does_not_make_the_other_account_incomplete(
    caplog: pytest.LogCaptureFixture,
) -> None:
    there = market(account(_ACCOUNT, usd="1000"))
    with SimulatedGateway(there) as honest, SimulatedGateway(there, _GARBAGE) as broken:
        assert asyncio.run(_read_both(honest, broken)) == (True, False)
    caplog.clear()


async def _read_both(honest: SimulatedGateway, broken: SimulatedGateway) -> tuple[bool, bool]:
    async with (
        reading_session(_address(honest)) as good_opened,
        reading_session(_address(broken)) as bad_opened,
    ):
        good = good_opened.unwrap()
        bad = bad_opened.unwrap()
        damaged = await bad.broker.snapshot(_ACCOUNT)
        whole = await good.broker.snapshot(_ACCOUNT)
        return is_successful(whole), is_successful(damaged)


def _address(gateway: SimulatedGateway) -> GatewayAddress:
    return GatewayAddress(host="127.0.0.1", port=gateway.port, client_id=42, timeout_seconds=5)
