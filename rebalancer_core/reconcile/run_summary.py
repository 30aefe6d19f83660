"""What is kept at hand of every run, and which runs have to be read as a whole.

A summary answers what was asked of all runs; only what may still change is folded from its events.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from attrs import frozen

from rebalancer_core.orders.events import OrderRef
from rebalancer_core.orders.record import OrderStatus, outcome
from rebalancer_core.reconcile.journal_model import JournaledAccount, JournaledOrder, JournaledRun
from rebalancer_core.reconcile.past_orders import is_declared
from rebalancer_core.values.instruments import AccountId

# The broker tells of today alone; a day more for clocks that are wrong, and one for the time zones.
_TOLD_FOR = timedelta(days=3)
# Orders that a person declared not received are watched for eight days.
_DECLARED_FOR = timedelta(days=11)


@frozen(kw_only=True)
class AccountSummary:
    """One account's part of a run: its orders by status, and how many have no last word.

    `outcomes` are in the order in which the statuses come first.
    """

    account_id: AccountId
    outcomes: tuple[tuple[OrderStatus, int], ...]
    open_orders: int
    is_reported: bool
    plan_sha256: str = ""

    @property
    def orders(self) -> int:
        """How many orders were intended."""
        return sum(count for _, count in self.outcomes)

    @property
    def is_report_owed(self) -> bool:
        """Whether all order outcomes known, and the report about them was not written."""
        return bool(self.orders) and not self.open_orders and not self.is_reported


@frozen(kw_only=True)
class RunSummary:
    """One run; `last_at` is the latest instant in it.

    `highest_order_id` is 0 where none was given out; `has_declared`: a person's word closed one of
    its orders.
    """

    run_id: str
    started_at: datetime
    last_at: datetime
    highest_order_id: int
    has_declared: bool
    accounts: tuple[AccountSummary, ...]

    @property
    def has_open_orders(self) -> bool:
        """Whether any order of it has no last word."""
        return any(account.open_orders for account in self.accounts)


def summary_of(run: JournaledRun) -> RunSummary:
    """The summary of a run, as far as it has come."""
    orders = tuple(order for account in run.accounts for order in account.orders)
    instants = (
        run.started.started_at,
        *(account.approval.approved_at for account in run.accounts),
        *(order.intent.intended_at for order in orders),
        *(heard.at for order in orders for heard in order.events),
    )
    return RunSummary(
        run_id=run.started.run_id,
        started_at=run.started.started_at,
        last_at=max(instants),
        highest_order_id=max((order.intent.order_id for order in orders), default=0),
        has_declared=any(map(is_declared, orders)),
        accounts=tuple(map(_account, run.accounts)),
    )


def open_runs(summaries: tuple[RunSummary, ...]) -> tuple[str, ...]:
    """The runs with an order that has no last word."""
    return tuple(each.run_id for each in summaries if each.has_open_orders)


def current_runs(summaries: tuple[RunSummary, ...], now: datetime) -> tuple[str, ...]:
    """The runs of which the broker or a person may still say something, by a clock a day wrong."""
    return tuple(each.run_id for each in summaries if _is_current(each, now))


def applied_before(
    summaries: tuple[RunSummary, ...], sha256: str, account_id: AccountId
) -> RunSummary | None:
    """The run in which this account's part of this plan file was approved; None where none was.

    Approved is enough: what became of its orders is that run's story, and nobody's to repeat.

    >>> applied_before((), "0" * 64, AccountId("DU111111")) is None
    True
    """
    for run in summaries:
        for account in run.accounts:
            if (account.plan_sha256, account.account_id) == (sha256, account_id):
                return run
    return None


def known_of(runs: tuple[JournaledRun, ...], refs: frozenset[OrderRef]) -> frozenset[OrderRef]:
    """Those of these references that an order of these runs has."""
    return refs & {o.order_ref for run in runs for account in run.accounts for o in account.orders}


def _is_current(summary: RunSummary, now: datetime) -> bool:
    silent_for = now - summary.last_at
    return (
        summary.has_open_orders
        or silent_for <= _TOLD_FOR
        or (summary.has_declared and silent_for <= _DECLARED_FOR)
    )


def _account(account: JournaledAccount) -> AccountSummary:
    return AccountSummary(
        account_id=account.approval.account_id,
        outcomes=_outcomes(account.orders),
        open_orders=sum(not order.is_finished for order in account.orders),
        is_reported=account.is_reported,
        plan_sha256=account.approval.plan_sha256,
    )


def _outcomes(orders: tuple[JournaledOrder, ...]) -> tuple[tuple[OrderStatus, int], ...]:
    counts: dict[OrderStatus, int] = {}
    for order in orders:
        status = outcome(order.state).status
        counts[status] = counts.get(status, 0) + 1
    return tuple(counts.items())
