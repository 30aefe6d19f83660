"""The first bytes of a gateway: whether it is one that the client library can talk to.

The library waits for its time-out where the version is too old or the encoding another.
"""

from __future__ import annotations

from attrs import define, field, frozen

OLDEST, NEWEST = 157, 178

_PREFIX = 4
_LONGEST_FRAME = 1 << 24
_VERSION_FIELDS = 2


@frozen(kw_only=True)
class Unusable:
    """Why this gateway cannot be talked to, and what helps."""

    detail: str
    hint: str


@define(kw_only=True)
class Handshake:
    """Reads along while a session is opened."""

    _data: bytearray = field(factory=bytearray, init=False)
    _version: int | None = field(default=None, init=False)

    def hear(self, data: bytes) -> Unusable | None:
        """Why these bytes, behind those before, cannot be understood; None while they can."""
        self._data += data
        while len(self._data) >= _PREFIX:
            length = int.from_bytes(self._data[:_PREFIX], "big")
            if length > _LONGEST_FRAME:
                return Unusable(
                    detail="what answers there is not TWS or IB Gateway",
                    hint="[ibkr] port must be the socket port of the gateway's API settings",
                )
            if len(self._data) < _PREFIX + length:
                return None
            frame = bytes(self._data[_PREFIX : _PREFIX + length])
            del self._data[: _PREFIX + length]
            unusable = self._frame(frame)
            if unusable is not None:
                return unusable
        return None

    def _frame(self, frame: bytes) -> Unusable | None:
        fields = frame.split(b"\0")
        if not fields[0].isdigit():
            return Unusable(
                detail="the gateway answers in an encoding this program cannot read"
                " (protocol buffers?)",
                hint=f"update this program, or use a gateway that serves API versions {OLDEST} to"
                f" {NEWEST}",
            )
        if self._version is not None or len(fields) != _VERSION_FIELDS + 1:
            return None
        self._version = int(fields[0])
        if self._version >= OLDEST:
            return None
        return Unusable(
            detail=f"the gateway speaks API version {self._version},"
            f" older than the {OLDEST} this program needs",
            hint="install a current TWS or IB Gateway",
        )
