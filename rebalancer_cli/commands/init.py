"""`rebalance init`: commented files to start from; nothing that is there is ever touched."""

from __future__ import annotations

from pathlib import Path

import click

from rebalancer_adapters.ground.durable_files import AlreadyThere, write_together
from rebalancer_cli.exits import Exit
from rebalancer_cli.sample_files import EXAMPLE_ACCOUNT, PORTFOLIOS, SETTINGS, starting_files
from rebalancer_cli.terminal.terminal import process_terminal
from rebalancer_core.values.faults import ReportFault
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
        terminal.note(f"{_told_why(made.error)} -> name another directory")
        is_taken = isinstance(made.error, AlreadyThere)
        raise click.exceptions.Exit(Exit.USAGE if is_taken else Exit.REFUSED)
    terminal.show("\n".join(_told(directory, made)))


def _told_why(error: AlreadyThere | ReportFault) -> str:
    if isinstance(error, AlreadyThere):
        return f"{' and '.join(map(str, error.paths))}: there already, nothing was written"
    return f"cannot write in {error.path}: {error.detail}"


def _told(directory: Path, made: tuple[Path, ...]) -> list[str]:
    config = "" if directory == Path() else f" --config {_quoted(directory / SETTINGS)}"
    return [
        *(f"wrote {path}" for path in made),
        "Next:",
        f"1. {SETTINGS}: your account ids in place of {EXAMPLE_ACCOUNT} (paper ones begin with D)",
        f"2. {PORTFOLIOS}: your models in place of the examples",
        f"3. rebalance doctor{config}: checks everything that a run needs",
        f"4. rebalance run --dry-run{config}: shows what it would trade; nothing can be sent",
    ]


def _quoted(path: Path) -> str:
    return f'"{path}"' if " " in str(path) else str(path)
