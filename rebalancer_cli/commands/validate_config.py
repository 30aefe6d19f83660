"""`rebalance validate-config`: every problem of settings.ini at once, or every value."""

from __future__ import annotations

from pathlib import Path

import click

from rebalancer_adapters.settings.settings import Flags
from rebalancer_cli.messages import settings_valid
from rebalancer_cli.options import (
    account_option,
    config_option,
    csv_option,
    strict_option,
    valid_settings,
)
from rebalancer_cli.screen.effective import extended_hours, render_effective
from rebalancer_core.values.policy import TradingHours


@click.command("validate-config")
@config_option
@csv_option
@account_option
@strict_option
@click.option("--effective", is_flag=True, help="Print each value with its origin, per account.")
def command(
    *,
    config: Path,
    csv: Path | None,
    accounts: tuple[str, ...],
    strict: bool,
    effective: bool,
) -> None:
    """Check settings.ini with environment and flags applied."""
    flags = Flags(csv=csv, accounts=accounts, strict=strict)
    settings = valid_settings(config, flags)
    if effective:
        rows = ((e.scope, f"{e.section}.{e.key}", e.value, e.origin) for e in settings.effective)
        click.echo(render_effective(rows))
    else:
        click.echo(settings_valid(config, len(settings.accounts)))
    extended = tuple(
        account.account_id
        for account in settings.accounts
        if account.rebalance.trading_hours is TradingHours.ETH
    )
    if extended:
        click.echo(extended_hours(extended), err=True)
