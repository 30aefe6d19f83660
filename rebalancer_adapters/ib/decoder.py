"""ib_async's decoder, told apart by message: a time it cannot read is unknown, and a message that
it cannot read costs no more than what that message was about.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

from rebalancer_adapters.ib.library import Decoder, Wrapper
from rebalancer_adapters.ib.numbers import to_instant
from rebalancer_adapters.ib.zones import zone_of

Fields = tuple[str, ...]

# Where an execDetails message (11) has the time of the execution.
_EXECUTED_AT = 15
_DASHED = re.compile(r"(\d{8})-(\d\d:\d\d:\d\d)", re.ASCII)
_ZONED = re.compile(r"(\d{8}) +(\d\d:\d\d:\d\d) +(\S.*)", re.ASCII)
_UNKNOWN = "0"


class RawDecoder(Decoder):
    """`reading` is called with each message before it is read, and with () after it."""

    def __init__(self, wrapper: Wrapper, reading: Callable[[Fields], None]) -> None:
        super().__init__(wrapper, 0)
        self._reading = reading

    def interpret(self, fields: list[str]) -> None:
        self._reading(tuple(fields))
        super().interpret(fields)  # type: ignore[no-untyped-call]  # it has no annotations
        self._reading(())

    def execDetails(self, fields: list[str]) -> None:  # noqa: N802 - the library's name
        readable = [*fields]
        readable[_EXECUTED_AT] = seconds_text(fields[_EXECUTED_AT])
        super().execDetails(readable)  # type: ignore[no-untyped-call]  # it has no annotations


def seconds_text(time: str) -> str:
    """The time of an execution as seconds since 1970, which ib_async always reads; "0": unknown.

    TWS writes the zone of the instrument or of its login, by Java's names, or none and UTC
    (Global Configuration > API > Settings > Send instrument-specific attributes).

    >>> seconds_text("20231214 15:57:37 US/Eastern"), seconds_text("20231214-20:57:37")
    ('1702587457', '1702587457')
    >>> seconds_text("20231215 05:57:37 JST"), seconds_text("20231214  15:57:37")
    ('1702587457', '0')
    """
    if time.isascii() and time.isdigit() and len(time) > len("20231214"):
        return time if to_instant(int(time[:20])) is not None else _UNKNOWN
    moment = _moment(time.strip())
    return _UNKNOWN if moment is None else str(int(moment.timestamp()))


def _moment(time: str) -> datetime | None:
    dashed, zoned = _DASHED.fullmatch(time), _ZONED.fullmatch(time)
    found = dashed or zoned
    zone = UTC if dashed else zone_of(zoned[3]) if zoned else None
    if found is None or zone is None:
        return None
    try:
        moment = datetime.strptime(f"{found[1]} {found[2]}", "%Y%m%d %H:%M:%S").replace(tzinfo=zone)
    except ValueError:
        return None
    return moment if to_instant(int(moment.timestamp())) is not None else None
