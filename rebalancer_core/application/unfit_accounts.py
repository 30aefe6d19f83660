"""The accounts whose own portfolios file is wrong fail alone, in their place among the others."""

from __future__ import annotations

from rebalancer_core.application.types import Inputs
from rebalancer_core.reporting.summary import AccountReport


def with_unfit(inputs: Inputs, reports: tuple[AccountReport, ...]) -> tuple[AccountReport, ...]:
    """A report for each of `inputs.accounts`, and those of the unfit, in the order of the file."""
    fit = zip((account.number for account in inputs.accounts), reports, strict=True)
    numbered = (*fit, *((each.number, each.report) for each in inputs.apart))
    return tuple(report for _, report in sorted(numbered, key=_number))


def _number(numbered: tuple[int, AccountReport]) -> int:
    return numbered[0]
