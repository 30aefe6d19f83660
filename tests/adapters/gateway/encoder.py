"""The encoder of ib_async without a socket: what it would send is kept."""

from collections.abc import Callable
from typing import Any

from ib_async import Client
from ib_async.wrapper import Wrapper

from rebalancer_adapters.gateway.wire import Fields


class _Encoder(Client):
    def __init__(self, version: int) -> None:
        super().__init__(Wrapper(None))  # type: ignore[arg-type, no-untyped-call] # never decodes
        self._version = version
        self.frames: list[Fields] = []

    def isConnected(self) -> bool:  # noqa: N802 the name of ib_async
        return True

    def serverVersion(self) -> int:  # noqa: N802 the name of ib_async
        return self._version

    def sendMsg(self, msg: str) -> None:  # noqa: N802 the name of ib_async
        self.frames.append(tuple(msg[:-1].split("\0")))


def encoded(version: int, say: Callable[[Any], None]) -> Fields:
    """The fields of the one request that `say` makes a client of this version send."""
    encoder = _Encoder(version)
    say(encoder)
    (frame,) = encoder.frames
    return frame
