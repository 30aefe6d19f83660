"""`rebalance init`: commented files to start from; nothing that is there is ever touched."""

from __future__ import annotations

from pathlib import Path

import click

from rebalancer_adapters.ground.durable_files import AlreadyThere, write_together
from rebalancer_cli.exits import Exit
from rebalancer_cli.messages import next_steps, not_started
from rebalancer_cli.sample_files import starting_files
from rebalancer_cli.terminal.terminal import process_terminal
from rebalancer_core.values.results import Failed, unwrap_or_failed


@click.command("init")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False), default=Path())
def command(*, directory: Path) -> None:
    """Write a commented settings.ini and portfolios.csv into DIRECTORY (default: here).

    Where one of them is there already nothing is written (exit 2).
    """
    terminal = process_terminal()
    made = unwrap_or_failed(write_together(directory, starting_files()))
    if isinstance(made, Failed):
        terminal.note(not_started(made.error))
        is_taken = isinstance(made.error, AlreadyThere)
        raise click.exceptions.Exit(Exit.USAGE if is_taken else Exit.REFUSED)
    terminal.show(next_steps(directory, made))
