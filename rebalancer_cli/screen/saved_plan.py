"""A plan file as people and programs read it, without a gateway."""

from __future__ import annotations

import json
import textwrap
from datetime import datetime
from decimal import Decimal

from attrs import frozen

from rebalancer_cli.screen.console import console_text
from rebalancer_cli.screen.figures import age
from rebalancer_cli.screen.plan_preview import render_preview
from rebalancer_core.messages.blocked import blocked, why_blocked
from rebalancer_core.reconcile.saved_plan import SavedAccount, SavedPlan
from rebalancer_core.reporting.preview_facts import PreviewFacts
from rebalancer_core.reporting.run_json import run_json
from rebalancer_core.reporting.summary import AccountReport, AccountStatus
from rebalancer_core.safety.limits import is_paper
from rebalancer_core.safety.row_reasons import with_violations
from rebalancer_core.safety.staleness import oldest_price
from rebalancer_core.values.money import ZERO
from rebalancer_core.values.policy import TradingMode

_FITS = (
    "The file, the settings and the portfolios are as they were; `rebalance apply` looks at the"
    " account and the prices."
)


@frozen(kw_only=True)
class Shown:
    """A plan file at `now` (UTC); `why_not` are the reasons why `apply` would refuse it."""

    name: str
    saved: SavedPlan
    now: datetime
    why_not: tuple[str, ...]


def render_shown(shown: Shown, width: int) -> str:
    """The preview of every account as it was saved, and whether the file still fits."""
    saved = shown.saved
    previews = tuple(
        render_preview(
            with_violations(each.plan, each.breaches), _facts(shown, each, number), width
        ).rstrip("\n")
        for number, each in enumerate(saved.accounts, start=1)
    )
    left_out = tuple(
        f"{each.account_id}: no plan: {console_text(each.error)}" for each in saved.left_out
    )
    verdict = tuple(f"REFUSED: {console_text(why)}" for why in shown.why_not) or (_FITS,)
    lines = (*_head(shown), *verdict)
    return "\n\n".join(
        (*previews, *(_wrapped(line, width) for line in left_out), _all_wrapped(lines, width))
    )


def shown_object(shown: Shown) -> str:
    """One JSON object: as `plan --json` printed it, with the file's own facts."""
    saved = shown.saved
    printed: dict[str, object] = json.loads(run_json(_reports(saved), saved.created, "show"))
    facts = {
        "program": saved.program,
        "created": _time_text(saved.created),
        "expires": _time_text(saved.expires),
        "sha256": saved.sha256,
        "fits": not shown.why_not,
        "why_not": list(shown.why_not),
    }
    return json.dumps({**printed, **facts}, indent=2)


def _head(shown: Shown) -> tuple[str, ...]:
    saved = shown.saved
    ago = age(_seconds_since(saved.created, shown.now))
    made = f"made {saved.created:%Y-%m-%d %H:%M} UTC, {ago} ago"
    by = f"by version {console_text(saved.program)}"
    until = f"valid until {saved.expires:%Y-%m-%d %H:%M} UTC"
    return (f"{console_text(shown.name)}: {made}, {by}; {until}", f"sha256 {saved.sha256}")


def _all_wrapped(lines: tuple[str, ...], width: int) -> str:
    return "\n".join(_wrapped(line, width) for line in lines)


def _wrapped(line: str, width: int) -> str:
    return textwrap.fill(line, width, subsequent_indent="  ", break_long_words=False)


def _facts(shown: Shown, each: SavedAccount, number: int) -> PreviewFacts:
    account_id = each.plan.account_id
    why = why_blocked(with_violations(each.plan, each.breaches), each.breaches)
    oldest = oldest_price(each.plan, shown.saved.snapshot.quotes)
    return PreviewFacts(
        mode=TradingMode.PAPER if is_paper(account_id) else TradingMode.LIVE,
        number=number,
        total=len(shown.saved.accounts),
        price_age_seconds=None if oldest is None else _seconds_since(oldest, shown.now),
        can_trade=False,
        blocked=why,
        breaches=() if why else tuple(breach.sentence for breach in each.breaches),
    )


def _reports(saved: SavedPlan) -> tuple[AccountReport, ...]:
    planned = tuple(map(_report, saved.accounts))
    left_out = tuple(
        AccountReport(
            account_id=each.account_id,
            status=AccountStatus.REFUSED if each.is_refused else AccountStatus.FAILED,
            error=each.error,
        )
        for each in saved.left_out
    )
    return (*planned, *left_out)


def _report(each: SavedAccount) -> AccountReport:
    plan = with_violations(each.plan, each.breaches)
    why = why_blocked(plan, each.breaches)
    previewed = AccountStatus.PREVIEWED if plan.orders else AccountStatus.NOTHING_TO_DO
    return AccountReport(
        account_id=plan.account_id,
        status=AccountStatus.BLOCKED if why else previewed,
        error=blocked(why) if why else "",
        plan=plan,
        style=each.style,
    )


def _seconds_since(time: datetime, now: datetime) -> Decimal:
    return max(Decimal(int((now - time).total_seconds())), ZERO)


def _time_text(time: datetime) -> str:
    return time.isoformat().replace("+00:00", "Z")
