"""Problems of the inputs: told one a line, and the end of a command where they stop it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import NoReturn, TypeVar

import click
from returns.result import Result

from rebalancer_adapters.ground.problems import Kind, Problem, parts_of, sentence
from rebalancer_adapters.reports.run_log import escaped
from rebalancer_cli.ended import Ended
from rebalancer_cli.exits import Exit
from rebalancer_core.values.results import Failed, unwrap_or_failed

V = TypeVar("V")
LOG = logging.getLogger(__name__)


def value_or_exit(loaded: Result[V, tuple[Problem, ...]]) -> V:
    """What was loaded, or its problems on stderr and in the log, and the end of the command."""
    value = unwrap_or_failed(loaded)
    if isinstance(value, Failed):
        tell(value.error)
        log_lines(map(sentence, value.error))
        wrong = (sentence(each) for each in value.error if not each.is_warning)
        raise Ended(exit_of_problems(value.error), "; ".join(wrong))
    return value


def leave(code: Exit, *why: str) -> NoReturn:
    """Say on stderr and in the log why the command ends, a line a sentence, and end it."""
    for line in why:
        click.echo(line, err=True)
    log_lines(why)
    raise Ended(code, "; ".join(why))


def log_lines(lines: Iterable[str]) -> None:
    """What stops the command, into its log; without one the lines are on the screen alone."""
    if LOG.hasHandlers():
        for line in lines:
            LOG.error("%s", escaped(line))


def tell(problems: tuple[Problem, ...]) -> None:
    """Print every problem to stderr."""
    if problems:
        click.echo(render_problems(problems), err=True)


def exit_of_problems(problems: tuple[Problem, ...]) -> Exit:
    """2 for wrong flags, 5 for a file that was altered, 3 for what is not valid.

    Warnings alone, and no problem at all, are 0.
    """
    kinds = {problem.kind for problem in problems} - {Kind.WARNING}
    if Kind.USAGE in kinds:
        return Exit.USAGE
    if Kind.ALTERED in kinds:
        return Exit.REFUSED
    return Exit.INVALID_INPUT if kinds else Exit.DONE


def problem_objects(problems: tuple[Problem, ...]) -> list[dict[str, object]]:
    """The same for programs; line and column are null where the problem has none."""
    return [_object(problem) for problem in problems]


def render_problems(problems: Sequence[Problem]) -> str:
    """One line for each problem, in the given order; empty when there is none.

    Warnings are marked: they stop nothing, unless `--strict` made them errors.

    >>> wrong = Problem(place="a.ini:3", key="ibkr.port", problem="'x' is not a number", fix="")
    >>> render_problems([wrong])
    "a.ini:3 ibkr.port: 'x' is not a number"
    """
    return "\n".join(_line(problem) for problem in problems)


def _line(problem: Problem) -> str:
    return f"warning: {sentence(problem)}" if problem.is_warning else sentence(problem)


def _object(problem: Problem) -> dict[str, object]:
    file, line, column = parts_of(problem.place)
    return {
        "file": file,
        "line": line,
        "column": column,
        "key": problem.key,
        "problem": problem.problem,
        "fix": problem.fix,
        "is_warning": problem.is_warning,
    }
