"""How many messages came in within one second, wherever that second begins."""

from collections import deque
from collections.abc import Iterable
from datetime import datetime, timedelta

from rebalancer_adapters.gateway import Frame

_SECOND = timedelta(seconds=1)


def peak(frames: Iterable[Frame]) -> int:
    """The most messages of any sliding second, all clients together."""
    most = 0
    second: deque[datetime] = deque()
    for frame in sorted(frames, key=lambda each: each.at):
        while second and frame.at - second[0] >= _SECOND:
            second.popleft()
        second.append(frame.at)
        most = max(most, len(second))
    return most
