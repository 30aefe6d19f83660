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
    while kind is not Handshake.SILENT:
        hello = parse_hello(arrived.data)
        match hello:
            case Incomplete():
                more = await reader.next()
                if not more.data:
                    return Ended()
                arrived = Arrived(at=more.at, data=arrived.data + more.data)
            case BadHello():
                return Ended()
            case Hello() if kind is Handshake.PROTOBUF:
                connection.greet(_PROTOBUF, _written(clock.now()))
                connection.send_raw(binary_next_valid_id())
                break
            case Hello():
                if not _answered(connection, hello, clock.now(), kind):
                    return Ended()
                return Arrived(at=arrived.at, data=hello.rest)
    while (await reader.next()).data:
        pass  # whatever the client says is not heard, or not understood
    return Ended()


def _answered(connection: Connection, hello: Hello, now: datetime, kind: Handshake) -> bool:
    """Whether the conversation goes on."""
    at = _written(now)
    if kind is Handshake.OUTDATED:
        connection.greet(_OUTDATED, at)
        return True
    version = choose_version(hello)
    if version is not None:
        connection.greet(version, at)
        return True
    connection.greet(min(hello.highest, MAX_VERSION), at)
    connection.send_error(-1, 503, _too_old(hello))
    return False


def _written(now: datetime) -> str:
    return f"{now:%Y%m%d %H:%M:%S} UTC"


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
