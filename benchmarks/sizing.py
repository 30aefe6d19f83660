"""Sizing against the optimum and its peers: `make bench-sizing` prints what this measures."""

from __future__ import annotations

import gc
import platform
import sys
from fractions import Fraction

import click

from benchmarks.contenders import naive, ours, sizing_alone
from benchmarks.contest import contest
from benchmarks.instances import Instance, instances
from benchmarks.must_be import (
    Row,
    bound_rows,
    foreign_quote_rows,
    many_rows,
    render_rows,
    total_drift_rows,
    worst_gap_rows,
)
from benchmarks.optimum import best_plan, optimum
from benchmarks.peers import peers
from benchmarks.problem import problem
from benchmarks.scaling import SIZES, measured
from benchmarks.table import render_outcome, render_sizes
from rebalancer_core.values.policy import Sizing

_OURS = "ours (sizing = best)"
_WARMING_UP = 20
# Nothing was tuned on the seeds from here on.
_UNSEEN = 7_000


@click.command()
@click.option("--seed", default=1, show_default=True, help="Seed of the first instances.")
@click.option("--count", default=300, show_default=True, help="How many of them.")
@click.option("--more", default=1_000, show_default=True, help="How many of the next seed.")
@click.option("--limits-only", is_flag=True, help="Only the table of what must be.")
def main(seed: int, count: int, more: int, *, limits_only: bool) -> None:
    """Prints what sizing must be and is, then all contenders, the quick ones again, cost a row.

    Ends with 1 where a row of the first table is missed.
    """
    gc.freeze()
    rows = _rows(seed + _UNSEEN, more)
    click.echo(
        f"Seed {seed + _UNSEEN}, Python {platform.python_version()}\n\n{render_rows(rows)}\n"
    )
    if not limits_only:
        _contests(seed, count, more)
    sys.exit(not all(row.holds for row in rows))


def _rows(seed: int, count: int) -> list[Row]:
    """Each row of the table; worst cases and times on fewer accounts."""
    hard, timed = max(1, count * 2 // 5), max(1, count // 10)
    return [
        *bound_rows(seed, count, _best_residual),
        *worst_gap_rows(seed, hard, _best_residual),
        *total_drift_rows(seed, timed),
        *foreign_quote_rows(seed, timed),
        *many_rows(seed, timed),
    ]


def _best_residual(drawn: Instance) -> Fraction:
    stated = problem(drawn)
    return stated.residual(best_plan(stated))


def _contests(seed: int, count: int, more: int) -> None:
    best = optimum()
    quick = (
        ours(_OURS, Sizing.BEST),
        ours("ours (sizing = priority)", Sizing.PRIORITY),
        sizing_alone("ours, sizing alone"),
        naive(),
    )
    every = (*quick, *peers(), best)
    contest(instances(seed + 2, _WARMING_UP), every, best)
    # What the solvers' packages brought along is not what a plan has to wade through.
    gc.freeze()
    click.echo(f"{count} instances of seed {seed}, Python {platform.python_version()}\n")
    click.echo(render_outcome(contest(instances(seed, count), every, best), _OURS))
    click.echo(f"\n{more:,} instances of seed {seed + 1}\n")
    click.echo(render_outcome(contest(instances(seed + 1, more), (*quick, best), best), _OURS))
    click.echo("\nCost of a row\n")
    click.echo(render_sizes([measured(accounts, symbols) for accounts, symbols in SIZES]))


if __name__ == "__main__":
    main()
