"""Cash flows of earlier runs: what was invested on a trading day already."""

from __future__ import annotations

from datetime import date

from rebalancer_core.reconcile.journal_model import JournaledRun
from rebalancer_core.reconcile.past_orders import trading_day
from rebalancer_core.values.flow import EarlierInvestment, Invest
from rebalancer_core.values.instruments import AccountId


def invested_on(
    day: date, runs: tuple[JournaledRun, ...], account_id: AccountId
) -> EarlierInvestment | None:
    """The first investment of the account that sent an order on that trading day, or None.

    >>> invested_on(date(2026, 1, 2), (), AccountId("DU111111")) is None
    True
    """
    for run in runs:
        for account in run.accounts:
            approval, flow = account.approval, account.approval.plan.flow
            sent = sum(not order.was_never_handed for order in account.orders)
            if (
                sent
                and isinstance(flow, Invest)
                and approval.account_id == account_id
                and trading_day(approval.approved_at) == day
            ):
                return EarlierInvestment(
                    run_id=run.started.run_id,
                    at=approval.approved_at,
                    amount=flow.amount,
                    orders=sent,
                )
    return None
