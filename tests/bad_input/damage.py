"""Good files damaged a little: what a hurried hand, an editor or a broken disk leaves of them."""

from collections.abc import Callable
from random import Random

_ODD = (
    *("\x00", "\x0b", "\x1b[31m", "\u00a0", "\u2028", "\u2212", "\ufeff", "\uff11", "\u0420"),
    *('"', "'", "=", "[", "]", ";", "#", ",", "%", "\t", "\r", "\\", "{", "}", "%(x)s", "${HOME}"),
)
_NUMBERS = ("-1", "1e2", "nan", "inf", "0x10", "1_0", "1,5", "", "9" * 40, "0.0000001", "100.02")
_SEPARATORS = ("=", ",", ";", "\t", ":")


def damaged(original: bytes, lots: Random) -> bytes:
    """One to three damages to the original; the same lots do the same ones."""
    content = original
    for _ in range(lots.randint(1, 3)):
        content = lots.choice(_DAMAGES)(content, lots)
    return content


def _flip(content: bytes, lots: Random) -> bytes:
    changed = bytearray(content or b"\0")
    changed[lots.randrange(len(changed))] ^= 1 << lots.randrange(8)
    return bytes(changed)


def _drop_line(content: bytes, lots: Random) -> bytes:
    lines = content.split(b"\n")
    del lines[lots.randrange(len(lines))]
    return b"\n".join(lines)


def _double_line(content: bytes, lots: Random) -> bytes:
    lines = content.split(b"\n")
    lines.insert(lots.randrange(len(lines)), lots.choice(lines))
    return b"\n".join(lines)


def _swap_lines(content: bytes, lots: Random) -> bytes:
    lines = content.split(b"\n")
    one, two = lots.randrange(len(lines)), lots.randrange(len(lines))
    lines[one], lines[two] = lines[two], lines[one]
    return b"\n".join(lines)


def _join_lines(content: bytes, lots: Random) -> bytes:
    lines = content.split(b"\n")
    at = lots.randrange(len(lines))
    lines[at : at + 2] = [b"".join(lines[at : at + 2])]
    return b"\n".join(lines)


def _swap_cells(content: bytes, lots: Random) -> bytes:
    lines = content.split(b"\n")
    at = lots.randrange(len(lines))
    separator = lots.choice(_SEPARATORS).encode()
    cells = lines[at].split(separator)
    lots.shuffle(cells)
    lines[at] = separator.join(cells)
    return b"\n".join(lines)


def _another_number(content: bytes, lots: Random) -> bytes:
    digits = [at for at, byte in enumerate(content) if chr(byte).isdigit()]
    if not digits:
        return content
    at = lots.choice(digits)
    return content[:at] + lots.choice(_NUMBERS).encode() + content[at + 1 :]


def _insert_odd(content: bytes, lots: Random) -> bytes:
    at = lots.randrange(len(content) + 1)
    return content[:at] + lots.choice(_ODD).encode() + content[at:]


def _insert_bytes(content: bytes, lots: Random) -> bytes:
    at = lots.randrange(len(content) + 1)
    return content[:at] + lots.randbytes(lots.randint(1, 4)) + content[at:]


def _truncate(content: bytes, lots: Random) -> bytes:
    return content[: lots.randrange(len(content) + 1)]


_DAMAGES: tuple[Callable[[bytes, Random], bytes], ...] = (
    _flip,
    _drop_line,
    _double_line,
    _swap_lines,
    _join_lines,
    _swap_cells,
    _another_number,
    _insert_odd,
    _insert_bytes,
    _truncate,
)
