"""`rebalance validate-config`: every problem of settings.ini at once, or every value."""

from __future__ import annotations

from pathlib import Path

import click
from click.core import ParameterSource

from rebalancer_adapters.settings.settings import Flags, Settings
from rebalancer_adapters.settings.settings_ini import load_settings
from rebalancer_cli.leverage_room import settings_problems
from rebalancer_cli.messages import settings_valid
from rebalancer_cli.named_file import named_once
from rebalancer_cli.options import (
    account_option,
    config_option,
    csv_option,
    environment,
    file_argument,
    json_option,
    strict_option,
)
from rebalancer_cli.problems import exit_of_problems, problem_objects, tell
from rebalancer_cli.screen.effective import effective_objects, extended_hours, render_effective
from rebalancer_cli.screen.json_output import json_output as one_object
from rebalancer_core.values.results import Failed, unwrap_or_failed


@click.command("validate-config")
@file_argument
@config_option
@csv_option
@account_option
@strict_option
@click.option("--effective", is_flag=True, help="Print each value with its origin, per account.")
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    *,
    file: Path | None,
    config: Path,
    csv: Path | None,
    accounts: tuple[str, ...],
    strict: bool,
    effective: bool,
    json_output: bool,
) -> None:
    """Check settings.ini, or FILE, with environment and flags applied. Exit 3 for problems."""
    is_named = ctx.get_parameter_source("config") is not ParameterSource.DEFAULT
    path = named_once(file, config if is_named else None) or config
    flags = Flags(csv=csv, accounts=accounts, strict=strict)
    loaded = unwrap_or_failed(load_settings(path, environment(), flags))
    problems = settings_problems(loaded, strict=strict)
    code = exit_of_problems(problems)
    settings = None if isinstance(loaded, Failed) or code else loaded
    owned = settings.accounts if settings else ()
    values = _values(settings) if settings and effective else ()
    tell(problems)
    if json_output:
        content = {
            "valid": settings is not None,
            "exit_code": int(code),
            "file": str(path),
            "accounts": [each.account_id for each in owned],
            "problems": problem_objects(problems),
            "warnings": list(extended_hours(owned)),
            "settings": effective_objects(values) if effective else None,
        }
        click.echo(one_object("validate-config", content))
    elif settings is not None:
        click.echo(render_effective(values) if effective else settings_valid(path, len(owned)))
    for warning in extended_hours(owned):
        click.echo(f"warning: {warning}", err=True)
    raise click.exceptions.Exit(code)


def _values(settings: Settings) -> tuple[tuple[str, str, str, str], ...]:
    return tuple((e.scope, f"{e.section}.{e.key}", e.value, e.origin) for e in settings.effective)
