"""Opening a plan file for a command: read, and the end of the command where it cannot be."""

from __future__ import annotations

from pathlib import Path

import click

from rebalancer_adapters.saved.plan_json import load_plan
from rebalancer_cli.problems import value_or_exit
from rebalancer_core.reconcile.saved_plan import SavedPlan

plan_argument = click.argument("file", type=click.Path(path_type=Path))


def opened_plan(path: Path) -> SavedPlan:
    """The plan of a file; exit 3 where it is no plan file, 5 where it was altered since."""
    return value_or_exit(load_plan(path))
