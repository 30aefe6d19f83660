"""`rebalance demo`: three simulated accounts, start to end, over a real socket."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from rebalancer_adapters.gateway import Gateway, load_market
from rebalancer_adapters.settings.settings import Flags
from rebalancer_cli.demo_files import demo_files
from rebalancer_cli.exits import Exit
from rebalancer_cli.inputs import load_inputs
from rebalancer_cli.messages import DEMO_AGAIN, DEMO_DRY_RUN, DEMO_TRADED, demo_done, demo_listens
from rebalancer_cli.problems import tell, value_or_exit
from rebalancer_cli.run_command import execute
from rebalancer_cli.run_request import RunRequest
from rebalancer_cli.run_start import run_log
from rebalancer_cli.terminal.terminal import Terminal, process_terminal

_RUNS = (
    (DEMO_DRY_RUN, RunRequest(dry_run=True)),
    (DEMO_TRADED, RunRequest(without_prompt=True)),
    (DEMO_AGAIN, RunRequest(without_prompt=True)),
)


@click.command("demo")
@click.option(
    "--reports",
    "report_dir",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("reports") / "demo",
    show_default=True,
    help="Where the demo's reports go.",
)
def command(*, report_dir: Path) -> None:
    """Rebalance three simulated accounts: a dry run, a confirmed run, and one with nothing left."""
    raise click.exceptions.Exit(asyncio.run(_shown(report_dir.absolute(), process_terminal())))


async def _shown(report_dir: Path, terminal: Terminal) -> Exit:
    files = demo_files()
    gateway = Gateway(load_market(files.market))
    async with gateway.running(port=0):
        terminal.show(demo_listens(gateway.port))
        settings = {
            "REBALANCE_IBKR_PORT": str(gateway.port),
            "REBALANCE_IO_REPORT_DIR": str(report_dir),
            "REBALANCE_IO_STATE_DIR": str(report_dir / "state"),
        }
        for title, request in _RUNS:
            terminal.show(f"{title}\n{'-' * len(title)}\n")
            with run_log(files.settings, settings) as log:
                inputs = value_or_exit(load_inputs(files.settings, settings, Flags()))
                tell(inputs.settings.warnings)
                code = await execute(inputs, request, terminal, log)
            terminal.show("")
            if code is not Exit.DONE:
                return code
    terminal.show(demo_done(len(gateway.book.orders), report_dir))
    return Exit.DONE
