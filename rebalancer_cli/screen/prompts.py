"""The one place a yes is read, and so the one place an ApprovedPlan can come from."""

from __future__ import annotations

from rebalancer_cli.preview import render_global_prompt, render_prompt, render_typed_prompt
from rebalancer_cli.preview.questions import Excluded
from rebalancer_cli.screen.terminal import Terminal
from rebalancer_core.orders.tickets import Consent
from rebalancer_core.safety.limits import is_paper, over_turnover
from rebalancer_core.values.money import plain
from rebalancer_core.values.plan import Plan
from rebalancer_core.values.policy import SafetyPolicy

_YES = frozenset({"y", "yes"})


async def consent(
    plan: Plan, safety: SafetyPolicy, terminal: Terminal, *, without_prompt: bool
) -> Consent | None:
    """How the user agreed to this plan, or None for every other answer, and for silence.

    A live account, or a turnover over `max_turnover_pct`, wants the account id typed (SPEC 7).
    """
    if without_prompt:
        return Consent.YES_FLAG
    why_typed = _why_typed(plan, safety)
    if not why_typed:
        answer = await _asked(terminal, render_prompt(plan))
        return Consent.YES if _is_yes(answer) else None
    answer = await _asked(terminal, render_typed_prompt(plan, why_typed))
    return Consent.TYPED_ACCOUNT if answer == plan.account_id else None


async def consent_for_all(
    plans: tuple[Plan, ...],
    excluded: tuple[Excluded, ...],
    safety: SafetyPolicy,
    terminal: Terminal,
    *,
    without_prompt: bool,
) -> Consent | None:
    """One yes for all plans; then the account id of each plan that wants it typed.

    One account not confirmed is none confirmed: the question was about all of them.
    """
    if without_prompt:
        return Consent.YES_FLAG
    if not _is_yes(await _asked(terminal, render_global_prompt(plans, excluded))):
        return None
    given = Consent.YES
    for plan in plans:
        why_typed = _why_typed(plan, safety)
        if why_typed:
            answer = await _asked(terminal, render_typed_prompt(plan, why_typed))
            if answer != plan.account_id:
                return None
            given = Consent.TYPED_ACCOUNT
    return given


async def _asked(terminal: Terminal, prompt: str) -> str | None:
    if not terminal.can_ask:
        terminal.note(f"{prompt}no: nobody sits at a keyboard -> --yes trades without asking")
        return None
    return await terminal.ask(prompt)


def _is_yes(answer: str | None) -> bool:
    # ASCII only: lower() would also fold look-alikes that nobody typed on purpose.
    return answer is not None and answer.isascii() and answer.lower() in _YES


def _why_typed(plan: Plan, safety: SafetyPolicy) -> str:
    if not is_paper(plan.account_id):
        return "This is a LIVE account."
    if over_turnover(plan, safety):
        return f"The turnover is over max_turnover_pct = {plain(safety.max_turnover_pct)}."
    return ""
