"""The broker's time, asked once a connection."""

from __future__ import annotations

from rebalancer_core.ports import BrokerPort, Clock
from rebalancer_core.values.faults import BrokerFault
from rebalancer_core.values.results import Failed, unwrap_or_failed


async def hear_clock(clock: Clock, broker: BrokerPort) -> BrokerFault | None:
    """Go by the time that the broker tells now; why it told none, where it did not."""
    stated = unwrap_or_failed(await broker.server_time())
    if isinstance(stated, Failed):
        return stated.error
    clock.hear(stated)
    return None
