"""Problems are told in the order of the file: by line, then column, then what has no line."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rebalancer_adapters.ground.problems import Problem

_PLACE = re.compile(r":(\d+)(?::(\d+))?$", re.ASCII)


def in_file_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Each problem once, by its line and column."""
    return tuple(sorted(dict.fromkeys(problems), key=_line_and_column))


def _line_and_column(problem: Problem) -> tuple[bool, int, int]:
    found = _PLACE.search(problem.place)
    if not found:
        return (True, 0, 0)
    return (False, int(found.group(1)), int(found.group(2) or 0))
