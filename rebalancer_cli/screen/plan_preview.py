"""The preview of one account: banner, table, figures of the whole batch, warnings."""

from __future__ import annotations

import textwrap
from decimal import Decimal

from rebalancer_cli.screen.console import console_text
from rebalancer_cli.screen.figures import NOTHING, age, leverage, money, percent
from rebalancer_cli.screen.plan_table import render_table
from rebalancer_core.messages import counted
from rebalancer_core.messages.flow import headline
from rebalancer_core.messages.margin import explain_margin
from rebalancer_core.reporting.preview_facts import PreviewFacts
from rebalancer_core.values.instruments import USD
from rebalancer_core.values.margin import PlanMargin
from rebalancer_core.values.money import CENT, ONE, rounded
from rebalancer_core.values.plan import Plan, Side
from rebalancer_core.values.policy import TradingMode

_LABEL_WIDTH = 20
_TENTH = Decimal("0.1")
_WHAT_IF = "IBKR what-if"


def render_preview(plan: Plan, facts: PreviewFacts, width: int) -> str:
    """Everything a person needs to say yes or no, ended by a line feed."""
    blocks = (
        _banner(plan, facts, width),
        render_table(plan, width),
        _figures(plan, facts, width),
        _sentences("Warning", (*plan.warnings, *_cautions(facts.margin)), width),
        _sentences("BLOCKED", facts.blocked, width),
        _sentences("REFUSED", facts.breaches, width),
        _sentences("To trade", (facts.wanted,) if facts.wanted else (), width),
    )
    return "\n\n".join(block for block in blocks if block) + "\n"


def _banner(plan: Plan, facts: PreviewFacts, width: int) -> str:
    is_live = facts.mode is TradingMode.LIVE
    mark = "#" if is_live else "="
    title = (
        "LIVE - REAL MONEY" if is_live else "PAPER",
        plan.account_id,
        f"account {facts.number} of {facts.total}",
        *((headline(plan.flow),) if headline(plan.flow) else ()),
        *(() if facts.can_trade else ("preview only, nothing can be sent",)),
    )
    aside = f" beside {money(plan.set_aside_usd)} set aside" if plan.set_aside_usd else ""
    lines = (
        f"Net liquidation {money(plan.net_liquidation)} | Cash {money(plan.cash)}{aside}",
        *_on_one_line_or_two(
            f"As of {plan.as_of:%Y-%m-%d %H:%M:%S} UTC",
            _price_age(facts.price_age_seconds),
            width,
        ),
    )
    head = textwrap.wrap(
        f"{mark * 3} {' | '.join(title)}", width - 1, subsequent_indent=f"{mark * 3} "
    )
    last = f"{head[-1]} ".ljust(width - 1, mark).rstrip()
    return "\n".join((*head[:-1], last, *lines))


def _on_one_line_or_two(one: str, other: str, width: int) -> tuple[str, ...]:
    together = f"{one} | {other}"
    return (together,) if len(together) <= width else (one, other)


def _price_age(seconds: Decimal | None) -> str:
    return "No prices" if seconds is None else f"Prices up to {age(seconds)} old"


def _figures(plan: Plan, facts: PreviewFacts, width: int) -> str:
    sells = sum(order.side is Side.SELL for order in plan.orders)
    buys = len(plan.orders) - sells
    orders = (
        f"{len(plan.orders)}: {counted(sells, 'sell')}, then {counted(buys, 'buy')}"
        if plan.orders
        else "none, every wanted trade is blocked"
        if facts.blocked
        else "none, nothing to trade"
    )
    ratio = f"{leverage(plan.leverage_before)} -> {leverage(plan.leverage_after)}"
    cash = f"{money(plan.cash)} -> {money(plan.cash_after)}"
    limits = f"buffer {money(plan.cash_buffer)}, no buy goes below {money(plan.cash_floor)}"
    lines = (
        ("Orders", orders),
        ("Gross buy", money(plan.buy_usd)),
        ("Gross sell", money(plan.sell_usd)),
        ("Turnover", f"{percent(plan.turnover)} % of net liquidation"),
        ("Gross position value", f"{money(plan.gross_before)} -> {money(plan.gross_after)}"),
        ("Leverage", f"{ratio} (cap {leverage(plan.max_leverage)})"),
        ("Cash", f"{cash} ({limits})"),
        *_reserve(plan),
        ("Residual drift", _residual_drift(plan)),
        *_margin(facts.margin),
        *(((_WHAT_IF, facts.unasked),) if facts.unasked else ()),
    )
    return "\n".join(
        textwrap.fill(
            f"{label.ljust(_LABEL_WIDTH)} {text}",
            width,
            subsequent_indent=" " * (_LABEL_WIDTH + 1),
        )
        for label, text in lines
    )


def _reserve(plan: Plan) -> tuple[tuple[str, str], ...]:
    if not plan.orders:
        return ()
    left = money(plan.cash_after - plan.reserve_usd)
    told = f"{money(plan.reserve_usd, 2)} for spread and commission, leaving cash of {left}"
    return (("Reserve", told),)


def _residual_drift(plan: Plan) -> str:
    drift, bound = rounded(plan.residual_drift_bps, _TENTH), rounded(plan.bound_bps, _TENTH)
    told = f"{drift:,f} bps (within {bound:,f} bps of the optimal whole-share plan)"
    if not plan.best_closer_usd:
        return told
    closer = rounded(plan.best_closer_bps, _TENTH)
    return f"{told}; sizing = best would end {closer:,f} bps closer"


def _margin(margin: PlanMargin | None) -> tuple[tuple[str, str], ...]:
    if margin is None:
        return ()
    if not margin.answered:
        why = "the broker answered with errors" if margin.errors else "the broker did not answer"
        return ((_WHAT_IF, f"margin unknown, {why}"),)
    figures = (
        f"initial margin {_in(margin.currency, margin.initial)}",
        f"maintenance {_in(margin.currency, margin.maintenance)}",
        f"excess liquidity {_in(margin.currency, margin.excess_liquidity)}",
        f"commission {_commission(margin)}",
    )
    missing = margin.answered < margin.asked
    part = f"{margin.answered} of {margin.asked} orders answered: " if missing else ""
    return ((_WHAT_IF, part + ", ".join(figures)),)


def _commission(margin: PlanMargin) -> str:
    sums = (_in(currency, amount, cents=True) for currency, amount in margin.commissions)
    return " and ".join(sums) or NOTHING


def _in(currency: str, amount: Decimal | None, *, cents: bool = False) -> str:
    """The broker's figures are in the base currency of the account: `$52,000`, `52,000 CAD`."""
    if amount is None or currency == USD:
        return money(amount, 2 if cents else 0)
    return f"{rounded(amount, CENT if cents else ONE):,f} {console_text(currency)}"


def _cautions(margin: PlanMargin | None) -> tuple[str, ...]:
    if margin is None:
        return ()
    caution = explain_margin(margin)
    return (*margin.errors, *((caution,) if caution else ()))


def _sentences(label: str, sentences: tuple[str, ...], width: int) -> str:
    return "\n".join(
        textwrap.fill(f"{label}: {console_text(sentence)}", width, subsequent_indent="  ")
        for sentence in sentences
    )
