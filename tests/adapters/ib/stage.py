"""A simulated gateway with a session on it, each test its own event loop."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from rebalancer_adapters.gateway import Frame, Gateway, Scenario, load_market
from rebalancer_adapters.ib.session import TradingSession, trading_session
from tests.contract.harness import MARKET, PATIENCE, address

T = TypeVar("T")


def stage(scenario: Scenario | None = None) -> Gateway:
    """A gateway on the market of the contract suite, not yet listening."""
    return Gateway(load_market(MARKET), scenario=scenario)


def play(
    story: Callable[[Gateway, TradingSession], Awaitable[T]],
    *,
    scenario: Scenario | None = None,
    timeout_seconds: float = 5,
) -> T:
    """What the story returns, told in a session that may trade."""

    async def tell() -> T:
        gateway = stage(scenario)
        async with (
            gateway.running(),
            trading_session(
                address(gateway, timeout_seconds=timeout_seconds), patience=PATIENCE
            ) as opened,
        ):
            session = opened.unwrap()
            return await story(gateway, session)

    return asyncio.run(tell())


async def received(gateway: Gateway, message_id: int, count: int) -> tuple[Frame, ...]:
    """Frames of one kind as soon as `count` of them arrived; the test fails when they never do."""
    for _ in range(400):
        frames = gateway.record.received(message_id)
        if len(frames) >= count:
            return frames
        await asyncio.sleep(0.005)
    raise AssertionError(f"{count} frames {message_id} never arrived")
