"""Orders of earlier runs: which of them the broker is asked about."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from rebalancer_core.execution.journal import JournaledOrder, JournaledRun
from rebalancer_core.values.instruments import AccountId

_EXCHANGE = ZoneInfo("America/New_York")


def unfinished(runs: tuple[JournaledRun, ...], account_id: AccountId) -> tuple[JournaledOrder, ...]:
    """The account's orders that nobody has said the last word on, oldest first."""
    return tuple(order for order in _orders(runs, account_id) if not order.is_finished)


def finished_on(
    day: date, runs: tuple[JournaledRun, ...], account_id: AccountId
) -> tuple[JournaledOrder, ...]:
    """The account's orders of that trading day that had their last word, oldest first.

    The broker tells no executions of earlier days.
    """
    return tuple(
        order
        for order in _orders(runs, account_id)
        if trading_day(order.intent.intended_at) == day and order.is_finished
    )


def accounts_with_open_orders(runs: tuple[JournaledRun, ...]) -> tuple[AccountId, ...]:
    """Every account that has an order without a last word."""
    return tuple(each for each in _accounts(runs) if unfinished(runs, each))


def accounts_to_ask(runs: tuple[JournaledRun, ...], now: datetime) -> tuple[AccountId, ...]:
    """Every account of which the broker may still tell something: open orders, or ones of today."""
    today = trading_day(now)
    return tuple(
        each for each in _accounts(runs) if unfinished(runs, each) or finished_on(today, runs, each)
    )


def trading_day(at: datetime) -> date:
    """The day in New York, where the broker's lists of executions begin anew."""
    return at.astimezone(_EXCHANGE).date()


def _accounts(runs: tuple[JournaledRun, ...]) -> tuple[AccountId, ...]:
    return tuple(sorted({a.approval.account_id for run in runs for a in run.accounts}))


def _orders(runs: tuple[JournaledRun, ...], account_id: AccountId) -> Iterator[JournaledOrder]:
    for run in runs:
        for account in run.accounts:
            if account.approval.account_id == account_id:
                yield from account.orders
