"""How much a command says: `--quiet` and `--verbose`, heard once where they are parsed."""

from __future__ import annotations

from enum import Enum

import click

_META = "rebalancer_cli.loudness"


class Loudness(Enum):
    """What is shown beside results, questions and errors."""

    QUIET = "nothing"
    NORMAL = "progress"
    VERBOSE = "progress and the log"


def choose(context: click.Context, loudness: Loudness) -> None:
    """This much is wanted of this command. UsageError where another was chosen before."""
    if context.meta.get(_META, loudness) is not loudness:
        message = "--quiet and --verbose contradict each other"
        raise click.UsageError(message)
    context.meta[_META] = loudness


def chosen() -> Loudness:
    """What was chosen; NORMAL where nothing was, and outside a command."""
    context = click.get_current_context(silent=True)
    found: object = None if context is None else context.meta.get(_META)
    return found if isinstance(found, Loudness) else Loudness.NORMAL
