"""What a setting's text may say, and the sentence for when it says something else."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from enum import Enum
from typing import Generic, TypeVar

from attrs import frozen

from rebalancer_adapters.ground.problems import Wrong
from rebalancer_core.values.instruments import ACCOUNT_ID, AccountId
from rebalancer_core.values.money import decimal_from_text, plain

T_co = TypeVar("T_co", covariant=True)
E = TypeVar("E", bound=Enum)

_PLACEHOLDER = re.compile(r"[A-Z]{1,4}[0-9]*X{2,}[0-9X]*|<.*>|.*YOUR.*|.*ACCOUNT.*", re.IGNORECASE)
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?", re.ASCII)
_DOTTED_DIGITS = re.compile(r"[0-9.]+", re.ASCII)
_ON = frozenset({"true", "yes", "on", "1"})
_OFF = frozenset({"false", "no", "off", "0"})
_QUOTES = "\"'"
_LONGEST_NUMBER = 30


@frozen(kw_only=True)
class Grammar(Generic[T_co]):
    """`parse` makes the value or says what is wrong; `choices` is its fix in few words."""

    parse: Callable[[str], T_co | Wrong]
    choices: str


def switch() -> Grammar[bool]:
    """true/false, yes/no, on/off, 1/0 in any case, and nothing else."""

    def parse(text: str) -> bool | Wrong:
        word = text.lower()
        if word in _ON or word in _OFF:
            return word in _ON
        return Wrong(problem=f"{text!r} is neither true nor false", fix="true or false")

    return Grammar(parse=parse, choices="true or false")


def one_of(kind: type[E]) -> Grammar[E]:
    """One of the values of an enum, in any case."""
    known = {str(member.value).lower(): member for member in kind}
    choices = _either(str(member.value) for member in kind)

    def parse(text: str) -> E | Wrong:
        member = known.get(text.lower())
        if member is not None:
            return member
        return Wrong(problem=f"{text!r} is not a choice", fix=choices)

    return Grammar(parse=parse, choices=choices)


def word(*words: str) -> Grammar[str]:
    """One of `words`, in any case, given back as it is spelt here."""
    known = {each.lower(): each for each in words}

    def parse(text: str) -> str | Wrong:
        each = known.get(text.lower())
        return each or Wrong(problem=f"{text!r} is not a choice", fix=_either(words))

    return Grammar(parse=parse, choices=_either(words))


def number(low: str, high: str, unit: str = "", *, above_low: bool = False) -> Grammar[Decimal]:
    """A plain decimal from `low` to `high` inclusive; `above_low` leaves `low` itself out."""
    least, most = Decimal(low), Decimal(high)
    start = f"more than {low}" if above_low else f"from {low}"
    choices = f"a number {start} to {high}{f' ({unit})' if unit else ''}"

    def parse(text: str) -> Decimal | Wrong:
        value = _decimal(text)
        if value is None:
            return Wrong(problem=f"{text!r} is not a plain decimal number", fix=choices)
        if value > most or value < least or (above_low and value == least):
            return Wrong(problem=f"{text} is out of range", fix=choices)
        return value

    return Grammar(parse=parse, choices=choices)


def number_or_none(
    low: str, high: str, unit: str, *, above_low: bool = True
) -> Grammar[Decimal | None]:
    """As `number`, or the word `none` where there is none."""
    inner = number(low, high, unit, above_low=above_low)
    choices = f"{inner.choices}, or none"

    def parse(text: str) -> Decimal | Wrong | None:
        if text.lower() == "none":
            return None
        value = inner.parse(text)
        return Wrong(problem=value.problem, fix=choices) if isinstance(value, Wrong) else value

    return Grammar(parse=parse, choices=choices)


def whole(low: int, high: int, note: str = "") -> Grammar[int]:
    """A whole number from `low` to `high` inclusive."""
    choices = f"a whole number from {low} to {high}{f' ({note})' if note else ''}"

    def parse(text: str) -> int | Wrong:
        value = _decimal(text)
        if value is None or "." in text:
            return Wrong(problem=f"{text!r} is not a whole number", fix=choices)
        if not low <= value <= high:
            return Wrong(problem=f"{plain(value)} is out of range", fix=choices)
        return int(value)

    return Grammar(parse=parse, choices=choices)


def whole_or_none(low: int, high: int, note: str = "") -> Grammar[int | None]:
    """As `whole`, or the word `none`."""
    inner = whole(low, high, note)
    choices = f"a whole number from {low} to {high}, or none{f' ({note})' if note else ''}"

    def parse(text: str) -> int | Wrong | None:
        if text.lower() == "none":
            return None
        value = inner.parse(text)
        return Wrong(problem=value.problem, fix=choices) if isinstance(value, Wrong) else value

    return Grammar(parse=parse, choices=choices)


def host() -> Grammar[str]:
    """An IP address or a host name, without port."""
    choices = "an address such as 127.0.0.1, or a host name"

    def parse(text: str) -> str | Wrong:
        if _address(text) is not None:
            return text
        if _HOST.fullmatch(text) and not _DOTTED_DIGITS.fullmatch(text):
            return text
        hint = " (the port has its own key)" if ":" in text else ""
        return Wrong(problem=f"{text!r} is not a host{hint}", fix=choices)

    return Grammar(parse=parse, choices=choices)


def is_loopback(name: str) -> bool:
    """Whether `name` is this very machine, by name or address and without asking a name server.

    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("192.168.1.9")
    (True, True, False)
    """
    address = _address(name)
    return name.lower() == "localhost" or (address is not None and address.is_loopback)


def path() -> Grammar[str]:
    """A path as written; it is made absolute later."""

    def parse(text: str) -> str | Wrong:
        if text[0] in _QUOTES or text[-1] in _QUOTES:
            return Wrong(problem=f"{text} has quotes around it", fix="write it without quotes")
        if text.startswith("~"):
            return Wrong(problem=f"{text}: ~ is not expanded", fix="write the whole path")
        return text

    return Grammar(parse=parse, choices="a path")


def account_id(text: str) -> AccountId | Wrong:
    """An account id as IBKR writes it; placeholders are refused."""
    if ACCOUNT_ID.fullmatch(text):
        return AccountId(text)
    fix = "letters and digits such as DU111111, as Account Management shows it"
    if _PLACEHOLDER.fullmatch(text):
        return Wrong(problem=f"{text} is a placeholder", fix="put your own account id")
    if ACCOUNT_ID.fullmatch(text.upper()):
        return Wrong(problem=f"{text} is not in capitals", fix=f"write {text.upper()}")
    if len(text.split()) > 1:
        return Wrong(problem=f"{text!r} is not an account id", fix="put commas between ids")
    return Wrong(problem=f"{text!r} is not an account id", fix=fix)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _decimal(text: str) -> Decimal | None:
    return decimal_from_text(text) if len(text) <= _LONGEST_NUMBER else None


def _either(words: Iterable[str]) -> str:
    return " / ".join(words)
