"""The one place a yes is taken, and so the one place an ApprovedPlan can come from."""

from __future__ import annotations

from rebalancer_core.orders.tickets import Consent
from rebalancer_core.ports import PeoplePort
from rebalancer_core.reporting.preview_facts import Excluded
from rebalancer_core.safety.limits import is_paper, over_turnover
from rebalancer_core.values.money import plain
from rebalancer_core.values.plan import Plan
from rebalancer_core.values.policy import SafetyPolicy


async def consent(
    plan: Plan, safety: SafetyPolicy, people: PeoplePort, *, without_prompt: bool
) -> Consent | None:
    """How the user agreed to this plan, or None for every other answer, and for silence.

    A live account, or a turnover over `max_turnover_pct`, wants the account id typed.
    """
    if without_prompt:
        return Consent.YES_FLAG
    why_typed = _why_typed(plan, safety)
    if why_typed:
        return Consent.TYPED_ACCOUNT if await people.confirm_typed(plan, why_typed) else None
    return Consent.YES if await people.confirm(plan) else None


async def consent_for_all(
    plans: tuple[Plan, ...],
    excluded: tuple[Excluded, ...],
    safety: SafetyPolicy,
    people: PeoplePort,
    *,
    without_prompt: bool,
) -> Consent | None:
    """One yes for all plans; then the account id of each plan that wants it typed.

    One account not confirmed is none confirmed: the question was about all of them.
    """
    if without_prompt:
        return Consent.YES_FLAG
    if not await people.confirm_all(plans, excluded):
        return None
    given = Consent.YES
    for plan in plans:
        why_typed = _why_typed(plan, safety)
        if why_typed:
            if not await people.confirm_typed(plan, why_typed):
                return None
            given = Consent.TYPED_ACCOUNT
    return given


def _why_typed(plan: Plan, safety: SafetyPolicy) -> str:
    if not is_paper(plan.account_id):
        return "This is a LIVE account."
    if over_turnover(plan, safety):
        return f"The turnover is over max_turnover_pct = {plain(safety.max_turnover_pct)}."
    return ""
