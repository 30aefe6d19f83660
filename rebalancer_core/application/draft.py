"""From a snapshot and the market to a plan that can be shown, with every rule it breaks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from attrs import evolve, frozen

from rebalancer_core.application.types import AccountInputs, Draft, Market, Run, style_of
from rebalancer_core.market.completeness import ledger_mismatch
from rebalancer_core.messages.blocked import blocked
from rebalancer_core.messages.refusals import refused_by_safety
from rebalancer_core.messages.safety import stated
from rebalancer_core.planning.plan import plan_account
from rebalancer_core.reporting.failures import failure
from rebalancer_core.reporting.summary import AccountReport, AccountStatus
from rebalancer_core.safety.consents import unattended_violations
from rebalancer_core.safety.limits import (
    declined_violations,
    flow_violations,
    hidden_order_violations,
    mode_violations,
    plan_violations,
)
from rebalancer_core.safety.row_reasons import with_violations
from rebalancer_core.safety.rules import Violation
from rebalancer_core.safety.shut_markets import shut_markets
from rebalancer_core.safety.staleness import oldest_price
from rebalancer_core.values.account import AccountSnapshot
from rebalancer_core.values.commission import Commissions
from rebalancer_core.values.flow import Invest
from rebalancer_core.values.instruments import ConId
from rebalancer_core.values.money import ZERO
from rebalancer_core.values.plan import NotBuyable, Plan
from rebalancer_core.values.results import Failed, unwrap_or_failed

NOTHING_NAMED: Mapping[ConId, Decimal] = {}


class PlanSource(Protocol):
    """Where the plan of an account comes from: made now, or saved before."""

    def plan_for(
        self,
        account: AccountInputs,
        snapshot: AccountSnapshot,
        market: Market,
        not_buyable: tuple[NotBuyable, ...] = (),
        named: Mapping[ConId, Decimal] = NOTHING_NAMED,
    ) -> Draft | AccountReport:
        """The plan of one account as it can be shown, or the report of why there is none.

        `named` are commissions, USD, that the broker named for single orders.
        """
        ...


@frozen(kw_only=True)
class FreshPlan:
    """Makes plans of what the broker tells now.

    Offline there are no trading hours to judge by and no ledger: the plan itself is made, and
    judged by what the snapshot says of open orders alone.
    """

    run: Run
    offline: bool = False

    def plan_for(
        self,
        account: AccountInputs,
        snapshot: AccountSnapshot,
        market: Market,
        not_buyable: tuple[NotBuyable, ...] = (),
        named: Mapping[ConId, Decimal] = NOTHING_NAMED,
    ) -> Draft | AccountReport:
        """The plan of one account, or the report of why there is none."""
        execution = self.run.inputs.settings.execution
        commissions = Commissions(rate=execution.commission, named=named)
        plan = unwrap_or_failed(
            plan_account(
                snapshot=snapshot,
                quotes=market.book_for(snapshot.account_id),
                targets=account.targets,
                policy=account.settings.rebalance,
                not_buyable=not_buyable,
                commissions=commissions,
                symbol_rules=self.run.inputs.settings.symbol_rules,
                flow=account.flow,
            )
        )
        if isinstance(plan, Failed):
            return failure(account.settings.account_id, plan.error)
        if self.offline:
            hidden = hidden_order_violations(snapshot)
            return drafted(
                plan, hidden, account=account, snapshot=snapshot, market=market, run=self.run
            )
        draft = judged(plan, account=account, snapshot=snapshot, market=market, run=self.run)
        return evolve(draft, commissions=commissions)


def unbalanced(snapshot: AccountSnapshot, market: Market, run: Run) -> AccountReport | None:
    """The report of an account whose positions are not those of the broker's own ledger."""
    tolerance = run.inputs.settings.safety.ledger_tolerance_pct
    mismatch = ledger_mismatch(snapshot, market.quotes, tolerance)
    return failure(snapshot.account_id, mismatch) if mismatch is not None else None


def judged(
    plan: Plan, *, account: AccountInputs, snapshot: AccountSnapshot, market: Market, run: Run
) -> Draft:
    """The plan with every safety rule that it breaks now."""
    first = run.invested.get(plan.account_id) if isinstance(plan.flow, Invest) else None
    plan = evolve(plan, invested_before=first)
    settings = run.inputs.settings
    found = (
        *mode_violations(plan.account_id, settings.gateway.port, settings.safety),
        *plan_violations(
            plan,
            snapshot=snapshot,
            listings=market.listings,
            safety=settings.safety,
            hours=account.settings.rebalance.trading_hours,
            now=market.as_of,
        ),
        *declined_violations(plan, run.declined.get(plan.account_id, frozenset())),
        *unattended_violations(plan, settings.safety, without_prompt=run.without_prompt),
    )
    shut = shut_markets(
        plan,
        listings=market.listings,
        hours=account.settings.rebalance.trading_hours,
        now=market.as_of,
    )
    return drafted(
        plan, found, account=account, snapshot=snapshot, market=market, run=run, shut=shut
    )


def drafted(
    plan: Plan,
    found: tuple[Violation, ...],
    *,
    account: AccountInputs,
    snapshot: AccountSnapshot,
    market: Market,
    run: Run,
    shut: tuple[Violation, ...] = (),
) -> Draft:
    """The plan as it can be shown; one without orders breaks no rule, save that of a raise."""
    broken = (*flow_violations(plan), *(found if plan.orders else ()))
    breaches = tuple(map(stated, broken))
    closed = tuple(stated(each) for each in shut)
    return Draft(
        account=account,
        snapshot=snapshot,
        market=market,
        made=plan,
        plan=with_violations(plan, (*breaches, *closed)),
        style=style_of(run.inputs.settings.execution, account.settings.rebalance.trading_hours),
        breaches=breaches,
        closed=closed,
    )


def blocked_or_idle(draft: Draft) -> AccountReport | None:
    """The report of an account that has nothing to send: all of it is blocked, or none is wanted.

    None where the plan has orders, and not every one of them is blocked. An amount that cannot be
    raised is refused.
    """
    if not draft.plan.orders and draft.breaches:
        return draft.ended(
            AccountStatus.REFUSED, error=refused_by_safety(draft.account_id, draft.breaches)
        )
    why = draft.blocked
    if why:
        return draft.ended(AccountStatus.BLOCKED, error=blocked(why))
    return None if draft.plan.orders else draft.ended(AccountStatus.NOTHING_TO_DO)


def price_age(draft: Draft, now: datetime) -> float:
    """Seconds since the prices of a draft were read."""
    return (now - draft.market.as_of).total_seconds()


def shown_price_age(draft: Draft, now: datetime) -> Decimal | None:
    """Whole seconds since the oldest price that the preview shows was one (R 5.1.2).

    None where it shows none. The prices of a saved plan are those that it was made with.
    """
    quotes = draft.market.quotes if draft.saved is None else draft.saved.quotes
    oldest = oldest_price(draft.plan, quotes)
    return None if oldest is None else max(ZERO, Decimal(int((now - oldest).total_seconds())))
