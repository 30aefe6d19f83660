"""docs/mutation.md: the score by module, and every survivor with its reason."""

from __future__ import annotations

import tomllib
from datetime import date

from attrs import frozen

from benchmarks.mutation.verdicts import Tally, Verdict, tallies

HEAD = """# Mutation testing of planning

`make mutate` changes `rebalancer_core/planning` in small ways, one at a time (mutmut: another
operator, another number, another text, an argument less), and runs the tests that reach the changed
function: worked cases, unit tests and doctests. The laws are left out: they find more, and take
several times as long. A mutant that no test notices survives. All of it happens in a copy below
`build/`, where properties are written as methods, because mutmut leaves decorated functions alone.
It runs on Linux and macOS, for half an hour or so on two cores. With the Python of `.venv-mutate`,
`python -m benchmarks.mutation --go-on` goes on with an interrupted run.

This page is written by `make mutate`; its reasons are kept in `benchmarks/mutation/reasons.toml`.
A survivor without a reason, or fewer than 90 % killed, fails it.
"""

SAMPLED = """
Where not all were tried, those that were are a random sample, drawn before any was tried; the
percentage is of these.
"""


@frozen(kw_only=True)
class Page:
    """What the page tells; `reasons` by function and changed lines."""

    day: date
    verdicts: tuple[Verdict, ...]
    reasons: dict[tuple[str, str], str]

    def reason(self, verdict: Verdict) -> str:
        """Why this one may survive; empty where nobody has said."""
        return self.reasons.get((verdict.function, verdict.now), "")


def reasons(text: str) -> dict[tuple[str, str], str]:
    """The reasons of `reasons.toml`: each names a function and the changed lines it is for."""
    return {
        (entry["function"], changed): entry["reason"]
        for entry in tomllib.loads(text)["survivor"]
        for changed in entry["now"]
    }


def render_page(page: Page) -> str:
    """The page as Markdown."""
    survivors = [verdict for verdict in page.verdicts if verdict.tried and not verdict.killed]
    return "\n".join(
        (
            HEAD,
            f"## {page.day}, `make mutate`",
            *_table(tallies(page.verdicts)),
            "" if all(verdict.tried for verdict in page.verdicts) else SAMPLED,
            "## Survivors",
            *(line for verdict in survivors for line in _survivor(verdict, page.reason(verdict))),
        )
    )


def _table(by_module: dict[str, Tally]) -> list[str]:
    total = Tally(
        total=sum(tally.total for tally in by_module.values()),
        tried=sum(tally.tried for tally in by_module.values()),
        killed=sum(tally.killed for tally in by_module.values()),
        timed_out=sum(tally.timed_out for tally in by_module.values()),
    )
    rows = [_row(name, tally) for name, tally in sorted(by_module.items()) if tally.tried]
    head = ["| module | mutants | tried | killed | of these by time | survived | killed % |"]
    return [*head, "|---|---:|---:|---:|---:|---:|---:|", *rows, _row("**all**", total)]


def _row(name: str, tally: Tally) -> str:
    percent = f"{tally.killed * 100 / tally.tried:.1f}"
    survived = tally.tried - tally.killed
    cells = (name, tally.total, tally.tried, tally.killed, tally.timed_out, survived, percent)
    return "| " + " | ".join(f"{cell}" for cell in cells) + " |"


def _survivor(verdict: Verdict, reason: str) -> list[str]:
    changed = [*_signed("-", verdict.was), *_signed("+", verdict.now)]
    told = reason or "**no reason yet**"
    return [f"`{verdict.function}`", "```diff", *changed, "```", told, ""]


def _signed(sign: str, lines: str) -> list[str]:
    return [f"{sign} {line}" for line in lines.splitlines()]
