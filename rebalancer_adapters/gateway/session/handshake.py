"""The hello: which version is spoken, and why some clients are turned away."""

from datetime import datetime

from attrs import frozen

from rebalancer_adapters.gateway.clock import Clock
from rebalancer_adapters.gateway.messages.binary import binary_next_valid_id
from rebalancer_adapters.gateway.session.arrival import Arrived, TimedReader
from rebalancer_adapters.gateway.session.connection import Connection
from rebalancer_adapters.gateway.settings import Handshake
from rebalancer_adapters.gateway.wire import (
    MAX_VERSION,
    MIN_VERSION,
    BadHello,
    Hello,
    Incomplete,
    choose_version,
    parse_hello,
)

_OUTDATED = 151
_PROTOBUF = 203


@frozen
class Ended:
    """The conversation ends with the hello."""


async def shake_hands(
    connection: Connection, reader: TimedReader, clock: Clock, kind: Handshake
) -> Arrived | Ended:
    """What came behind the hello of a client that was answered."""
    arrived = Arrived(at=clock.now(), data=b"")
    while True:
        hello = Incomplete() if kind is Handshake.SILENT else parse_hello(arrived.data)
        match hello:
            case Incomplete():
                more = await reader.next()
                if not more.data:
                    return Ended()
                # A silent gateway keeps nothing of what it is told, however much it is.
                kept = b"" if kind is Handshake.SILENT else arrived.data
                arrived = Arrived(at=more.at, data=kept + more.data)
            case BadHello():
                return Ended()
            case Hello():
                if not _answered(connection, hello, clock.now(), kind):
                    return Ended()
                return Arrived(at=arrived.at, data=hello.rest)


def _answered(connection: Connection, hello: Hello, now: datetime, kind: Handshake) -> bool:
    """Whether the conversation goes on."""
    at = f"{now:%Y%m%d %H:%M:%S} UTC"
    if kind is Handshake.OUTDATED:
        connection.greet(_OUTDATED, at)
        return True
    if kind is Handshake.PROTOBUF:
        connection.greet(_PROTOBUF, at)
        connection.send_raw(binary_next_valid_id())
        return True
    version = choose_version(hello)
    if version is not None:
        connection.greet(version, at)
        return True
    connection.greet(min(hello.highest, MAX_VERSION), at)
    connection.send_error(-1, 503, _too_old(hello))
    return False


def _too_old(hello: Hello) -> str:
    if hello.highest < MIN_VERSION:
        return (
            f"The API client is out of date and must be upgraded: it speaks versions up to "
            f"{hello.highest}, this gateway {MIN_VERSION} to {MAX_VERSION}."
        )
    return (
        f"The TWS is out of date and must be upgraded: the API client speaks versions from "
        f"{hello.lowest}, this gateway {MIN_VERSION} to {MAX_VERSION}."
    )
