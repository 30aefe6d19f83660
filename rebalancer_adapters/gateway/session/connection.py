"""The line to one client: every message passes the scenario, then the record, then the socket."""

import asyncio

from rebalancer_adapters.gateway.messages import Message
from rebalancer_adapters.gateway.messages.connection import error
from rebalancer_adapters.gateway.record import Frame, message_id_of
from rebalancer_adapters.gateway.scenario import (
    Cut,
    Drip,
    Effect,
    Event,
    GatewayEffect,
    Kind,
    Stall,
)
from rebalancer_adapters.gateway.session.delivery import Delivery, plan_delivery
from rebalancer_adapters.gateway.session.outgoing import Outgoing
from rebalancer_adapters.gateway.session.phase import FurthestPhase
from rebalancer_adapters.gateway.session.shared import Shared
from rebalancer_adapters.gateway.wire import Fields, encode_frame


class Connection:
    """Sends messages; `version` and `client_id` are known after hello and startApi."""

    def __init__(self, shared: Shared, writer: asyncio.StreamWriter) -> None:
        self.version = 0
        self.client_id = -1
        self.progress = FurthestPhase()
        self._shared = shared
        self._out = Outgoing(writer, shared.clock, shared.tasks)
        self._behind: list[tuple[int, Delivery]] = []

    @property
    def is_closing(self) -> bool:
        """Whether the connection has ended, or is about to."""
        return self._out.is_closing

    def send(self, *messages: Message) -> None:
        """Send each message as the scenario wants it: once, later, twice, never."""
        for message in messages:
            self.progress.told(message.message_id)
            effects = self._shared.scheduler.effects(
                Event(
                    kind=Kind.MESSAGE,
                    message_id=message.message_id,
                    client_id=self.client_id,
                    account=message.account,
                    symbol=message.symbol,
                    status=message.status,
                    tag=message.tag,
                    phase=self.progress.phase,
                )
            )
            self._deliver(plan_delivery(message.fields, effects))
            self.suffer(effects)

    def send_error(self, req_id: int, code: int, text: str) -> None:
        self.send(error(self.version, req_id, code, text))

    def greet(self, version: int, connected_at: str) -> None:
        """Answer the hello: the version of the conversation and the time; no number in front."""
        self.version = version
        greeting = (str(version), connected_at)
        self._note(greeting, -1)
        self._out.write(encode_frame(greeting))

    def send_raw(self, frame: bytes) -> None:
        """Send bytes that are no message of text; they are not in the record."""
        self._out.write(frame)

    def suffer(self, effects: tuple[Effect, ...]) -> None:
        """Let happen what the effects do to this connection and to the whole gateway."""
        for each in effects:
            if isinstance(each, Cut):
                self._cut_soon(each)
            elif isinstance(each, Stall):
                self._out.stall(each)
            elif isinstance(each, Drip):
                self._out.drip(each)
            elif isinstance(each, GatewayEffect):
                self._shared.trouble(each)

    async def drain(self) -> None:
        """Wait while the client does not read what it was sent; ConnectionError when it left."""
        await self._out.drain()

    def close(self) -> None:
        """End the connection after what was sent."""
        self._out.close()

    def abort(self) -> None:
        """Cut the connection at once, as a broken network does."""
        self._out.abort()

    def _deliver(self, delivery: Delivery) -> None:
        if delivery.garbage:
            self._out.write(delivery.garbage)
        if delivery.is_half:
            self._write_half(delivery)
            return
        for _ in range(delivery.times):
            if delivery.behind:
                self._behind.append((delivery.behind, delivery))
            elif delivery.seconds:
                self._shared.tasks.run(self._send_late(delivery))
            else:
                self._write(delivery)

    def _write(self, delivery: Delivery) -> None:
        if self.is_closing:
            return
        self._write_one(delivery)
        waiting = [(left - 1, each) for left, each in self._behind]
        self._behind = [(left, each) for left, each in waiting if left > 0]
        for left, each in waiting:
            if left <= 0:
                self._write_one(each)

    def _write_one(self, delivery: Delivery) -> None:
        self._note(delivery.fields, message_id_of(delivery.fields))
        self._out.write(encode_frame(delivery.fields, delivery.encoding))

    def _write_half(self, delivery: Delivery) -> None:
        if not self.is_closing:
            frame = encode_frame(delivery.fields)
            self._note(delivery.fields, message_id_of(delivery.fields))
            self._out.write(frame[: len(frame) // 2])
            self.close()

    def _note(self, fields: Fields, message_id: int) -> None:
        self._shared.record.add_sent(
            Frame(
                at=self._shared.clock.now(),
                client_id=self.client_id,
                message_id=message_id,
                fields=fields,
            )
        )

    async def _send_late(self, delivery: Delivery) -> None:
        await self._shared.clock.sleep(delivery.seconds)
        self._write(delivery)

    def _cut_soon(self, cut: Cut) -> None:
        if cut.after_seconds:
            self._shared.tasks.run(self._cut_late(cut))
        else:
            self._cut(cut)

    async def _cut_late(self, cut: Cut) -> None:
        await self._shared.clock.sleep(cut.after_seconds)
        self._cut(cut)

    def _cut(self, cut: Cut) -> None:
        if cut.reset:
            self._out.reset()
        else:
            self._out.close()
