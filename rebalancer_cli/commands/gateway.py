"""`rebalance gateway`: a simulated gateway to rehearse against, on its own port."""

from __future__ import annotations

from pathlib import Path

import click

from rebalancer_adapters.settings.grammars import is_loopback
from rebalancer_cli.messages import SEED_WITHOUT_SCENARIO, lets_others_in
from rebalancer_cli.rehearsal import rehearsed, serve

_FILE = click.Path(path_type=Path)


@click.command("gateway")
@click.option(
    "--market",
    "market_file",
    type=_FILE,
    help="Accounts, instruments and prices (TOML); demo: the built-in market.",
)
@click.option(
    "--snapshot",
    "snapshot_file",
    type=_FILE,
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
    "--record", "record_path", type=_FILE, help="Write every message to this file as JSON lines."
)
@click.option("--scenario", "scenario_file", type=_FILE, help="What goes wrong, and when (TOML).")
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    help="Random seed for the scenario (overrides the file's seed).",
)
@click.option(
    "--setting",
    "settings",
    metavar="NAME=VALUE",
    multiple=True,
    help="A setting of TWS, such as read_only_api=true; wins over the file; may be repeated.",
)
def command(  # noqa: PLR0913 - one parameter a flag, by name
    *,
    market_file: Path | None,
    snapshot_file: Path | None,
    port: int,
    host: str,
    allow_remote: bool,
    record_path: Path | None,
    scenario_file: Path | None,
    seed: int | None,
    settings: tuple[str, ...],
) -> None:
    """Serve a simulated gateway until Ctrl+C; any TWS API client can connect."""
    if seed is not None and scenario_file is None:
        raise click.UsageError(SEED_WITHOUT_SCENARIO)
    if not is_loopback(host) and not allow_remote:
        raise click.UsageError(lets_others_in(host))
    files = (market_file, snapshot_file, scenario_file)
    gateway = rehearsed(*files, seed=seed, record=record_path, settings=settings)
    serve(gateway, host, port)
