"""`make soak`: thousands of simulated runs with random faults; each failure replays by its seed."""

import asyncio
import logging
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import click

from tests.soak.soak import Failed, Soak


@click.command()
@click.option("--runs", default=2000, show_default=True, help="How many.")
@click.option("--seed", default="1", show_default=True, help="Which ones.")
@click.option("--only", type=int, help="Only the run of this number, to see a failure again.")
@click.option("--at-once", default=40, show_default=True, help="How many side by side.")
def soak(runs: int, seed: str, only: int | None, at_once: int) -> None:
    """Play runs against simulated gateways that fail, and let their books judge each."""
    logging.getLogger().addHandler(logging.NullHandler())
    numbers = range(1, runs + 1) if only is None else (only,)
    root = Path(tempfile.mkdtemp(prefix="soak-"))
    began = time.monotonic()
    played = Soak(root=root, tell=_tell)
    seeds = (f"{seed}-{number}" for number in numbers)
    is_whole = False
    with suppress(KeyboardInterrupt):  # then the summary is about what was played
        asyncio.run(played.run(seeds, at_once=at_once))
        is_whole = True
    click.echo(f"{len(numbers)} runs wanted, {time.monotonic() - began:.0f} s, seed {seed}")
    click.echo(played.summary)
    if played.failed:
        click.echo(f"folders of failed runs: {root}", err=True)
    good = is_whole and not played.failed and all(each.is_flat for each in played.levels)
    sys.exit(0 if good else 1)


def _tell(failed: Failed) -> None:
    click.echo(f"run {failed.seed} (SEED-NUMBER: make soak SEED=... ONLY=...)")
    for why in failed.why:
        click.echo(f"  {why}")
    click.echo(f"  {failed.detail}")


soak()
