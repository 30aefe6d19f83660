"""Reading a TOML table: every wrong or unknown key becomes a problem with place and fix."""

import re
import stat
import tomllib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from pathlib import Path

_NUMBER = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,12})?")
_MAX_BYTES = 1_000_000


class TomlTable:
    """Takes keys out of one table; `problems` is shared by all tables of a file."""

    def __init__(self, place: str, content: object, problems: list[str]) -> None:
        self.place = place
        self.problems = problems
        self._known: list[str] = []
        self._content: Mapping[str, object] = {}
        if isinstance(content, dict):
            self._content = content
        elif content is not None:
            self.report("", "is not a table", f"write [{place}] and keys below it")

    def report(self, key: str, problem: str, fix: str) -> None:
        where = ".".join(part for part in (self.place, key) if part)
        self.problems.append(f"{where}: {problem} -> {fix}")

    def has(self, key: str) -> bool:
        """Whether the key is there; from now on it is a known one."""
        return self._take(key) is not None

    @property
    def keys(self) -> tuple[str, ...]:
        """Every key that is there."""
        return tuple(self._content)

    def value(self, key: str) -> object:
        """Whatever stands there, None when nothing does; from now on the key is a known one."""
        return self._take(key)

    def is_text(self, key: str) -> bool:
        """Whether the key has a text for its value."""
        return isinstance(self._take(key), str)

    def text(self, key: str, default: str | None = None) -> str:
        """A text; None as default makes the key necessary."""
        value = self._take(key)
        if isinstance(value, str) and value:
            return value
        if value is None and default is not None:
            return default
        self._wrong(key, value, "a text in quotes")
        return default or ""

    def choice(self, key: str, choices: tuple[str, ...], default: str) -> str:
        value = self.text(key, default)
        if value in choices:
            return value
        self._wrong(key, value, " or ".join(choices))
        return default

    def number(self, key: str, default: Decimal | None = None, minimum: int | None = 0) -> Decimal:
        """An exact number, written bare or in quotes."""
        value = self._take(key)
        if value is None and default is not None:
            return default
        number = exact_number(value)
        if number is None or (minimum is not None and number < minimum):
            least = "" if minimum is None else f" of at least {minimum}"
            self._wrong(key, value, f"a number{least} such as 412.35")
            return default if default is not None else Decimal(1)
        return number

    def integer(self, key: str, minimum: int = 1) -> int:
        value = self._take(key)
        if isinstance(value, int) and not isinstance(value, bool) and value >= minimum:
            return value
        self._wrong(key, value, f"a whole number above {minimum - 1}")
        return 0

    def flag(self, key: str, *, default: bool) -> bool:
        value = self._take(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            self._wrong(key, value, "true or false")
        return value is True

    def instant(self, key: str) -> datetime | None:
        value = self._take(key)
        if isinstance(value, datetime) and value.tzinfo is not None:
            return value.astimezone(UTC)
        if value is not None:
            self._wrong(key, value, "a time with its zone such as 2026-11-20T15:00:00Z")
        return None

    def dates(self, key: str) -> frozenset[date]:
        found = self.entries(key)
        if all(isinstance(each, date) and not isinstance(each, datetime) for each in found):
            return frozenset(each for each in found if isinstance(each, date))
        self._wrong(key, found, "a list of dates such as [2026-11-26]")
        return frozenset()

    def entries(self, key: str) -> list[object]:
        value = self._take(key)
        if isinstance(value, list):
            return value
        if value is not None:
            self._wrong(key, value, "a list in [ ]")
        return []

    def tables(self, key: str) -> list["TomlTable"]:
        """One table for each entry of a list of tables, numbered from 1 as people count."""
        prefix = f"{self.place}." if self.place else ""
        return [
            TomlTable(f"{prefix}{key}[{number}]", entry, self.problems)
            for number, entry in enumerate(self.entries(key), start=1)
        ]

    def table(self, key: str) -> "TomlTable":
        place = f"{self.place}.{key}" if self.place else key
        return TomlTable(place, self._take(key), self.problems)

    def numbers(self) -> dict[str, Decimal]:
        """Every key of this table as a number: cash by currency, rates by currency."""
        return {key: self.number(key, minimum=None) for key in self._content}

    def finish(self) -> None:
        """Report the keys that nobody took."""
        for key in self._content:
            if key not in self._known:
                near = get_close_matches(key, self._known, n=1)
                fix = f"did you mean {near[0]}?" if near else f"use {', '.join(self._known)}"
                self.report(key, "is an unknown key", fix)

    def _take(self, key: str) -> object:
        self._known.append(key)
        return self._content.get(key)

    def _wrong(self, key: str, value: object, need: str) -> None:
        problem = "is missing" if value is None else f"{value!r} is not {need}"
        self.report(key, problem, f"write {need}")


def read_toml(path: Path) -> dict[str, object] | str:
    """The tables of a file with exact numbers, or the problem with the file as a whole.

    At most a megabyte is read, and only from a regular file: a pipe would wait for ever.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return "is not a regular file -> name a TOML file"
        with path.open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    except ValueError as error:  # a NUL in its name
        return f"cannot be read: {error}"
    if len(content) > _MAX_BYTES:
        return f"is larger than {_MAX_BYTES:,} bytes -> is it the right file?"
    return parse_toml(content)


def parse_toml(content: bytes) -> dict[str, object] | str:
    """The tables in these bytes, or why there are none."""
    try:
        return tomllib.loads(content.decode("utf-8-sig"), parse_float=Decimal)
    except UnicodeDecodeError:
        return "is not UTF-8 -> save it as UTF-8"
    except RecursionError:
        return "is no TOML file: its tables or lists are too deep"
    except ValueError as error:  # TOMLDecodeError, and integers of thousands of digits
        return f"is no TOML file: {error}"


def exact_number(value: object) -> Decimal | None:
    """A TOML number or numeric text without any rounding, None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    # What cannot fit is not written out: 1e999999999 would fill the memory.
    if not number.is_finite() or number.adjusted() > 18 or number.adjusted() < -99:
        return None
    text = f"{number:f}"
    return Decimal(text) if _NUMBER.fullmatch(text) else None
