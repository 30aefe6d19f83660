"""What a yes to a plan must be: the account id typed in place of y, or at least a person's own."""

from __future__ import annotations

from attrs import frozen

from rebalancer_core.safety.limits import is_paper
from rebalancer_core.safety.rules import (
    Typed,
    Unattended,
    UnattendedBesideKept,
    UnattendedCapSells,
    UnattendedLive,
    UnattendedSecondInvestment,
    UnattendedTurnover,
    Violation,
)
from rebalancer_core.values.money import HUNDRED
from rebalancer_core.values.plan import Plan
from rebalancer_core.values.policy import SafetyPolicy


@frozen(kw_only=True)
class ConsentRules:
    """`typed` is what wants the account id typed, `refused` what `--yes` may not answer."""

    typed: tuple[Typed, ...] = ()
    refused: tuple[Unattended, ...] = ()


def consent_rules(plan: Plan, safety: SafetyPolicy) -> ConsentRules:
    """What this plan asks of its yes (R 4.4.15, 4.4.17, 4.11.3, 7.1.3, 7.1.4, 7.3.14, 7.3.15).

    A plan without orders asks nothing.
    """
    if not plan.orders:
        return ConsentRules()
    live = () if is_paper(plan.account_id) else (UnattendedLive(),)
    typed: list[Typed] = []
    if over_turnover(plan, safety):
        at_most = safety.max_turnover_pct
        typed.append(UnattendedTurnover(turnover=plan.turnover, at_most_pct=at_most))
    if plan.borrows_beside_kept:
        typed.append(UnattendedBesideKept(cash=plan.cash))
    if plan.invested_before is not None:
        typed.append(UnattendedSecondInvestment(first=plan.invested_before))
    sells = plan.inside_band_sells
    return ConsentRules(
        typed=(*live, *typed),
        refused=(
            *(() if safety.allow_unattended_live else live),
            *typed,
            *((UnattendedCapSells(symbols=sells),) if sells else ()),
        ),
    )


def unattended_violations(
    plan: Plan, safety: SafetyPolicy, *, without_prompt: bool
) -> tuple[Violation, ...]:
    """What `--yes` may not answer, rule by rule."""
    refused = consent_rules(plan, safety).refused if without_prompt else ()
    return tuple(Violation(rule=rule) for rule in refused)


def over_turnover(plan: Plan, safety: SafetyPolicy) -> bool:
    """Whether the plan needs the typed account id instead of y."""
    return plan.turnover * HUNDRED > safety.max_turnover_pct
