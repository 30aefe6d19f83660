"""The way out of a connection: whole, byte by byte, late, never, or cut with RST or FIN."""

import asyncio
import socket
import struct
from decimal import Decimal

from rebalancer_adapters.gateway.clock import Clock
from rebalancer_adapters.gateway.exchange.tasks import Tasks
from rebalancer_adapters.gateway.scenario import Drip, Stall

_LINGER_AND_RESET = struct.pack("ii", 1, 0)


class Outgoing:
    """Bytes to one client, in their order, whatever holds them up."""

    def __init__(self, writer: asyncio.StreamWriter, clock: Clock, tasks: Tasks) -> None:
        self._writer = writer
        self._clock = clock
        self._tasks = tasks
        self._waiting = bytearray()
        self._is_stalled = False
        self._drip: Drip | None = None
        self._is_dripping = False

    @property
    def is_closing(self) -> bool:
        """Whether nothing can be sent any more."""
        return self._writer.is_closing()

    def write(self, content: bytes) -> None:
        """Send, at once unless something holds it up."""
        if self._is_stalled or self._drip is not None:
            self._waiting += content
            self._begin_dripping()
        else:
            self._writer.write(content)

    async def drain(self) -> None:
        """Wait while the client does not read; ConnectionError when it left."""
        await self._writer.drain()

    def stall(self, stall: Stall) -> None:
        """Hold everything back, for a while or for ever."""
        self._is_stalled = True
        if stall.seconds is not None:
            self._tasks.run(self._go_on(stall.seconds))

    def drip(self, drip: Drip) -> None:
        """From now on one byte at a time."""
        self._drip = drip

    def close(self) -> None:
        """End the connection with FIN, after what was sent."""
        self._writer.close()

    def abort(self) -> None:
        """Drop the connection without sending what waits."""
        self._writer.transport.abort()

    def reset(self) -> None:
        """End the connection with RST, as a crashed peer or a firewall does."""
        connection = self._writer.get_extra_info("socket")
        if connection is not None and not self.is_closing:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_AND_RESET)
        self.abort()

    async def _go_on(self, seconds: Decimal) -> None:
        await self._clock.sleep(seconds)
        self._is_stalled = False
        if self._drip is None and not self.is_closing:
            self._writer.write(bytes(self._waiting))
            self._waiting.clear()
        self._begin_dripping()

    def _begin_dripping(self) -> None:
        if self._drip is not None and not self._is_stalled and not self._is_dripping:
            self._is_dripping = True
            self._tasks.run(self._drip_out(self._drip))

    async def _drip_out(self, drip: Drip) -> None:
        while self._waiting and not self._is_stalled and not self.is_closing:
            self._writer.write(bytes(self._waiting[:1]))
            del self._waiting[:1]
            await self._clock.sleep(drip.pause_seconds)
        self._is_dripping = False
