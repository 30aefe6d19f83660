"""`rebalance gateway`: a simulated gateway to rehearse against, on its own port."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from rebalancer_adapters.gateway import Gateway, MarketFileError, load_market
from rebalancer_cli.exits import Exit
from rebalancer_cli.interrupts import Interrupts


@click.command("gateway")
@click.option(
    "--market",
    "market_file",
    type=click.Path(path_type=Path),
    required=True,
    help="Accounts, instruments and prices (TOML).",
)
@click.option("--port", default=4002, show_default=True, help="0 takes any free port.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option(
    "--record",
    "record_path",
    type=click.Path(path_type=Path),
    help="Write every message to this file as JSON lines.",
)
def command(market_file: Path, port: int, host: str, record_path: Path | None) -> None:
    """Serve a simulated gateway until Ctrl+C; any TWS API client can connect."""
    try:
        market = load_market(market_file)
    except MarketFileError as trouble:
        for problem in trouble.problems:
            click.echo(str(problem), err=True)
        raise click.exceptions.Exit(Exit.INVALID_INPUT) from None
    gateway = Gateway(market, record_path=record_path)
    try:
        asyncio.run(_served(gateway, host, port))
    except OSError as trouble:
        click.echo(f"cannot listen on {host}:{port}: {trouble.strerror or trouble}", err=True)
        raise click.exceptions.Exit(Exit.NO_DATA) from None


async def _served(gateway: Gateway, host: str, port: int) -> None:
    interrupts = Interrupts()
    with interrupts.listening():
        try:
            async with gateway.running(host=host, port=port):
                accounts = ", ".join(account.account for account in gateway.market.accounts)
                click.echo(f"simulated gateway on {host}:{gateway.port} with {accounts}")
                click.echo("Ctrl+C stops it", err=True)
                await asyncio.Event().wait()
        except asyncio.CancelledError:
            if not interrupts.requested:
                raise
    click.echo(f"stopped; {len(gateway.book.orders)} orders in the book", err=True)
