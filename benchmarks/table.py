"""The tables: what the contest found, for people and for the README."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean
from textwrap import fill

from tabulate import tabulate

from benchmarks.contest import Outcome, Score
from benchmarks.scaling import Size

_HEADERS = (
    "gap to the optimum, bps",
    "median",
    "p95",
    "p99",
    "max",
    "idle $",
    "orders",
    "time",
    "warm",
    "trade again",
    "inadmissible",
)


def render_outcome(outcome: Outcome, ours: str) -> str:
    """One row a contender; idle dollars and orders are means, times are ratios to `ours`.

    `time` is the processor's for the first run of each, one contender after the other; `warm` is
    the best of three.
    """
    unit = outcome.scores[ours]
    rows = [(name, *_figures(score, unit)) for name, score in outcome.scores.items()]
    cash = f"{outcome.binding} of {outcome.count} accounts lack cash for all their buys"
    certificates = f"{outcome.untrue} certificates are disproved by a better plan"
    table = tabulate(rows, headers=_HEADERS, tablefmt="github", disable_numparse=True)
    lines = [table, "", f"{cash}; {certificates}."]
    if outcome.worst is not None:
        instance = outcome.worst.instance
        words = (
            f"Ours is furthest from the optimum, by {outcome.worst.gap_bps:.2f} bps, on instance "
            f"{instance.number} ({instance.pattern.value}): {outcome.worst.cause}."
        )
        lines.append(fill(words, 100))
    return "\n".join(lines)


def render_sizes(sizes: Sequence[Size]) -> str:
    """One row a size: what a row of a plan costs, as a ratio to the first."""
    first = sizes[0].seconds_a_row
    rows = [
        (
            f"{size.accounts:,} x {size.symbols}",
            f"{size.seconds_a_row * 1e6:.1f}",
            f"{size.seconds_a_row / first:.2f}",
        )
        for size in sizes
    ]
    headers = ("accounts x symbols", "microseconds a row", "ratio")
    return tabulate(rows, headers=headers, tablefmt="github", disable_numparse=True)


def percentile(numbers: Sequence[float], percent: int) -> float:
    """The smallest of the numbers that so many percent of them do not exceed.

    >>> percentile([4, 1, 3, 2], 50), percentile([4, 1, 3, 2], 95)
    (2, 4)
    """
    ranked = sorted(numbers)
    return ranked[-(-len(ranked) * percent // 100) - 1]


def _figures(score: Score, unit: Score) -> tuple[str, ...]:
    gaps = score.gaps_bps
    return (
        *(f"{percentile(gaps, percent):,.2f}" for percent in (50, 95, 99, 100)),
        f"{fmean(score.idle_usd):,.0f}",
        f"{fmean(score.orders):.1f}",
        f"{score.seconds / unit.seconds:,.2f}",
        f"{score.warm_seconds / unit.warm_seconds:,.2f}",
        str(score.again),
        str(score.inadmissible),
    )
