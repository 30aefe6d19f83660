"""Input files are read whole, once and bounded: a regular file of UTF-8 text, or one problem."""

from __future__ import annotations

import hashlib
import stat
import unicodedata
from pathlib import Path

from attrs import frozen

from rebalancer_adapters.ground.problems import Problem, place_in

MEGABYTE = 1_000_000
NO_SUCH_FILE = "file does not exist"

# The longer marks first: UTF-32 begins as UTF-16 does.
_FOREIGN_MARKS = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_SAVE_AS_UTF8 = "save it as plain text in UTF-8"


@frozen(kw_only=True)
class FileText:
    """One file as read: `name` as people see it in problems, `sha256` of its bytes."""

    name: str
    text: str
    sha256: str


def read_text(path: Path, *, limit: int = MEGABYTE) -> FileText | Problem:
    """The text of `path` without its byte order mark, or why it cannot be read.

    At most `limit` bytes are read, and only from a regular file: a pipe would wait for ever.
    """
    name = shown_path(path)
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return _unreadable(name, "it is not a regular file", "name a text file")
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except FileNotFoundError:
        return _unreadable(name, NO_SUCH_FILE, "check the name and the folder")
    except PermissionError:
        return _unreadable(name, "permission denied", "make the file readable for your user")
    except (OSError, ValueError) as error:
        return _unreadable(name, f"it cannot be read: {error}", "check the name and the disk")
    if len(content) > limit:
        return _unreadable(name, f"it is larger than {limit:,} bytes", "is it the right file?")
    decoded = decode(name, content)
    if isinstance(decoded, Problem):
        return decoded
    return FileText(name=name, text=decoded, sha256=hashlib.sha256(content).hexdigest())


def decode(name: str, content: bytes) -> str | Problem:
    """UTF-8 text, with or without byte order mark; a problem with its place for anything else."""
    for mark, encoding in _FOREIGN_MARKS:
        if content.startswith(mark):
            return _at(name, content, 0, f"the file is {encoding}, not UTF-8", _SAVE_AS_UTF8)
    nul = content.find(b"\x00")
    if nul >= 0:
        return _at(name, content, nul, "a NUL byte: this is not plain text", _SAVE_AS_UTF8)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        byte = f"byte 0x{content[error.start]:02x} is not UTF-8 (Windows-1252?)"
        return _at(name, content, error.start, byte, _SAVE_AS_UTF8)


def lines(text: str) -> list[str]:
    """Lines ended by LF, CRLF or CR, and by nothing else that Unicode calls a line end.

    >>> lines("a\\r\\nb\\rc\\nd\\u2028e")
    ['a', 'b', 'c', 'd\\u2028e']
    """
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def shown_path(path: Path) -> str:
    """`path` as people would type it: from the working directory where it lies below that.

    Control characters are shown by their codes: a name may not break a message in two.

    >>> print(shown_path(Path("one\\ntwo.ini")))
    one\\ntwo.ini
    """
    try:
        name = str(path.relative_to(Path.cwd()))
    except ValueError:
        name = str(path)
    return "".join(repr(each)[1:-1] if is_control(each) else each for each in name)


def named_character(character: str) -> str:
    """A character nobody can see or tell apart, by its code and name.

    >>> named_character("\\u0420")
    'U+0420 (CYRILLIC CAPITAL LETTER ER)'
    """
    return f"U+{ord(character):04X} ({unicodedata.name(character, 'control character')})"


def is_control(character: str) -> bool:
    """Whether this is a control character that no text needs; a tab is not.

    >>> is_control("\\t"), is_control("\\x0b")
    (False, True)
    """
    return character != "\t" and unicodedata.category(character) == "Cc"


def _unreadable(name: str, problem: str, fix: str) -> Problem:
    return Problem(place=place_in(name, 1, 1), key="", problem=problem, fix=fix)


def _at(name: str, content: bytes, offset: int, problem: str, fix: str) -> Problem:
    before = content[:offset].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    line = before.count(b"\n") + 1
    column = len(before) - (before.rfind(b"\n") + 1) + 1
    return Problem(place=place_in(name, line, column), key="", problem=problem, fix=fix)
