"""Sizing against the optimum and its peers: `make bench-sizing` prints what this measures."""

from __future__ import annotations

import gc
import platform

import click

from benchmarks.contenders import naive, ours, sizing_alone
from benchmarks.contest import contest
from benchmarks.instances import instances
from benchmarks.optimum import optimum
from benchmarks.peers import peers
from benchmarks.scaling import SIZES, measured
from benchmarks.table import render_outcome, render_sizes
from rebalancer_core.values.policy import Sizing

_OURS = "ours (sizing = best)"
_WARMING_UP = 20


@click.command()
@click.option("--seed", default=1, show_default=True, help="Seed of the first instances.")
@click.option("--count", default=300, show_default=True, help="How many of them.")
@click.option("--more", default=1_000, show_default=True, help="How many of the next seed.")
def main(seed: int, count: int, more: int) -> None:
    """Prints three tables: all contenders, the quick ones on more instances, cost a row."""
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
