"""Wire rules: frames of NUL-terminated text behind a length, and the hello. Does no I/O.

Source: the TWS API socket protocol as ib_async 2.1.0 and IBKR's own clients speak it.
"""

import re
import struct
from collections.abc import Iterable

from attrs import frozen

MIN_VERSION = 157
MAX_VERSION = 178
MAX_FRAME_BYTES = 0xFFFFFF  # what IBKR's own client refuses to exceed
MAX_HELLO_BYTES = 1024

Fields = tuple[str, ...]

_LENGTH = struct.Struct(">I")
_PREFIX = b"API\0"
_VERSIONS = re.compile(rb"v([0-9]{1,6})(?:\.\.([0-9]{1,6}))?(?: (.*))?", re.DOTALL)


@frozen(kw_only=True)
class Decoded:
    """The whole frames of a buffer, the bytes that wait for more, and why reading must stop."""

    frames: tuple[Fields, ...]
    rest: bytes
    problem: str | None = None


@frozen(kw_only=True)
class Hello:
    """What a client says first: the versions it speaks, its options, and the bytes after."""

    lowest: int
    highest: int
    options: str
    rest: bytes


@frozen
class Incomplete:
    """The hello has not arrived whole yet."""


@frozen(kw_only=True)
class BadHello:
    """The bytes are no hello of a TWS API client."""

    problem: str


def encode_frame(fields: Iterable[str], encoding: str = "utf-8") -> bytes:
    """The bytes of one frame; a NUL inside of a field would shift all later ones: ValueError.

    Characters that another encoding does not have become question marks.
    """
    texts = tuple(fields)
    if any("\0" in text for text in texts):
        raise ValueError(f"a field contains NUL: {texts!r}")
    body = "".join(f"{text}\0" for text in texts).encode(encoding, errors="replace")
    return _LENGTH.pack(len(body)) + body


def decode_frames(buffer: bytes) -> Decoded:
    """Every whole frame at the start of the buffer; the frames before a problem still count."""
    frames: list[Fields] = []
    start = 0
    while len(buffer) - start >= _LENGTH.size:
        (length,) = _LENGTH.unpack_from(buffer, start)
        if not 0 < length <= MAX_FRAME_BYTES:
            return _stopped(frames, f"frame length {length} is not in 1..{MAX_FRAME_BYTES}")
        end = start + _LENGTH.size + length
        if len(buffer) < end:
            break
        body = buffer[start + _LENGTH.size : end]
        if not body.endswith(b"\0"):
            return _stopped(frames, "the last field of a frame does not end with NUL")
        try:
            text = body.decode()
        except UnicodeDecodeError as error:
            return _stopped(frames, f"a frame is not UTF-8: {error.reason}")
        frames.append(tuple(text[:-1].split("\0")))
        start = end
    return Decoded(frames=tuple(frames), rest=buffer[start:])


def parse_hello(buffer: bytes) -> Hello | Incomplete | BadHello:
    """The client's first bytes: `API`, NUL, length, `v157..178`, a blank, connect options."""
    if not _PREFIX.startswith(buffer[: len(_PREFIX)]):
        return BadHello(problem="the first bytes are not API and NUL")
    head = len(_PREFIX) + _LENGTH.size
    if len(buffer) < head:
        return Incomplete()
    (length,) = _LENGTH.unpack_from(buffer, len(_PREFIX))
    if not 0 < length <= MAX_HELLO_BYTES:
        return BadHello(problem=f"hello length {length} is not in 1..{MAX_HELLO_BYTES}")
    if len(buffer) < head + length:
        return Incomplete()
    found = _VERSIONS.fullmatch(buffer[head : head + length])
    if found is None:
        return BadHello(problem="the hello names no versions like v157..178")
    lowest, highest, options = found.groups()
    return Hello(
        lowest=int(lowest),
        highest=int(highest or lowest),
        options=(options or b"").decode(errors="replace"),
        rest=buffer[head + length :],
    )


def choose_version(hello: Hello) -> int | None:
    """The highest version both sides speak, None when there is none (text protocol: 157..178)."""
    version = min(hello.highest, MAX_VERSION)
    return version if version >= max(hello.lowest, MIN_VERSION) else None


def _stopped(frames: list[Fields], problem: str) -> Decoded:
    return Decoded(frames=tuple(frames), rest=b"", problem=problem)
