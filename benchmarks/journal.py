"""What a long past costs: `make bench-journal`.

A run of three accounts and thirteen ETFs on the simulated gateway, and `status`, each with an empty
journal and with one of 36,000 orders, alternately, so that a machine that is busy is so for both.
What counts is the least of all rounds: the wall for a run, the processor for `status`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from attrs import field, frozen

from benchmarks.gateway_memory import mebibytes_of_record
from benchmarks.past_orders import commits_of, orders_in, with_past
from tests.pacing.wide_market import TARGETS, account_ids, wide_market
from tests.support import SimulatedGateway, workspace

_PAST_ORDERS, _ROUNDS, _ACCOUNTS = 36_000, 3, 3
_FEW_ORDERS, _MANY_ORDERS = 200, 1_500
_KIB_A_MIB = 1024
_JOURNAL = Path("state", "journal.sqlite")


@frozen(kw_only=True)
class Cost:
    """What one command took: seconds of wall and processor, and its memory at most."""

    wall: float
    cpu: float
    mebibytes: float


@frozen(kw_only=True)
class Line:
    """One row of the table; `must_be` None where nothing is asked of it."""

    what: str
    is_now: float
    must_be: float | None = None

    @property
    def is_missed(self) -> bool:
        """Whether it is more than it may be."""
        return self.must_be is not None and self.is_now > self.must_be

    def __str__(self) -> str:
        limit = "" if self.must_be is None else f"must be <= {self.must_be:g}"
        return f"{self.what:62} {self.is_now:8.2f}   {limit}".rstrip()


def measured(
    past_orders: int, rounds: int, accounts: int, targets: Mapping[str, str]
) -> tuple[Line, ...]:
    """Every row of the table, from journals in a folder that goes when it is done."""
    usual = _Usual(accounts=accounts, targets=targets)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with usual.traded(folder / "first", None) as first:
            one_run = folder / "one_run.sqlite"
            shutil.copy(first / _JOURNAL, one_run)
        past = folder / "past.sqlite"
        made = with_past(one_run, past, past_orders)
        empty_status, full_status = folder / "empty", folder / "full"
        usual.placed(full_status, past)
        usual.placed(empty_status, None)
        first_look = _cost("status", full_status)
        kept = past.with_name(f"{past.name}.checked")
        shutil.copy(full_status / "state" / "journal.sqlite.checked", kept)
        runs: list[tuple[Cost, Cost]] = []
        looks: list[tuple[Cost, Cost]] = []
        for number in range(rounds):
            with usual.traded(folder / f"empty{number}", None) as empty:
                without = usual.costs[empty]
            with usual.traded(folder / f"full{number}", past) as full:
                runs.append((without, usual.costs[full]))
            looks.append((_cost("status", empty_status), _cost("status", full_status)))
        verified = _cost("status", full_status, "--verify")
        commits, orders = commits_of(one_run), orders_in(one_run)
    run, run_full = _least(tuple(zip(*runs, strict=True)))
    status, status_full = _least(tuple(zip(*looks, strict=True)))
    return (
        Line(what="past orders", is_now=made),
        Line(what="run, wall: with them / without", is_now=run_full.wall / run.wall, must_be=1.1),
        Line(what="run, processor: with them / without", is_now=run_full.cpu / run.cpu),
        Line(what="run, memory: with them / without", is_now=run_full.mebibytes / run.mebibytes),
        Line(
            what="status, processor: with them / without",
            is_now=status_full.cpu / status.cpu,
            must_be=1.5,
        ),
        Line(
            what="status, memory: with them / without",
            is_now=status_full.mebibytes / status.mebibytes,
        ),
        Line(
            what="status on a journal that was never verified / without",
            is_now=first_look.cpu / status.cpu,
        ),
        Line(what="status --verify / without", is_now=verified.cpu / status.cpu),
        Line(
            what="status --verify, memory: with them / without",
            is_now=verified.mebibytes / status.mebibytes,
        ),
        Line(what="commits an order, all of its run", is_now=commits / orders),
    )


@frozen(kw_only=True)
class _Usual:
    """What is traded in every run; `costs` has what each took, by its folder."""

    accounts: int
    targets: Mapping[str, str]
    costs: dict[Path, Cost] = field(factory=dict)

    @contextmanager
    def traded(self, folder: Path, past: Path | None) -> Iterator[Path]:
        """A folder in which the accounts were traded after this past."""
        self.placed(folder, past)
        with SimulatedGateway(wide_market(self.accounts)) as gateway:
            workspace(folder, gateway, self.targets, accounts=account_ids(self.accounts))
            self.costs[folder] = _cost("run", folder, "--yes")
        yield folder

    def placed(self, folder: Path, past: Path | None) -> None:
        """A folder with this past, in which nothing was traded yet."""
        (folder / "state").mkdir(parents=True)
        workspace(folder, 4002, self.targets, accounts=account_ids(self.accounts))
        if past is None:
            return
        for name in (past, past.with_name(f"{past.name}.checked")):
            if name.exists():
                beside = name.name.removeprefix(past.name)
                shutil.copy(name, folder / f"{_JOURNAL}{beside}")


def _cost(command: str, folder: Path, *flags: str) -> Cost:
    """What this command of the program takes, in a process of its own."""
    words = [sys.executable, "-m", "rebalancer_cli", command, "--config", "settings.ini", *flags]
    began = time.monotonic()
    with subprocess.Popen(  # noqa: S603 - this Python and words of this file
        words,
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
    ) as process:
        said = process.stderr.read() if process.stderr else b""
        _, ended, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(ended)
    if process.returncode:
        raise SystemExit(f"{command}: exit {process.returncode}\n{said.decode()}")
    return Cost(
        wall=time.monotonic() - began,
        cpu=used.ru_utime + used.ru_stime,
        mebibytes=used.ru_maxrss / _KIB_A_MIB,
    )


def _least(columns: tuple[tuple[Cost, ...], ...]) -> tuple[Cost, ...]:
    return tuple(
        Cost(
            wall=min(each.wall for each in column),
            cpu=min(each.cpu for each in column),
            mebibytes=min(each.mebibytes for each in column),
        )
        for column in columns
    )


def measured_record(few: int, many: int) -> Line:
    """What the simulated gateway holds in memory of so many orders, beyond that of a few."""
    return Line(
        what=f"gateway's record, MiB more for {many} orders than for {few}",
        is_now=mebibytes_of_record(many) - mebibytes_of_record(few),
        must_be=2.0,
    )


def main() -> None:
    """Print the table; exit 1 where a row is more than it may be."""
    lines = (
        *measured(_PAST_ORDERS, _ROUNDS, _ACCOUNTS, TARGETS),
        measured_record(_FEW_ORDERS, _MANY_ORDERS),
    )
    sys.stdout.writelines(f"{line}\n" for line in lines)
    sys.exit(any(line.is_missed for line in lines))


if __name__ == "__main__":
    main()
