"""One value of a JSON file, read for what it is and nothing else, and written in one way."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum

from rebalancer_core.values.money import decimal_from_text

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)
# No amount, price or quantity needs more digits than these on either side of the point...
_MOST_DIGITS = 18
_LONGEST = 60
# ...and no exact product of them is this long.
_LONGEST_EXACT = 1_000
_SHOWN = 40


class MisfitError(ValueError):
    """A value that is not of the shape it must have; `fix` says which it must have."""

    def __init__(self, problem: str, fix: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.fix = fix


def parse_text(value: object, _: object) -> str:
    """Text as JSON writes it; raises `MisfitError` for anything else."""
    if not isinstance(value, str):
        raise MisfitError(f"{shown(value)} is not text", 'write it in quotes: "..."')
    return value


def parse_switch(value: object, _: object) -> bool:
    """True or false; raises `MisfitError` for anything else."""
    if not isinstance(value, bool):
        raise MisfitError(
            f"{shown(value)} is neither true nor false", "true or false, without quotes"
        )
    return value


def parse_choice(value: object, kind: type[Enum]) -> Enum:
    """The member of that value, or once called so; raises `MisfitError` where there is none."""
    try:
        return kind(value)
    except ValueError:
        raise not_a_choice(value, (str(member.value) for member in kind)) from None


def parse_number(value: object, _: object) -> Decimal:
    """A number within reason, in quotes or not; raises `MisfitError` for anything else."""
    number = decimal_from_text(value[:_LONGEST]) if isinstance(value, str) else value
    if not isinstance(number, Decimal) or (isinstance(value, str) and len(value) > _LONGEST):
        raise _not_a_number(value)
    exponent = number.as_tuple().exponent
    too_fine = not isinstance(exponent, int) or exponent < -_MOST_DIGITS
    if too_fine or number.adjusted() >= _MOST_DIGITS:
        digits = f"at most {_MOST_DIGITS} digits before and after the point"
        raise MisfitError(f"{shown(value)} is out of range", digits)
    return number


def parse_whole(value: object, _: object) -> int:
    """A whole number within reason, in quotes or not; raises `MisfitError` for anything else."""
    number = parse_number(value, _)
    if number != number.to_integral_value():
        raise _not_whole(value)
    return int(number)


def parse_time(value: object, _: object) -> datetime:
    """A time of any zone, in UTC; raises `MisfitError` for anything else."""
    fix = "a time with its zone: 2026-01-02T15:04:05Z"
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        raise MisfitError(f"{shown(value)} is not a time", fix)
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError):
        raise MisfitError(f"{shown(value)} is not a time", fix) from None


def parse_exact_number(value: object, _: object) -> Decimal:
    """A number as `decimal_text` writes it, however long; raises `MisfitError` for another."""
    text = parse_text(value, str)
    number = decimal_from_text(text) if len(text) <= _LONGEST_EXACT else None
    if number is None:
        raise _not_a_number(value)
    return number


def parse_exact_whole(value: object, _: object) -> int:
    """A whole number as JSON writes it; raises `MisfitError` for anything else, 7.0 and "7" too."""
    is_whole = isinstance(value, Decimal) and value.as_tuple().exponent == 0
    if not isinstance(value, Decimal) or not is_whole or value.adjusted() >= _LONGEST_EXACT:
        raise _not_whole(value)
    return int(value)


def parse_utc_time(value: object, _: object) -> datetime:
    """A time that was written in UTC; raises `MisfitError` for any other."""
    time = parse_time(value, datetime)
    if datetime.fromisoformat(parse_text(value, str)).utcoffset() != timedelta(0):
        raise MisfitError(f"{shown(value)} is not in UTC", "2026-01-02T15:04:05Z")
    return time


def decimal_text(number: Decimal) -> str:
    """The number as text without exponent; raises ValueError where it is not finite.

    >>> decimal_text(Decimal("1E+3")), decimal_text(Decimal("2.50"))
    ('1000', '2.50')
    """
    if not number.is_finite():
        message = f"{number} is not a number to write down"
        raise ValueError(message)
    return format(number, "f")


def time_text(time: datetime) -> str:
    """The time in UTC; raises ValueError for one without its zone.

    >>> time_text(datetime(2026, 1, 2, 15, 4, 5, tzinfo=UTC))
    '2026-01-02T15:04:05Z'
    """
    return time_text_with_offset(time).replace("+00:00", "Z")


def time_text_with_offset(time: datetime) -> str:
    """As `time_text`, with the offset in digits.

    >>> time_text_with_offset(datetime(2026, 1, 2, 15, 4, 5, tzinfo=UTC))
    '2026-01-02T15:04:05+00:00'
    """
    if time.tzinfo is None:
        message = f"{time} has no zone"
        raise ValueError(message)
    return time.astimezone(UTC).isoformat()


def shown(value: object) -> str:
    """The value as a message shows it: short, a number as it was written."""
    text = str(value) if isinstance(value, Decimal) else repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def not_a_choice(value: object, choices: Iterable[str]) -> MisfitError:
    """The misfit of a value that is none of these."""
    return MisfitError(f"{shown(value)} is not a choice", " / ".join(choices))


def _not_a_number(value: object) -> MisfitError:
    return MisfitError(f"{shown(value)} is not a decimal number", 'a number such as "12.50"')


def _not_whole(value: object) -> MisfitError:
    return MisfitError(f"{shown(value)} is not a whole number", "write an integer")
