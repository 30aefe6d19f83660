"""The options that several commands share, each written once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import click

from rebalancer_adapters.saved.snapshot_json import load_snapshot
from rebalancer_adapters.settings.settings import Flags, Settings
from rebalancer_adapters.settings.settings_ini import load_settings
from rebalancer_cli.exits import Exit
from rebalancer_cli.inputs import LoadedInputs, LocatedInputs, load_inputs
from rebalancer_cli.screen.problems import render_problems
from rebalancer_core.values.account import Snapshot

config_option = click.option(
    "--config",
    "config",
    type=click.Path(path_type=Path),
    default=Path("settings.ini"),
    show_default=True,
    help="The settings file.",
)
csv_option = click.option(
    "--csv",
    "csv",
    type=click.Path(path_type=Path),
    help="The shared portfolios file, in place of [accounts] path.",
)
account_option = click.option(
    "--account",
    "accounts",
    multiple=True,
    metavar="ID",
    help="Only this account; may be repeated.",
)
strict_option = click.option("--strict", is_flag=True, help="Every warning is an error.")
json_option = click.option(
    "--json", "json_output", is_flag=True, help="One JSON object on stdout, nothing else."
)


snapshot_option = click.option(
    "--snapshot",
    "snapshot_file",
    type=click.Path(path_type=Path),
    help="Plan from a saved snapshot instead of a gateway; nothing can be sent.",
)


def saved_snapshot(path: Path | None) -> Snapshot | None:
    """The snapshot of that file, None without a file; exit 3 where it is wrong."""
    if path is None:
        return None
    loaded = load_snapshot(path)
    if loaded.snapshot is None:
        click.echo(render_problems(loaded.problems).rstrip("\n"), err=True)
        raise click.exceptions.Exit(Exit.INVALID_INPUT)
    return loaded.snapshot


def valid_inputs(config: Path, flags: Flags) -> LocatedInputs:
    """The inputs, or the end of the command: 2 for wrong flags, 3 for wrong files.

    Problems and warnings are printed to stderr, all of them.
    """
    loaded = load_inputs(config, environment(), flags)
    told(loaded)
    if loaded.inputs is None:
        raise click.exceptions.Exit(Exit.USAGE if loaded.usage else Exit.INVALID_INPUT)
    return loaded.inputs


def valid_settings(config: Path, flags: Flags) -> Settings:
    """The settings alone, or the end of the command: 2 for wrong flags, 3 for a wrong file."""
    loaded = load_settings(config, environment(), flags)
    problems = (*loaded.usage, *loaded.problems)
    if problems:
        click.echo(render_problems(problems).rstrip("\n"), err=True)
    if loaded.settings is None:
        raise click.exceptions.Exit(Exit.USAGE if loaded.usage else Exit.INVALID_INPUT)
    return loaded.settings


def environment() -> Mapping[str, str]:
    """The process's environment, of which the settings read `REBALANCE_*`."""
    return os.environ


def told(loaded: LoadedInputs) -> None:
    """Print every problem to stderr."""
    problems = (*loaded.usage, *loaded.problems)
    if problems:
        click.echo(render_problems(problems).rstrip("\n"), err=True)
