"""`rebalance validate-portfolios`: every problem of the CSV files, and each symbol at IBKR."""

from __future__ import annotations

from pathlib import Path

import click

from rebalancer_adapters.settings.settings import Flags, Settings
from rebalancer_cli.checked_files import (
    Checked,
    CheckedFile,
    all_symbols,
    checked_json,
    checked_lines,
    read_files,
    with_listings,
)
from rebalancer_cli.looking import read_only_session
from rebalancer_cli.messages import SYMBOLS_OFFLINE, SYMBOLS_UNCHECKED
from rebalancer_cli.named_file import named_once
from rebalancer_cli.options import (
    config_option,
    csv_option,
    file_argument,
    json_option,
    valid_settings,
)
from rebalancer_cli.problems import tell
from rebalancer_core.application.target_listings import target_listings
from rebalancer_core.messages import explain
from rebalancer_core.values.results import Failed


@click.command("validate-portfolios")
@file_argument
@config_option
@csv_option
@click.option("--offline", is_flag=True, help="Do not ask a gateway about the symbols.")
@json_option
def command(
    *, file: Path | None, config: Path, csv: Path | None, offline: bool, json_output: bool
) -> None:
    """Check FILE, or every portfolios file that an account uses, and its symbols at IBKR.

    The models are those of settings.ini. Exit 3 for problems, 4 where IBKR could not be asked.
    """
    named = named_once(file, csv)
    settings = valid_settings(config, Flags(read_only=True))
    checked = Checked(files=read_files(settings, named), unasked=SYMBOLS_OFFLINE)
    if not offline:
        checked = _asked(settings, checked.files)
    tell(checked.problems)
    if json_output:
        click.echo(checked_json(checked))
    else:
        for line in checked_lines(checked):
            click.echo(line)
    if checked.fault:
        click.echo(f"{checked.fault}\n{checked.unasked}", err=True)
    raise click.exceptions.Exit(checked.code)


def _asked(settings: Settings, files: tuple[CheckedFile, ...]) -> Checked:
    symbols = all_symbols(files)
    if not symbols:
        return Checked(files=files)
    listed = read_only_session(
        settings,
        lambda reader: target_listings(reader.broker, symbols, settings.contracts),
    )
    if isinstance(listed, Failed):
        return Checked(files=files, unasked=SYMBOLS_UNCHECKED, fault=explain(listed.error))
    return Checked(files=with_listings(files, listed))
