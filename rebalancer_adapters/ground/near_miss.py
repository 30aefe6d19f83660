"""Near misses: a name a little off a known one is a slip, never a new name."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

# Two letters swapped in a name of four are three letters of four in the same order.
_ALIKE = 0.75
_LONGEST = 80


def near_miss(name: str, known: Iterable[str]) -> str | None:
    """The known name that `name` was probably meant to be, or None.

    Near is: most letters the same and in the same order, without regard to case and separators.

    >>> near_miss("max_levrage", ["max_orders", "max_leverage"])
    'max_leverage'
    >>> near_miss("nickname", ["max_orders", "max_leverage"])
    """
    if len(name) > _LONGEST:
        return None
    by_letters = {_letters(each): each for each in known}
    near = get_close_matches(_letters(name), by_letters, n=1, cutoff=_ALIKE)
    return by_letters[near[0]] if near else None


def _letters(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())
