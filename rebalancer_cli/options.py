"""The options that several commands share, each written once."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

import click

from rebalancer_adapters.settings.settings import Flags, Settings
from rebalancer_adapters.settings.settings_ini import load_settings
from rebalancer_cli.problems import tell, value_or_exit
from rebalancer_cli.terminal.loudness import Loudness, choose

Command = TypeVar("Command", bound=Callable[..., None])

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
    "--json", "json_output", is_flag=True, help="Print a single JSON document to stdout."
)
detailed_option = click.option(
    "--detailed-exitcode",
    "detailed",
    is_flag=True,
    help="Of a preview: 10 where a trade is wanted, else 5 where one is blocked, else 0.",
)
snapshot_option = click.option(
    "--snapshot",
    "snapshot_file",
    type=click.Path(path_type=Path),
    help="Plan from a saved snapshot instead of a gateway; nothing can be sent.",
)


file_argument = click.argument("file", type=click.Path(path_type=Path), required=False)


def loudness_options(command: Command) -> Command:
    """How much is said beside results, questions and errors; read by `process_terminal`."""
    for names, loudness, words in (
        (("--quiet",), Loudness.QUIET, "No progress: only results, questions and errors."),
        (("-v", "--verbose"), Loudness.VERBOSE, "Show the log on stderr, too."),
    ):
        command = click.option(
            *names, is_flag=True, expose_value=False, callback=_chooses(loudness), help=words
        )(command)
    return command


def _chooses(loudness: Loudness) -> Callable[[click.Context, click.Parameter, bool], None]:
    def heard(context: click.Context, _option: click.Parameter, is_set: bool) -> None:  # noqa: FBT001 - as click calls it
        if is_set:
            choose(context, loudness)

    return heard


def output_options(command: Command) -> Command:
    """What a command prints: for programs, less or more for people."""
    return json_option(loudness_options(command))


def planning_options(command: Command) -> Command:
    """What `run` and `plan` have in common."""
    shared = (config_option, csv_option, account_option, strict_option, json_option)
    for option in (detailed_option, *reversed(shared)):
        command = option(command)
    return loudness_options(command)


def valid_settings(config: Path, flags: Flags) -> Settings:
    """The settings alone, or the end of the command: 2 for wrong flags, 3 for a wrong file."""
    settings = value_or_exit(load_settings(config, environment(), flags))
    tell(settings.warnings)
    return settings


def environment() -> Mapping[str, str]:
    """The process's environment, of which the settings read `REBALANCE_*`."""
    return os.environ
