"""Progress goes on while a request is out: the live line is drawn again twice a second."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from rebalancer_cli.terminal.live_line import LiveLine

_SECONDS = 0.5


@asynccontextmanager
async def beating(
    line: LiveLine, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
) -> AsyncIterator[None]:
    """For the block; at its end nothing of the line is left on the screen."""
    beat = asyncio.ensure_future(_beat(line, sleep))
    try:
        yield
    finally:
        beat.cancel()
        line.end()


async def _beat(line: LiveLine, sleep: Callable[[float], Awaitable[object]]) -> None:
    while True:
        await sleep(_SECONDS)
        line.tick()
