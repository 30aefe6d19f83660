"""Grammar of switches: how the value of a setting is written, read from text, or refused."""

import re
from collections.abc import Callable, Sequence
from datetime import time
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from attrs import field, frozen

T = TypeVar("T")

OFF = "off"
_FLAGS = {"true": True, "false": False, "on": True, "off": False}
_CLIENT_ID = re.compile(r"[0-9]{1,9}")
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]))?")
_LIMIT = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,4})?)( shares)?")


@frozen(kw_only=True)
class PresetLimit:
    """The most that one order may be: so many shares, or so much money in its currency."""

    number: Decimal
    is_shares: bool


@frozen
class Wrong:
    """A text that is not a value of the setting."""


@frozen(kw_only=True)
class Grammar:
    """`values` says what may be written; `read` makes the value of a text, `Wrong` of any other."""

    values: tuple[str, ...]
    read: Callable[[str], object]
    write: Callable[[object], str]


def switch(grammar: Grammar, default: T, about: str) -> T:
    """A field of an attrs class that a setting of its name sets; `about` is its line for people."""
    made: T = field(default=default, metadata={"grammar": grammar, "about": about})
    return made


def flag() -> Grammar:
    """`true` or `false`."""
    return Grammar(
        values=("false", "true"),
        read=lambda text: _FLAGS.get(text, Wrong()),
        write=lambda value: "true" if value else "false",
    )


def choice(words: type[StrEnum]) -> Grammar:
    """One of the words."""
    known = {word.value: word for word in words}
    return Grammar(
        values=tuple(known),
        read=lambda text: known.get(text, Wrong()),
        write=lambda value: f"{value}",
    )


def one_of(words: Sequence[str]) -> Grammar:
    """One of these texts."""
    return Grammar(
        values=tuple(words),
        read=lambda text: text if text in words else Wrong(),
        write=lambda value: f"{value}",
    )


def client_id() -> Grammar:
    """`off`, or the number of a client."""
    return Grammar(values=(OFF, "a client id such as 7"), read=_client_id, write=_or_off)


def time_of_day() -> Grammar:
    """`off`, or a time of day."""
    return Grammar(values=(OFF, "a time such as 23:45"), read=_time, write=_or_off)


def preset_limit() -> Grammar:
    """`off`, an amount of money, or a number of shares."""
    return Grammar(
        values=(OFF, "an amount such as 25000", "shares such as '500 shares'"),
        read=_limit,
        write=_limit_text,
    )


def _client_id(text: str) -> object:
    if text == OFF:
        return None
    return int(text) if _CLIENT_ID.fullmatch(text) else Wrong()


def _time(text: str) -> object:
    if text == OFF:
        return None
    found = _TIME.fullmatch(text)
    if found is None:
        return Wrong()
    hour, minute, second = found.groups(default="0")
    return time(int(hour), int(minute), int(second))


def _limit(text: str) -> object:
    if text == OFF:
        return None
    found = _LIMIT.fullmatch(text)
    if found is None or not Decimal(found.group(1)):
        return Wrong()
    return PresetLimit(number=Decimal(found.group(1)), is_shares=found.group(2) is not None)


def _limit_text(value: object) -> str:
    if not isinstance(value, PresetLimit):
        return OFF
    return f"{value.number:f} shares" if value.is_shares else f"{value.number:f}"


def _or_off(value: object) -> str:
    return OFF if value is None else str(value)
