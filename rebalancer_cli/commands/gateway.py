"""`rebalance gateway`: a simulated gateway to rehearse against, on its own port."""

from __future__ import annotations

import asyncio
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
from rebalancer_adapters.settings.grammars import is_loopback
from rebalancer_cli.exits import Exit
from rebalancer_cli.terminal.interrupts import Interrupts


@click.command("gateway")
@click.option(
    "--market",
    "market_file",
    type=click.Path(path_type=Path),
    help="Accounts, instruments and prices (TOML).",
)
@click.option(
    "--snapshot",
    "snapshot_file",
    type=click.Path(path_type=Path),
    help="Your own accounts, as `rebalance snapshot --json` saved them, instead of --market.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=4002,
    show_default=True,
    help="0 takes any free port.",
)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option(
    "--allow-remote",
    is_flag=True,
    help="Let --host accept connections from other machines; the API is unauthenticated.",
)
@click.option(
    "--record",
    "record_path",
    type=click.Path(path_type=Path),
    help="Write every message to this file as JSON lines.",
)
@click.option(
    "--scenario",
    "scenario_file",
    type=click.Path(path_type=Path),
    help="What goes wrong, and when (TOML).",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    help="Draw the lots of the scenario from this seed, not from the file's.",
)
def command(
    *,
    market_file: Path | None,
    snapshot_file: Path | None,
    port: int,
    host: str,
    allow_remote: bool,
    record_path: Path | None,
    scenario_file: Path | None,
    seed: int | None,
) -> None:
    """Serve a simulated gateway until Ctrl+C; any TWS API client can connect."""
    if seed is not None and scenario_file is None:
        raise click.UsageError("--seed draws the lots of a scenario: name it with --scenario")
    if not is_loopback(host) and not allow_remote:
        raise click.UsageError(
            f"--host {host!r} lets other machines in, and the API is unauthenticated:"
            " use --host 127.0.0.1, or add --allow-remote"
        )
    try:
        market = _market(market_file, snapshot_file)
        scenario = (
            Scenario() if scenario_file is None else load_scenario(scenario_file, market, seed)
        )
    except (MarketFileError, ScenarioFileError) as trouble:
        click.echo(str(trouble), err=True)
        raise click.exceptions.Exit(Exit.INVALID_INPUT) from None
    if scenario_file is not None:
        click.echo(f"scenario {scenario_file.name}, --seed {scenario.seed} replays it", err=True)
    gateway = Gateway(market, scenario, record_path=record_path)
    try:
        asyncio.run(_served(gateway, host, port))
    except UnicodeError:
        raise click.UsageError(f"--host {host!r} is no name of a host") from None
    except OSError as trouble:
        what = f"write {trouble.filename}" if trouble.filename else f"listen on {host}:{port}"
        click.echo(f"cannot {what}: {trouble.strerror or trouble}", err=True)
        raise click.exceptions.Exit(Exit.NO_DATA) from None


def _market(market_file: Path | None, snapshot_file: Path | None) -> Market:
    if market_file is not None and snapshot_file is None:
        return load_market(market_file)
    if snapshot_file is None or market_file is not None:
        raise click.UsageError("say who holds what: with --market or with --snapshot")
    read = market_from_snapshot(snapshot_file)
    for line in read.left_out:
        click.echo(f"left out: {line}", err=True)
    return read.market


async def _served(gateway: Gateway, host: str, port: int) -> None:
    interrupts = Interrupts()
    with interrupts.listening():
        try:
            async with gateway.running(host=host, port=port):
                accounts = ", ".join(account.account for account in gateway.market.accounts)
                click.echo(f"simulated gateway on {host}:{gateway.port} with {accounts}")
                if not is_loopback(host):
                    click.echo(_open_to_others(host), err=True)
                click.echo("Ctrl+C stops it", err=True)
                await asyncio.Event().wait()
        except asyncio.CancelledError:
            if not interrupts.requested:
                raise
    click.echo(f"stopped; {len(gateway.book.orders)} orders in the book", err=True)


def _open_to_others(host: str) -> str:
    return (
        f"warning: the API on {host or 'every address'} is unauthenticated and not encrypted:"
        " whoever reaches it sees these accounts and trades in them"
    )
