"""How one symbol's trade, or its absence, came about in each account of a reading."""

from __future__ import annotations

from attrs import frozen

from rebalancer_core.application.types import AccountInputs, Inputs, Reading
from rebalancer_core.planning.explain import Explanation, explanations
from rebalancer_core.planning.plan import plan_with_decisions
from rebalancer_core.reporting.failures import failure
from rebalancer_core.reporting.summary import AccountReport
from rebalancer_core.values.account import AccountSnapshot
from rebalancer_core.values.instruments import Symbol
from rebalancer_core.values.results import Failed, unwrap_or_failed


@frozen(kw_only=True)
class Explained:
    """What was found, and the reports of the accounts that could not be read or planned."""

    found: tuple[Explanation, ...]
    failed: tuple[AccountReport, ...]


def explain_symbol(symbol: Symbol, inputs: Inputs, reading: Reading) -> Explained:
    """The symbol in every account; none is found of one that neither holds nor targets it."""
    found: list[Explanation] = []
    failed: list[AccountReport] = []
    for account, entry in zip(inputs.accounts, reading.accounts, strict=True):
        explained = _explained(symbol, inputs, account, entry, reading)
        if isinstance(explained, AccountReport):
            failed.append(explained)
        else:
            found.extend(explained)
    return Explained(found=tuple(found), failed=tuple(failed))


def _explained(
    symbol: Symbol,
    inputs: Inputs,
    account: AccountInputs,
    entry: AccountSnapshot | AccountReport,
    reading: Reading,
) -> tuple[Explanation, ...] | AccountReport:
    if isinstance(entry, AccountReport):
        return entry
    planned = unwrap_or_failed(
        plan_with_decisions(
            snapshot=entry,
            quotes=reading.market.book_for(entry.account_id),
            targets=account.targets,
            policy=account.settings.rebalance,
            commissions=inputs.settings.execution.commission,
            symbol_rules=inputs.settings.symbol_rules,
        )
    )
    if isinstance(planned, Failed):
        return failure(account.settings.account_id, planned.error)
    return explanations(
        symbol, planned=planned, portfolios=account.portfolios, blend=inputs.settings.blend
    )
