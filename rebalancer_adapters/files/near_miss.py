"""Near misses: a name a little off a known one is a slip, never a new name."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

_LIKE = 0.8
_ONE_SLIP, _TWO_SLIPS = 1, 2
_LONG_ENOUGH_FOR_TWO = 6
_LONGEST = 80


def near_miss(name: str, known: Iterable[str]) -> str | None:
    """The known name that `name` was probably meant to be, or None.

    Near is: the same letters with other separators or case, one slip (two in names of six
    letters and more) where a slip is a letter too many, too few, wrong or swapped with its
    neighbour, or most of the letters in the same order (`min_order`).

    >>> near_miss("max_levrage", ["max_orders", "max_leverage"])
    'max_leverage'
    >>> near_miss("nickname", ["max_orders", "max_leverage"])
    """
    if len(name) > _LONGEST:
        return None
    scored = ((_distance(_bare(name), _bare(other)), other) for other in known)
    near = [(slips, other) for slips, other in scored if _is_near(slips, name, other)]
    return min(near)[1] if near else None


def _is_near(slips: int, name: str, other: str) -> bool:
    shorter = min(len(name), len(other))
    allowed = _TWO_SLIPS if shorter >= _LONG_ENOUGH_FOR_TWO else _ONE_SLIP
    if slips <= allowed and shorter > 1:
        return True
    return SequenceMatcher(None, _bare(name), _bare(other)).ratio() >= _LIKE


def _bare(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _distance(left: str, right: str) -> int:
    """Slips between two names (Damerau and Levenshtein, neighbours swapped once)."""
    before: list[int] = []
    above = list(range(len(right) + 1))
    for row, letter in enumerate(left, start=1):
        here = [row]
        for column, other in enumerate(right, start=1):
            slips = min(above[column] + 1, here[-1] + 1, above[column - 1] + (letter != other))
            swapped = row > 1 and column > 1 and letter == right[column - 2]
            if swapped and left[row - 2] == other:
                slips = min(slips, before[column - 2] + 1)
            here.append(slips)
        before, above = above, here
    return above[-1]
