"""Pacing: a client that sends too many messages in a second is slowed down, or told so.

Told three times, it is put out.

Source: TWS API documentation, error 100; the limit is half of the market data lines a second.
"""

from collections import deque
from datetime import datetime, timedelta

from rebalancer_adapters.gateway.clock import Clock

MAX_RATE = 50
"""Messages of one client in a second: half of the usual 100 market data lines."""

_SECOND = timedelta(seconds=1)
_LAST_STRAW = 3


class RateLimit:
    """The messages of the last second of one client, by the time when they came in.

    The strictest reading of the rule: the second slides, it counts messages of every type, those
    that were refused too, and each one above the limit is a violation.
    """

    def __init__(self) -> None:
        self._times: deque[datetime] = deque()
        self._breaches = 0

    @property
    def is_over(self) -> bool:
        """Whether the client has been too fast too often."""
        return self._breaches >= _LAST_STRAW

    def allows(self, messages_per_second: int | None, at: datetime) -> bool:
        """Whether one more message that came in at `at` is within the limit, None for no limit."""
        while self._times and at - self._times[0] >= _SECOND:
            self._times.popleft()
        self._times.append(at)
        if messages_per_second is None or len(self._times) <= messages_per_second:
            return True
        self._breaches += 1
        return False


class Slowdown:
    """What is read of one client in any second is at most `MAX_RATE` messages; the rest waits."""

    def __init__(self) -> None:
        self._times: deque[datetime] = deque(maxlen=MAX_RATE)

    async def take(self, clock: Clock) -> None:
        """Come back when one more message may be read."""
        if len(self._times) == MAX_RATE:
            left = self._times[0] + _SECOND - clock.now()
            if left > timedelta(0):
                await clock.sleep(left.total_seconds())
        self._times.append(clock.now())
