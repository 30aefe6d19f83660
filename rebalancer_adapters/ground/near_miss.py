"""Near misses: a name a little off a known one is a slip, never a new name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import lru_cache

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
    near = [other for other in known if _is_near(_bare(name), _bare(other))]
    return min(near, key=lambda other: (_distance(_bare(name), _bare(other)), other), default=None)


def _is_near(name: str, other: str) -> bool:
    shorter, longer = sorted((len(name), len(other)))
    allowed = _TWO_SLIPS if shorter >= _LONG_ENOUGH_FOR_TWO else _ONE_SLIP
    # Letters in common bound both measures: a large file of strange names is told off quickly.
    common = (_letters(name) & _letters(other)).total()
    if shorter > 1 and longer - common <= allowed and _distance(name, other) <= allowed:
        return True
    enough = 2 * common >= _LIKE * (shorter + longer)
    return enough and SequenceMatcher(None, name, other).ratio() >= _LIKE


@lru_cache(maxsize=1024)
def _bare(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


@lru_cache(maxsize=1024)
def _letters(name: str) -> Counter[str]:
    return Counter(name)


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
