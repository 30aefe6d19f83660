"""Frames: whatever is encoded comes back, however the bytes are cut, and noise never raises."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebalancer_adapters.gateway.wire import (
    MAX_FRAME_BYTES,
    BadHello,
    Fields,
    Hello,
    Incomplete,
    choose_version,
    decode_frames,
    encode_frame,
    parse_hello,
)

_TEXT = st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=20)
_FRAMES = st.lists(st.lists(_TEXT, min_size=1, max_size=6).map(tuple), max_size=6)


def _hello(versions: bytes) -> bytes:
    return b"API\0" + struct.pack(">I", len(versions)) + versions


@given(_FRAMES, st.data())
def test_frames_come_back_however_the_bytes_are_cut(
    frames: list[Fields], data: st.DataObject
) -> None:
    stream = b"".join(encode_frame(fields) for fields in frames)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    found: list[Fields] = []
    rest = b""
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        decoded = decode_frames(rest + stream[start:end])
        assert decoded.problem is None
        found += decoded.frames
        rest = decoded.rest
    assert (found, rest) == (frames, b"")


@given(st.binary(max_size=300))
def test_no_bytes_can_raise(noise: bytes) -> None:
    decoded = decode_frames(noise)
    assert decoded.problem is not None or noise.endswith(decoded.rest)
    assert isinstance(parse_hello(noise), Hello | Incomplete | BadHello)
    assert isinstance(parse_hello(_hello(noise)), Hello | Incomplete | BadHello)


@pytest.mark.parametrize(
    ("noise", "problem"),
    [
        (struct.pack(">I", 0), "length 0"),
        (struct.pack(">I", MAX_FRAME_BYTES + 1), "is not in"),
        (struct.pack(">I", 2) + b"61", "does not end with NUL"),
        (struct.pack(">I", 2) + b"\xff\0", "not UTF-8"),
    ],
)
def test_a_broken_frame_says_what_is_wrong_after_the_good_ones(noise: bytes, problem: str) -> None:
    decoded = decode_frames(encode_frame(["61", "1"]) + noise)
    assert decoded.frames == (("61", "1"),)
    assert decoded.problem is not None
    assert problem in decoded.problem


def test_a_field_with_nul_would_shift_all_others_and_is_refused() -> None:
    with pytest.raises(ValueError, match="NUL"):
        encode_frame(["5", "run\0one"])


@pytest.mark.parametrize(
    ("versions", "version"),
    [
        (b"v157..178", 178),
        (b"v100..225 +PACEAPI", 178),
        (b"v157..176", 176),
        (b"v157", 157),
        (b"v100..156", None),
        (b"v179..225", None),
    ],
)
def test_the_highest_common_version_is_chosen(versions: bytes, version: int | None) -> None:
    hello = parse_hello(_hello(versions) + b"rest")
    assert isinstance(hello, Hello)
    assert choose_version(hello) == version
    assert hello.rest == b"rest"


def test_a_hello_in_pieces_is_waited_for() -> None:
    whole = _hello(b"v157..178")
    assert all(isinstance(parse_hello(whole[:n]), Incomplete) for n in range(len(whole)))


@pytest.mark.parametrize(
    "noise", [b"GET / HTTP/1.1\r\n", b"\x16\x03\x01", _hello(b"178"), b"API\0\xff\xff\xff\xff"]
)
def test_what_is_no_hello_is_refused(noise: bytes) -> None:
    assert isinstance(parse_hello(noise), BadHello)
