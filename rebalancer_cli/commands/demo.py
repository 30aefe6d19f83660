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
from rebalancer_cli.problems import tell, value_or_exit
from rebalancer_cli.run_command import RunRequest, execute
from rebalancer_cli.terminal.terminal import Terminal, process_terminal

_RUNS = (
    ("1. A dry run: every trade and every reason; no order can be sent", RunRequest(dry_run=True)),
    ("2. The same plan, confirmed (--yes) and traded", RunRequest(without_prompt=True)),
    ("3. Once more: nothing is left to trade", RunRequest(without_prompt=True)),
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
        terminal.show(f"A simulated gateway listens on 127.0.0.1:{gateway.port}.\n")
        settings = {
            "REBALANCE_IBKR_PORT": str(gateway.port),
            "REBALANCE_IO_REPORT_DIR": str(report_dir),
            "REBALANCE_IO_STATE_DIR": str(report_dir / "state"),
        }
        for title, request in _RUNS:
            terminal.show(f"{title}\n{'-' * len(title)}\n")
            inputs = value_or_exit(load_inputs(files.settings, settings, Flags()))
            tell(inputs.settings.warnings)
            code = await execute(inputs, request, terminal)
            terminal.show("")
            if code is not Exit.DONE:
                return code
    terminal.show(f"{len(gateway.book.orders)} orders were sent and filled. {_where(report_dir)}")
    return Exit.DONE


def _where(report_dir: Path) -> str:
    return f"Previews, results, summaries, pages and logs: {report_dir}"
