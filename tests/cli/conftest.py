"""Gateways for one test each: started when asked for, stopped when the test ends."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from rebalancer_adapters.gateway import Market, Scenario
from tests.support import SimulatedGateway

Serve = Callable[..., SimulatedGateway]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """`serve(market, scenario)` starts a gateway and comes back with it."""
    with ExitStack() as gateways:

        def start(market: Market, scenario: Scenario | None = None) -> SimulatedGateway:
            return gateways.enter_context(SimulatedGateway(market, scenario))

        yield start
