"""Problems of the inputs: told one a line, and the end of a command where they stop it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import NoReturn, TypeVar

import click
from returns.result import Result

from rebalancer_adapters.ground.problems import Kind, Problem, sentence
from rebalancer_adapters.reports.run_log import escaped
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
        raise click.exceptions.Exit(_exit_of(value.error))
    return value


def leave(why: str, code: Exit) -> NoReturn:
    """Say on stderr and in the log why the command ends, and end it."""
    click.echo(why, err=True)
    log_lines((why,))
    raise click.exceptions.Exit(code)


def log_lines(lines: Iterable[str]) -> None:
    """What stops the command, into its log; without one the lines are on the screen alone."""
    if LOG.hasHandlers():
        for line in lines:
            LOG.error("%s", escaped(line))


def tell(problems: tuple[Problem, ...]) -> None:
    """Print every problem to stderr."""
    if problems:
        click.echo(render_problems(problems), err=True)


def render_problems(problems: Sequence[Problem]) -> str:
    """One line for each problem, in the given order; empty when there is none.

    Warnings are marked: they stop nothing, unless `--strict` made them errors.

    >>> wrong = Problem(place="a.ini:3", key="ibkr.port", problem="'x' is no number", fix="")
    >>> render_problems([wrong])
    "a.ini:3 ibkr.port: 'x' is no number"
    """
    return "\n".join(_line(problem) for problem in problems)


def _line(problem: Problem) -> str:
    return f"warning: {sentence(problem)}" if problem.is_warning else sentence(problem)


def _exit_of(problems: tuple[Problem, ...]) -> Exit:
    """2 for wrong flags, 5 for a file that was altered, 3 for what is not valid."""
    kinds = {problem.kind for problem in problems}
    if Kind.USAGE in kinds:
        return Exit.USAGE
    return Exit.REFUSED if Kind.ALTERED in kinds else Exit.INVALID_INPUT
