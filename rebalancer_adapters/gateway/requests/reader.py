"""Field rules: the text fields of one request, read in order, refused by name."""

import re
from collections.abc import Sequence
from decimal import Decimal

_INTEGER = re.compile(r"-?[0-9]{1,18}")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_UNSET_DOUBLE = Decimal("1E308")  # clients write "no value" as the largest double, 1.79E308
_LARGEST_EXPONENT = 30  # beyond any price or quantity, small enough for exact arithmetic


class FieldError(ValueError):
    """A request cannot be read; the text says which field and why."""


class Reader:
    """Hands out the fields of one request from first to last."""

    def __init__(self, fields: Sequence[str]) -> None:
        self._fields = fields
        self._next = 0

    def text(self) -> str:
        if self._next >= len(self._fields):
            raise FieldError(f"field {self._next + 1} is missing")
        self._next += 1
        return self._fields[self._next - 1]

    def integer(self) -> int:
        """A whole number; blank reads as 0, as in TWS."""
        text = self.text()
        if not text:
            return 0
        if not _INTEGER.fullmatch(text):
            raise FieldError(f"field {self._next} is not a whole number: {text!r}")
        return int(text)

    def number(self) -> Decimal | None:
        """A number, None for blank and for the largest double; NaN and infinity stay what they are.

        Clients do send `nan` and `Infinite`; whoever uses the number decides what to answer.
        """
        text = self.text()
        if not text:
            return None
        if text.lower() in ("nan", "infinite", "inf", "infinity", "-inf", "-infinity"):
            return Decimal("NaN") if text.lower() == "nan" else Decimal("Infinity")
        if not _NUMBER.fullmatch(text):
            raise FieldError(f"field {self._next} is not a number: {text!r}")
        number = Decimal(text)
        if number >= _UNSET_DOUBLE:
            return None
        if number and abs(number.adjusted()) > _LARGEST_EXPONENT:
            raise FieldError(f"field {self._next} is out of range: {text!r}")
        return number

    def flag(self) -> bool:
        return self.text() in ("1", "true", "True")

    def skip(self, count: int) -> None:
        for _ in range(count):
            self.text()

    def count(self) -> int:
        """The announced number of repeated groups."""
        number = self.integer()
        if not 0 <= number <= len(self._fields):
            raise FieldError(f"field {self._next} announces {number} groups")
        return number

    def finish(self) -> None:
        """Refuse fields that nobody asked for: the request was read by a wrong layout."""
        left = len(self._fields) - self._next
        if left:
            raise FieldError(f"{left} fields too many after field {self._next}")
