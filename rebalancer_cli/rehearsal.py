"""A simulated gateway from its files, served until somebody stops it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import click

from rebalancer_adapters.gateway import (
    Gateway,
    Market,
    MarketFileError,
    Scenario,
    ScenarioFileError,
    load_market,
    load_scenario,
    market_from_snapshot,
)
from rebalancer_adapters.gateway.settings import GatewaySettings, changed_settings, written
from rebalancer_adapters.settings.grammars import is_loopback
from rebalancer_cli.demo_files import demo_files
from rebalancer_cli.exits import Exit
from rebalancer_cli.messages import (
    NO_ACCOUNTS_TO_SERVE,
    STOP_GATEWAY,
    bad_setting,
    cannot_serve,
    host_invalid,
    left_out_of_market,
    open_to_others,
    scenario_seed,
    served,
    serving,
    setting_in_use,
)
from rebalancer_cli.terminal.interrupts import Interrupts

# The --market that needs no file; a file of that name is ./demo.
BUILT_IN = "demo"


def rehearsed(
    market_file: Path | None,
    snapshot_file: Path | None,
    scenario_file: Path | None,
    *,
    seed: int | None,
    record: Path | None,
    settings: Sequence[str],
) -> Gateway:
    """The gateway that one of the first two files describes; `settings` win over the file's.

    A market file called just `demo` is the built-in market of `rebalance demo`.
    Exit 3 where a file is wrong, 2 unless just one of the two is named, or for a bad setting.
    """
    try:
        market = _market(market_file, snapshot_file)
        scenario = load_scenario(scenario_file, market, seed) if scenario_file else Scenario()
    except (MarketFileError, ScenarioFileError) as trouble:
        click.echo(str(trouble), err=True)
        raise click.exceptions.Exit(Exit.INVALID_INPUT) from None
    market.settings = _settings(market, settings)
    if scenario_file is not None:
        click.echo(scenario_seed(scenario_file.name, scenario.seed), err=True)
    return Gateway(market, scenario, record_path=record)


def _settings(market: Market, texts: Sequence[str]) -> GatewaySettings:
    """The market's settings after these; those that are not the usual ones are named."""
    made = changed_settings(market.settings, texts)
    if not isinstance(made, GatewaySettings):
        raise click.UsageError("\n".join(bad_setting(str(problem)) for problem in made))
    usual = written(GatewaySettings())
    for name, value in written(made).items():
        if value != usual[name]:
            click.echo(setting_in_use(name, value), err=True)
    return made


def serve(gateway: Gateway, host: str, port: int) -> None:
    """Serve until Ctrl+C; exit 4 where the port cannot be used, 2 for an invalid host name."""
    try:
        asyncio.run(_served(gateway, host, port))
    except UnicodeError:
        raise click.UsageError(host_invalid(host)) from None
    except OSError as trouble:
        click.echo(cannot_serve(host, port, trouble), err=True)
        raise click.exceptions.Exit(Exit.NO_DATA) from None


def _market(market_file: Path | None, snapshot_file: Path | None) -> Market:
    if market_file is not None and snapshot_file is None:
        return load_market(demo_files().market if str(market_file) == BUILT_IN else market_file)
    if snapshot_file is None or market_file is not None:
        raise click.UsageError(NO_ACCOUNTS_TO_SERVE)
    read = market_from_snapshot(snapshot_file)
    for line in read.left_out:
        click.echo(left_out_of_market(line), err=True)
    return read.market


async def _served(gateway: Gateway, host: str, port: int) -> None:
    interrupts = Interrupts()
    with interrupts.listening():
        try:
            async with gateway.running(host=host, port=port):
                accounts = tuple(account.account for account in gateway.market.accounts)
                click.echo(serving(host, gateway.port, accounts))
                if not is_loopback(host):
                    click.echo(open_to_others(host), err=True)
                click.echo(STOP_GATEWAY, err=True)
                await asyncio.Event().wait()
        except asyncio.CancelledError:
            if not interrupts.requested:
                raise
    click.echo(served(len(gateway.book.orders)), err=True)
