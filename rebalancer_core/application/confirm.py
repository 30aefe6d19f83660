"""The one place a yes is taken, and so the one place an ApprovedPlan can come from."""

from __future__ import annotations

from rebalancer_core.messages.run import why_typed
from rebalancer_core.orders.tickets import Consent, ConsentKind
from rebalancer_core.ports import PeoplePort
from rebalancer_core.reporting.preview_facts import Excluded
from rebalancer_core.safety.consents import consent_rules
from rebalancer_core.values.plan import Plan
from rebalancer_core.values.policy import SafetyPolicy


async def consent(
    plan: Plan, safety: SafetyPolicy, people: PeoplePort, *, without_prompt: bool
) -> Consent | None:
    """The user's yes to this plan, or None for every other answer, and for silence.

    A live account, a turnover over `max_turnover_pct`, and borrowed USD beside kept holdings want
    the account id typed.
    """
    if without_prompt:
        return Consent(plan=plan, kind=ConsentKind.YES_FLAG)
    why = _why_typed(plan, safety)
    if why is not None:
        return await _typed(plan, why, people)
    return Consent(plan=plan, kind=ConsentKind.YES) if await people.confirm(plan) else None


async def consent_for_all(
    plans: tuple[Plan, ...],
    excluded: tuple[Excluded, ...],
    safety: SafetyPolicy,
    people: PeoplePort,
    *,
    without_prompt: bool,
) -> tuple[Consent, ...]:
    """One yes for all plans; then the account id of each plan that wants it typed.

    One consent a plan, in their order, or none at all: the question was about all of them.
    """
    if without_prompt:
        return tuple(Consent(plan=plan, kind=ConsentKind.YES_FLAG) for plan in plans)
    if not await people.confirm_all(plans, excluded):
        return ()
    given: list[Consent] = []
    for plan in plans:
        why = _why_typed(plan, safety)
        yes = Consent(plan=plan, kind=ConsentKind.YES)
        answer = yes if why is None else await _typed(plan, why, people)
        if answer is None:
            return ()
        given.append(answer)
    return tuple(given)


async def _typed(plan: Plan, why: str, people: PeoplePort) -> Consent | None:
    is_typed = await people.confirm_typed(plan, why)
    return Consent(plan=plan, kind=ConsentKind.TYPED_ACCOUNT) if is_typed else None


def _why_typed(plan: Plan, safety: SafetyPolicy) -> str | None:
    """Why a yes wants the account id typed; None where a plain yes will do."""
    rules = consent_rules(plan, safety).typed
    return why_typed(rules) if rules else None
