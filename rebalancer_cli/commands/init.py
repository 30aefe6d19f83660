"""`rebalance init`: files to start from; nothing that is there is ever touched."""

from __future__ import annotations

from pathlib import Path

import click

from rebalancer_cli.beginning import Unbegun, begin, check_free, started, written
from rebalancer_cli.problems import leave
from rebalancer_cli.screen.starting import next_steps
from rebalancer_cli.terminal.first_questions import FirstQuestions
from rebalancer_cli.terminal.interrupts import run_interruptibly
from rebalancer_cli.terminal.terminal import process_terminal


@click.command("init")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False), default=Path())
@click.option("--template", is_flag=True, help="Ask nothing, and start as without a terminal.")
@click.option(
    "--from-holdings",
    is_flag=True,
    help="Start the models from what the accounts hold now: the first dry run trades nothing.",
)
@click.option(
    "--account",
    "accounts",
    multiple=True,
    metavar="ID",
    help="An account to rebalance; may be repeated.",
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    envvar="REBALANCE_IBKR_HOST",
    help="Where TWS or IB Gateway runs.",
)
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=4002,
    show_default=True,
    envvar="REBALANCE_IBKR_PORT",
    help="Paper: 4002 (IB Gateway), 7497 (TWS); live: 4001, 7496.",
)
def command(
    *,
    directory: Path,
    template: bool,
    from_holdings: bool,
    accounts: tuple[str, ...],
    host: str,
    port: int,
) -> None:
    """Write settings.ini and portfolios.csv into DIRECTORY (default: here).

    On a terminal it asks for the gateway, the accounts and the models; without one the files fit
    the built-in market of `rebalance gateway --market demo`. Where one of them is there already
    nothing is written (exit 2).
    """
    terminal = process_terminal()
    check_free(directory)
    start = started(host, port, accounts)
    asked = FirstQuestions(terminal=terminal) if terminal.can_ask and not template else None
    begun = run_interruptibly(
        begin(terminal, asked, start, named=bool(accounts), from_holdings=from_holdings)
    )
    if isinstance(begun, Unbegun):
        leave(begun.code, *begun.why.splitlines())
    terminal.show(next_steps(directory, written(directory, begun), begun))
