"""Pacing: a client that sends too many messages in a second is told so, the third time put out.

Source: TWS API documentation, error 100; the limit is half of the market data lines a second.
"""

from collections import deque
from datetime import datetime, timedelta

from rebalancer_adapters.gateway.clock import Clock

_SECOND = timedelta(seconds=1)
_LAST_STRAW = 3


class Pace:
    """The messages of the last second of one client."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._times: deque[datetime] = deque()
        self._breaches = 0

    @property
    def is_over(self) -> bool:
        """Whether the client has been too fast too often."""
        return self._breaches >= _LAST_STRAW

    def allows(self, messages_per_second: int | None) -> bool:
        """Whether one more message now is within the limit, None for no limit."""
        if messages_per_second is None:
            return True
        now = self._clock.now()
        while self._times and now - self._times[0] >= _SECOND:
            self._times.popleft()
        if len(self._times) >= messages_per_second:
            self._breaches += 1
            return False
        self._times.append(now)
        return True
