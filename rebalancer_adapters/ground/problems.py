"""A problem of an input: where it is, what is wrong, and how to fix it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum

from attrs import frozen

_PLACE = re.compile(r":(\d+)(?::(\d+))?$", re.ASCII)


class Kind(Enum):
    """What follows from a problem."""

    WRONG = "wrong"  # The file or the environment cannot be used.
    WARNING = "warning"  # Nothing is stopped.
    USAGE = "usage"  # The command line asks for what the file does not have.
    ALTERED = "altered"  # The file is not the one that was written.


@frozen(kw_only=True)
class Problem:
    """One thing wrong in an input: where, what, and how to fix it.

    `place` is as `place_in` says it, `key` the setting, column or cell it is about. Whoever loads
    a file answers with a `Result`: the value, or all problems, warnings among them.
    """

    place: str
    key: str
    problem: str
    fix: str
    kind: Kind = Kind.WRONG

    @property
    def is_warning(self) -> bool:
        """Whether it stops nothing."""
        return self.kind is Kind.WARNING


@frozen(kw_only=True)
class Wrong:
    """A problem that does not know its place: why a text is not what is needed, and what would be.

    >>> sentence(
    ...     Wrong(problem="'x' is not a number", fix="1 to 65535").at("a.ini:3:8", "ibkr.port")
    ... )
    "a.ini:3:8 ibkr.port: 'x' is not a number -> 1 to 65535"
    """

    problem: str
    fix: str

    def at(self, place: str, key: str) -> Problem:
        """The problem at its place."""
        return Problem(place=place, key=key, problem=self.problem, fix=self.fix)


def place_in(file: str, *numbers: int) -> str:
    """The place of a line of a file, or of a column of a line, counted from 1.

    >>> place_in("a.ini", 3), place_in("a.csv", 3, 7), place_in(place_in("a.csv", 3), 7)
    ('a.ini:3', 'a.csv:3:7', 'a.csv:3:7')
    """
    return ":".join((file, *map(str, numbers)))


def parts_of(place: str) -> tuple[str, int | None, int | None]:
    """File, line and column of a place; None where it does not say.

    >>> parts_of("a.csv:3:7"), parts_of("a.ini:3"), parts_of("--csv")
    (('a.csv', 3, 7), ('a.ini', 3, None), ('--csv', None, None))
    """
    found = _PLACE.search(place)
    if not found:
        return place, None, None
    line, column = found.groups()
    return place[: found.start()], int(line), int(column) if column else None


def in_file_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Each problem once: by line, then by column, then what has no line."""
    return tuple(sorted(dict.fromkeys(problems), key=_line_and_column))


def sentence(problem: Problem) -> str:
    """One line for people: `file:line:column section.key: problem -> fix`."""
    about = f" {problem.key}:" if problem.key else ""
    fix = f" -> {problem.fix}" if problem.fix else ""
    return f"{problem.place}{about} {problem.problem}{fix}"


def _line_and_column(problem: Problem) -> tuple[bool, int, int]:
    found = _PLACE.search(problem.place)
    if not found:
        return (True, 0, 0)
    return (False, int(found.group(1)), int(found.group(2) or 0))
