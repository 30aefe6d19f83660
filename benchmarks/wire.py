"""Messages, waits and time of runs against the floor of the protocol: `make bench-wire`.

Everything is counted on the simulated gateway's own record, in one run of this command.
"""

from __future__ import annotations

import platform

import click

from benchmarks.wire_runs import WireRun, wire_run
from benchmarks.wire_table import Line, line, render_kinds, render_lines, wanted_rows

_LATE_SECONDS = 0.5


@click.command()
@click.option("--accounts", default=20, show_default=True, help="Accounts of the usual run.")
@click.option("--many", default=100, show_default=True, help="Accounts of the large run; 0: none.")
@click.option("--waits", default=4, show_default=True, help="Accounts traded with late answers.")
def main(accounts: int, many: int, waits: int) -> None:
    """Prints what runs sent and waited for beside what they must."""
    click.echo(f"Python {platform.python_version()}, accounts x 13 ETFs, what_if = false\n")
    lines, runs = measured(accounts, many, waits)
    click.echo(render_lines(lines))
    for run in runs:
        click.echo(f"\n{run.title}\n")
        click.echo(render_kinds(run))


def measured(accounts: int, many: int, waits: int) -> tuple[tuple[Line, ...], tuple[WireRun, ...]]:
    """Every row of the table, and the runs whose messages it counts."""
    preview, traded = wire_run(accounts, trades=False), wire_run(accounts, trades=True)
    runs: tuple[WireRun, ...] = (preview, traded)
    if many:
        runs = (*runs, wire_run(many, trades=False), wire_run(many, trades=True))
    few = wire_run(waits, trades=True)
    together = wire_run(accounts, trades=False, parallel=True)
    rows = [row for run in runs for row in wanted_rows(run)]
    rows += [
        line("round trips", preview.title, _round_trips(preview), most=26),
        line("round trips", f"{together.title}, side by side", _round_trips(together), most=12),
        line("round trips", few.title, _round_trips(few), most=50),
    ]
    return tuple(rows), runs


def _round_trips(prompt: WireRun) -> float:
    """How often one answer after another was waited for: the same run with late answers."""
    late = wire_run(
        prompt.accounts,
        trades=prompt.trades,
        parallel=prompt.parallel,
        delay_seconds=str(_LATE_SECONDS),
    )
    return (late.seconds - prompt.seconds) / _LATE_SECONDS


if __name__ == "__main__":
    main()
