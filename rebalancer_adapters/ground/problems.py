"""A problem of an input: where it is, what is wrong, and how to fix it."""

from __future__ import annotations

from attrs import frozen


@frozen(kw_only=True)
class Problem:
    """One thing wrong in an input: where, what, and how to mend it.

    `place` is `file:line` (or `file:line:column`), `key` the setting, column or cell it is about.
    """

    place: str
    key: str
    problem: str
    mend: str
    is_warning: bool = False


@frozen(kw_only=True)
class Wrong:
    """Why a text is not what a setting or cell needs, and what would be."""

    problem: str
    mend: str


def sentence(problem: Problem) -> str:
    """One line for people: `file:line section.key: problem -> mend`.

    >>> sentence(
    ...     Problem(place="a.ini:3", key="ibkr.port", problem="'x' is no number", mend="1 to 65535")
    ... )
    "a.ini:3 ibkr.port: 'x' is no number -> 1 to 65535"
    """
    about = f" {problem.key}:" if problem.key else ""
    mend = f" -> {problem.mend}" if problem.mend else ""
    return f"{problem.place}{about} {problem.problem}{mend}"
