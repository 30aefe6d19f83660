"""Orders of earlier runs: which of them the broker is asked about."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from rebalancer_core.orders.events import Resolution, Resolved
from rebalancer_core.orders.order_state import Phase
from rebalancer_core.reconcile.journal_model import JournaledOrder, JournaledRun
from rebalancer_core.values.instruments import AccountId, ConId
from rebalancer_core.values.plan import Side

_EXCHANGE = ZoneInfo("America/New_York")
# A gateway logs in again every week, and no dialog outlives that; one day more for the time zones.
_WATCHED_FOR = timedelta(days=8)
_DAY, _NO_TIME = timedelta(days=1), timedelta(0)


def open_orders(
    runs: tuple[JournaledRun, ...],
) -> tuple[tuple[JournaledRun, JournaledOrder], ...]:
    """Orders without a last word, oldest first, each with its run."""
    return tuple(
        (run, order)
        for run in runs
        for account in run.accounts
        for order in account.orders
        if not order.is_finished
    )


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


def watched(
    runs: tuple[JournaledRun, ...], account_id: AccountId, now: datetime
) -> tuple[JournaledOrder, ...]:
    """The account's orders of the last days that a person declared not received, oldest first.

    A dialog that is answered Yes after all makes a live order of such a one.
    """
    return tuple(
        order
        for order in _orders(runs, account_id)
        if order.state.phase is Phase.NOT_RECEIVED
        and _human_verdict(order) is not None
        and now - order.intent.intended_at <= _WATCHED_FOR
    )


def declined_on(
    day: date, runs: tuple[JournaledRun, ...], account_id: AccountId
) -> tuple[JournaledOrder, ...]:
    """The account's orders of which a person said on that trading day that a dialog declined them.

    A gateway restarted later, as its owner says, has no dialog left: then they are not among them.
    """
    return tuple(
        order
        for order in _orders(runs, account_id)
        if _human_verdict(order) is Resolution.DECLINED
        and any(
            isinstance(each.event, Resolved)
            and each.event.verdict is Resolution.DECLINED
            and trading_day(each.at) == day
            for each in order.events
        )
    )


def trades_of(orders: tuple[JournaledOrder, ...]) -> frozenset[tuple[ConId, Side]]:
    """The contracts and sides of these orders."""
    return frozenset((o.intent.ticket.con_id, o.intent.ticket.side) for o in orders)


def accounts_to_ask(runs: tuple[JournaledRun, ...], now: datetime) -> tuple[AccountId, ...]:
    """Every account of which the broker may still tell something.

    It has open orders, orders of today, or ones that only a person declared not received.
    """
    today = trading_day(now)
    return tuple(
        each
        for each in _accounts(runs)
        if unfinished(runs, each) or finished_on(today, runs, each) or watched(runs, each, now)
    )


def accounts_perhaps_to_ask(runs: tuple[JournaledRun, ...], now: datetime) -> tuple[AccountId, ...]:
    """Every account that there may be to ask about, by a clock that is at most a day wrong."""
    near = {each for by in (-_DAY, _NO_TIME, _DAY) for each in accounts_to_ask(runs, now + by)}
    return tuple(sorted(near))


def trading_day(at: datetime) -> date:
    """The day in New York, where the broker's lists of executions begin anew."""
    return at.astimezone(_EXCHANGE).date()


def is_declared(order: JournaledOrder) -> bool:
    """Whether a person's word closed the order, as a dialog or a restart of the gateway had it."""
    return _human_verdict(order) is not None


def _human_verdict(order: JournaledOrder) -> Resolution | None:
    """The latest verdict of a person on the order, or None."""
    said = [
        each.event.verdict
        for each in order.events
        if isinstance(each.event, Resolved) and each.event.by_human
    ]
    return said[-1] if said else None


def _accounts(runs: tuple[JournaledRun, ...]) -> tuple[AccountId, ...]:
    return tuple(sorted({a.approval.account_id for run in runs for a in run.accounts}))


def _orders(runs: tuple[JournaledRun, ...], account_id: AccountId) -> Iterator[JournaledOrder]:
    for run in runs:
        for account in run.accounts:
            if account.approval.account_id == account_id:
                yield from account.orders
