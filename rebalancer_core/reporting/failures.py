"""The report of an account that stopped before anything was planned or sent."""

from __future__ import annotations

from rebalancer_core.messages import explain
from rebalancer_core.messages.changes import explain_out_of_date
from rebalancer_core.reporting.summary import AccountReport, AccountStatus
from rebalancer_core.safety.out_of_date import TargetsUnlisted
from rebalancer_core.values.faults import (
    AccountFault,
    AmbiguousHolding,
    BrokerFault,
    NothingToManage,
    RefusedBySafety,
    RunError,
    ShortPosition,
    UnlistedHolding,
)
from rebalancer_core.values.instruments import AccountId


def status_for(error: RunError) -> AccountStatus:
    """Whether an account was refused by a rule, or failed for want of data."""
    ruled_out = (RefusedBySafety, ShortPosition, UnlistedHolding, AmbiguousHolding, NothingToManage)
    return AccountStatus.REFUSED if isinstance(error, ruled_out) else AccountStatus.FAILED


def failure(account_id: AccountId, error: RunError) -> AccountReport:
    """The report of an account that stopped for this error."""
    return AccountReport(account_id=account_id, status=status_for(error), error=explain(error))


def unread(
    account_id: AccountId, why: TargetsUnlisted | BrokerFault | AccountFault
) -> AccountReport:
    """The report of an account that could not be read again."""
    if not isinstance(why, TargetsUnlisted):
        return failure(account_id, why)
    sentence = explain_out_of_date(why)
    return AccountReport(account_id=account_id, status=AccountStatus.FAILED, error=sentence)
