"""A saved snapshot in place of a gateway: the accounts and prices of the file, nothing else."""

from __future__ import annotations

from rebalancer_core.application.types import AccountInputs, Market, Reading
from rebalancer_core.reporting.account_worth import AccountWorth, account_worth
from rebalancer_core.reporting.failures import failure
from rebalancer_core.reporting.summary import AccountReport
from rebalancer_core.safety.staleness import quotes_for
from rebalancer_core.values.account import AccountSnapshot, Snapshot
from rebalancer_core.values.faults import AccountFault, UnknownAccount
from rebalancer_core.values.instruments import AccountId


def reading_of(saved: Snapshot, accounts: tuple[AccountInputs, ...]) -> Reading:
    """What a gateway would have said; an account that the file lacks is reported as unknown."""
    known = {entry.account_id: entry for entry in saved.accounts}
    return Reading(
        market=Market(as_of=saved.as_of, listings=(), quotes=saved.quotes),
        accounts=tuple(_entry(account, known) for account in accounts),
    )


def worths_of(
    saved: Snapshot, accounts: tuple[AccountInputs, ...]
) -> tuple[AccountWorth | AccountFault, ...]:
    """What each account of the snapshot is worth by its own targets and rules, in its order."""
    inputs = {account.settings.account_id: account for account in accounts}
    return tuple(
        account_worth(
            entry,
            quotes_for(entry.account_id, saved.quotes),
            inputs[entry.account_id].targets,
            inputs[entry.account_id].settings.rebalance,
        )
        for entry in saved.accounts
    )


def _entry(
    account: AccountInputs, known: dict[AccountId, AccountSnapshot]
) -> AccountSnapshot | AccountReport:
    account_id = account.settings.account_id
    found = known.get(account_id)
    if found is not None:
        return found
    return failure(
        account_id,
        UnknownAccount(account_id=account_id, known=tuple(known)),
    )
