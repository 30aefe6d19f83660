"""The line to one client: every message passes the scenario, then the record, then the socket."""

import asyncio

from rebalancer_adapters.gateway.messages import Message
from rebalancer_adapters.gateway.messages.connection import error
from rebalancer_adapters.gateway.record import Frame
from rebalancer_adapters.gateway.scenario import Alter, Delay, Event, Mute, Repeat
from rebalancer_adapters.gateway.session.floor import Floor
from rebalancer_adapters.gateway.wire import Fields, encode_frame


class Line:
    """Sends messages; `version` and `client_id` are known after hello and startApi."""

    def __init__(self, floor: Floor, writer: asyncio.StreamWriter) -> None:
        self.version = 0
        self.client_id = -1
        self._floor = floor
        self._writer = writer

    def send(self, *messages: Message) -> None:
        """Send each message as the scenario wants it: once, later, twice, never."""
        for message in messages:
            event = Event(
                is_order=False,
                message_id=message.message_id,
                client_id=self.client_id,
                account=message.account,
                symbol=message.symbol,
                status=message.status,
                tag=message.tag,
            )
            effects = self._floor.director.effects(event)
            fields = message.fields
            for each in effects:
                if isinstance(each, Alter):
                    fields = each.altered(fields)
            if any(isinstance(each, Mute) for each in effects):
                continue
            times = max([each.times for each in effects if isinstance(each, Repeat)], default=1)
            seconds = sum(each.seconds for each in effects if isinstance(each, Delay))
            for _ in range(times):
                if seconds:
                    self._floor.tasks.run(self._send_late(fields, float(seconds)))
                else:
                    self._write(fields)

    def send_error(self, req_id: int, code: int, text: str) -> None:
        self.send(error(self.version, req_id, code, text))

    def greet(self, version: int, connected_at: str) -> None:
        """Answer the hello: the version of the conversation and the time; no number in front."""
        self.version = version
        self._write((str(version), connected_at), message_id=-1)

    async def drain(self) -> None:
        """Wait while the client does not read what it was sent; ConnectionError when it left."""
        await self._writer.drain()

    def _write(self, fields: Fields, message_id: int | None = None) -> None:
        if self._writer.is_closing():
            return
        self._floor.record.add_sent(
            Frame(
                at=self._floor.clock.now(),
                client_id=self.client_id,
                message_id=int(fields[0]) if message_id is None else message_id,
                fields=fields,
            )
        )
        self._writer.write(encode_frame(fields))

    def close(self) -> None:
        """End the connection after what was sent."""
        self._writer.close()

    def abort(self) -> None:
        """Cut the connection at once, as a broken network does."""
        self._writer.transport.abort()

    async def _send_late(self, fields: Fields, seconds: float) -> None:
        await self._floor.clock.sleep(seconds)
        self._write(fields)
