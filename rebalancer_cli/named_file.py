"""The one file that an argument or an option of a command names."""

from __future__ import annotations

from pathlib import Path

import click

from rebalancer_cli.messages import NAMED_TWICE


def named_once(argument: Path | None, option: Path | None) -> Path | None:
    """The file that the argument or the option names; both only where they are one."""
    if argument is not None and option is not None and argument != option:
        raise click.UsageError(NAMED_TWICE)
    return argument if argument is not None else option
