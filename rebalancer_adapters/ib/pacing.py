"""Pacing: never 50 messages in any second, on whichever second the gateway begins to count.

IBKR allows 50 messages a second and ends a session at the third violation (error 100). What is
sent is spread, and the network squeezes it together again: 8 messages in any 0.2 s are 40 a second,
and at most 48 arrive in one where the way is by up to 0.2 s slower for some than for others.
ib_async's own 45 in any second become 86 as soon as one of them is a moment late.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from rebalancer_adapters.ib.decoder import Fields, RawDecoder
from rebalancer_adapters.ib.library import Client, Wrapper

_BURST = 8
_BURST_SECONDS = 0.2
_SLOWEST_BURST_SECONDS = 0.8
_REST_SECONDS = 1.0


class PacedClient(Client):
    """ib_async's client, with its throttle set to small bursts; it slows down when told to."""

    MaxRequests = _BURST
    RequestsInterval = _BURST_SECONDS  # type: ignore[assignment]  # theirs is one whole second

    def __init__(self, wrapper: Wrapper, reading: Callable[[Fields], None]) -> None:
        super().__init__(wrapper)  # type: ignore[no-untyped-call]  # it has no annotations
        self.decoder = RawDecoder(wrapper, reading)

    def slow_down(self) -> float:
        """Rest for a second, then send half as fast, 10 a second at least: how many a second."""
        self.RequestsInterval = min(2 * self.RequestsInterval, _SLOWEST_BURST_SECONDS)
        # The throttle waits while its window is full: here, of messages that are still to come.
        end_of_rest = asyncio.get_running_loop().time() + _REST_SECONDS
        self._timeQ = deque([end_of_rest - self.RequestsInterval] * _BURST)
        return _BURST / self.RequestsInterval
