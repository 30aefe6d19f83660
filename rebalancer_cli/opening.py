"""Opening a plan file for a command: read, and the end of the command where it cannot be."""

from __future__ import annotations

from pathlib import Path

import click

from rebalancer_adapters.saved.plan_json import load_plan
from rebalancer_cli.exits import Exit
from rebalancer_cli.screen.problems import render_problems
from rebalancer_core.reconcile.saved_plan import SavedPlan

plan_argument = click.argument("file", type=click.Path(path_type=Path))


def opened_plan(path: Path) -> SavedPlan:
    """The plan of a file; exit 3 where it is no plan file, 5 where it was altered since."""
    loaded = load_plan(path)
    if loaded.saved is None:
        click.echo(render_problems(loaded.problems).rstrip("\n"), err=True)
        raise click.exceptions.Exit(Exit.REFUSED if loaded.is_altered else Exit.INVALID_INPUT)
    return loaded.saved
