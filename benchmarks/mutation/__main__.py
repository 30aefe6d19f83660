"""`python -m benchmarks.mutation`: tries every mutant of planning and writes docs/mutation.md.

With `--go-on` the kills of an interrupted run stay, and what survived is tried again. Not on
Windows: mutmut forks.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.mutation.page import Page, reasons, render_page
from benchmarks.mutation.verdicts import Tally, Verdict, read_verdicts, tallies
from benchmarks.mutation.work_tree import forget_survivors, make_work_tree

CHECKOUT = Path(__file__).parents[2]
WORK_TREE = CHECKOUT / "build" / "mutation"
PAGE = CHECKOUT / "docs" / "mutation.md"
REASONS = Path(__file__).with_name("reasons.toml")
PACKAGE = "rebalancer_core/planning"
LEAST_PERCENT = 90


def main() -> int:
    """0 where enough mutants are killed and every survivor has its reason, else 1."""
    arguments = _arguments()
    make_work_tree(CHECKOUT, WORK_TREE, PACKAGE, afresh=not arguments.go_on)
    forget_survivors(WORK_TREE / "mutants" / PACKAGE)
    _mutate(arguments.jobs)
    verdicts = read_verdicts(WORK_TREE / "mutants" / PACKAGE)
    page = Page(
        day=datetime.now(UTC).date(),
        verdicts=verdicts,
        reasons=reasons(REASONS.read_text(encoding="utf-8")),
    )
    PAGE.write_text(render_page(page), encoding="utf-8")
    return _judge(page, tallies(verdicts))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutation")
    parser.add_argument("--go-on", action="store_true", help="keep the kills of the last run")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="tried at a time")
    return parser.parse_args()


def _mutate(jobs: int) -> None:
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", str(jobs)]
    subprocess.run(command, cwd=WORK_TREE, check=True)  # noqa: S603 - this Python, these words


def _judge(page: Page, by_module: dict[str, Tally]) -> int:
    tried = sum(tally.tried for tally in by_module.values())
    killed = sum(tally.killed for tally in by_module.values())
    survivors = [verdict for verdict in page.verdicts if verdict.tried and not verdict.killed]
    unexplained = [verdict for verdict in survivors if not page.reason(verdict)]
    sys.stdout.write(f"{killed} of {tried} mutants killed, {PAGE.name} written\n")
    sys.stdout.writelines(f"no reason: {_told(verdict)}\n" for verdict in unexplained)
    return int(killed * 100 < LEAST_PERCENT * tried or bool(unexplained))


def _told(verdict: Verdict) -> str:
    return f"{verdict.function}: {verdict.was} -> {verdict.now}"


if __name__ == "__main__":
    sys.exit(main())
