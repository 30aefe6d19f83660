"""From a snapshot and the market to a plan that can be shown, with every rule it breaks."""

from __future__ import annotations

from datetime import datetime

from rebalancer_cli.leave import Stopped, value_or_stop
from rebalancer_cli.reading.accounts import failure
from rebalancer_cli.reading.market import Market
from rebalancer_cli.stages import AccountInputs, Draft, Run, style_of
from rebalancer_core.execution.limits import (
    annotated,
    mode_breaches,
    plan_breaches,
    unattended_breaches,
)
from rebalancer_core.planning.completeness import ledger_mismatch
from rebalancer_core.planning.plan import plan_account
from rebalancer_core.reporting.summary import AccountReport
from rebalancer_core.values.account import AccountSnapshot


def draft(
    account: AccountInputs,
    snapshot: AccountSnapshot,
    market: Market,
    *,
    run: Run,
    offline: bool,
) -> Draft | AccountReport:
    """The plan of one account, or the report of why there is none.

    Offline there are no trading hours to judge by and no ledger: only the plan itself is made.
    """
    settings = run.inputs.settings
    account_id = account.settings.account_id
    policy = account.settings.rebalance
    mismatch = ledger_mismatch(snapshot, market.quotes, settings.safety.ledger_tolerance_pct)
    if mismatch is not None:
        return failure(account_id, mismatch)
    plan = value_or_stop(
        plan_account(
            snapshot=snapshot, quotes=market.quotes, targets=account.targets, policy=policy
        )
    )
    if isinstance(plan, Stopped):
        return failure(account_id, plan.error)
    found = (
        ()
        if offline
        else (
            *mode_breaches(account_id, settings.gateway.port, settings.safety),
            *plan_breaches(
                plan,
                snapshot=snapshot,
                listings=market.listings,
                safety=settings.safety,
                hours=policy.trading_hours,
                now=market.as_of,
            ),
            *unattended_breaches(plan, settings.safety, without_prompt=run.without_prompt),
        )
    )
    breaches = found if plan.orders else ()
    return Draft(
        account=account,
        snapshot=snapshot,
        market=market,
        plan=annotated(plan, breaches),
        style=style_of(settings.execution, policy.trading_hours),
        breaches=breaches,
    )


def price_age(drawn: Draft, now: datetime) -> float:
    """Seconds since the prices of a draft were read."""
    return (now - drawn.market.as_of).total_seconds()
