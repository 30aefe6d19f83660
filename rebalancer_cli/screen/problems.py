"""What validation says, as text: problems one a line, settings as a table with their origins."""

from __future__ import annotations

from collections.abc import Sequence

from tabulate import tabulate

from rebalancer_adapters.ground.problems import Problem, sentence
from rebalancer_adapters.settings.settings import Settings

_HEADERS = ("Account", "Setting", "Value", "Origin")
_ALL = "(all)"


def render_problems(problems: Sequence[Problem]) -> str:
    """One line for each problem, in the given order; empty when there is none.

    Warnings are marked: they stop nothing, unless `--strict` made them errors.

    >>> wrong = Problem(place="a.ini:3", key="ibkr.port", problem="'x' is no number", fix="")
    >>> render_problems([wrong])
    "a.ini:3 ibkr.port: 'x' is no number"
    """
    return "\n".join(_line(problem) for problem in problems)


def render_effective(settings: Settings) -> str:
    """Every value with its origin, first those of the whole run, then account by account."""
    rows = [
        (each.scope or _ALL, f"{each.section}.{each.key}", each.value, each.origin)
        for each in settings.effective
    ]
    return tabulate(rows, headers=_HEADERS, tablefmt="simple", disable_numparse=True)


def _line(problem: Problem) -> str:
    return f"warning: {sentence(problem)}" if problem.is_warning else sentence(problem)
