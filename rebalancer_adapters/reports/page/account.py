"""One account of a run: how it ended, its figures before and after, its holdings, its orders."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from rebalancer_adapters.reports.page.markup import (
    Heading,
    Look,
    Markup,
    figure,
    listed,
    table,
    tag,
    text,
    together,
)
from rebalancer_adapters.reports.page.orders import render_orders
from rebalancer_adapters.reports.page.weights import holdings, render_decisions, render_weights
from rebalancer_core.messages.flow import headline
from rebalancer_core.reporting.after_trading import AfterTrading, after_trading
from rebalancer_core.reporting.cells import percent_cell, ratio_cell, usd_cell
from rebalancer_core.reporting.post_trade import PostTradeRow, post_trade_rows
from rebalancer_core.reporting.summary import AccountReport, AccountStatus
from rebalancer_core.safety.limits import is_paper
from rebalancer_core.values.money import rounded
from rebalancer_core.values.plan import Plan, Side

LIVE = "LIVE - REAL MONEY"
PAPER = "PAPER"
_TENTH = Decimal("0.1")
_RECOVER = (
    "The outcome of an order is unknown. Run `rebalance recover` before anything else is traded in"
    " this account, also by hand."
)


def mode_of(report: AccountReport) -> str:
    """Whether the account's money is real, in words."""
    return PAPER if is_paper(report.account_id) else LIVE


def render_account(report: AccountReport, number: int, timestamp: datetime) -> Markup:
    """The section of one account, the `number`th of the run; `timestamp` is when the run began."""
    title = f"account-{number}"
    parts = (
        tag(
            "h2",
            text(f"{report.account_id} | {mode_of(report)} "),
            tag("span", text(report.status.value), class_="state"),
            id=title,
        ),
        *(alarm((report.error,)) if report.error else ()),
        *(tag("p", text(note), class_="remark") for note in report.notes),
        *(alarm((_RECOVER,)) if report.status is AccountStatus.UNKNOWN else ()),
        *alarm(_untold(report)),
        *_planned(report, timestamp),
    )
    return tag("section", *parts, aria_labelledby=title)


def alarm(sentences: tuple[str, ...]) -> tuple[Markup, ...]:
    """Sentences that nobody shall overlook; nothing where there is none."""
    if not sentences:
        return ()
    return (tag("ul", *(tag("li", text(sentence)) for sentence in sentences), class_="alarm"),)


def _untold(report: AccountReport) -> tuple[str, ...]:
    """The rules that would have refused this plan, where the error does not name them."""
    if report.status is AccountStatus.BLOCKED:
        return ()
    return tuple(f"REFUSED: {breach}" for breach in report.breaches if breach not in report.error)


def _planned(report: AccountReport, timestamp: datetime) -> tuple[Markup, ...]:
    plan, record = report.plan, report.record
    if plan is None:
        return (tag("p", text("There is no plan for this account, and nothing was sent.")),)
    after = after_trading(record) if record else None
    lines = post_trade_rows(record, report.seen, timestamp) if record else ()
    held = holdings(plan, lines)
    is_traded = record is not None
    return (
        *alarm(tuple(f"Warning: {warning}" for warning in plan.warnings)),
        _figures(plan),
        _before_and_after(plan, after),
        render_weights(held, is_traded=is_traded),
        render_decisions(held),
        _orders(lines, is_traded=is_traded),
    )


def _figures(plan: Plan) -> Markup:
    sells = sum(order.side is Side.SELL for order in plan.orders)
    counted = f"{len(plan.orders)}: sell {sells}, buy {len(plan.orders) - sells}"
    return listed(
        (
            ("Read at", text(f"{plan.as_of.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC")),
            ("Net liquidation $", figure(usd_cell(plan.net_liquidation))),
            ("Managed net liquidation $", figure(usd_cell(plan.managed_net_liquidation))),
            *((("Asked for", text(headline(plan.flow))),) if headline(plan.flow) else ()),
            *_set_aside(plan),
            ("Planned orders", text(counted)),
            ("Gross buy $, planned", figure(usd_cell(plan.buy_usd))),
            ("Gross sell $, planned", figure(usd_cell(plan.sell_usd))),
            ("Turnover, % of net liquidation", figure(percent_cell(plan.turnover))),
            ("Cash buffer $", figure(usd_cell(plan.cash_buffer))),
            ("Cash floor $, no buy goes below", figure(usd_cell(plan.cash_floor))),
            ("Reserved for spread and commission $", figure(usd_cell(plan.reserve_usd))),
            ("Leverage cap", figure(ratio_cell(plan.max_leverage))),
            ("Residual drift of the plan", _bps(plan.residual_drift_bps, plan.residual_drift_usd)),
            ("Optimality gap (upper bound)", _bps(plan.bound_bps, plan.bound_usd)),
            *_best_closer(plan),
        )
    )


def _set_aside(plan: Plan) -> tuple[tuple[str, Markup], ...]:
    if not plan.set_aside_usd:
        return ()
    return (("Set aside $, beside all figures", figure(usd_cell(plan.set_aside_usd))),)


def _best_closer(plan: Plan) -> tuple[tuple[str, Markup], ...]:
    if not plan.best_closer_usd:
        return ()
    return (
        ("sizing = best would end closer by", _bps(plan.best_closer_bps, plan.best_closer_usd)),
    )


def _bps(figure_bps: Decimal, figure_usd: Decimal) -> Markup:
    return together(
        figure(rounded(figure_bps, _TENTH)), text(" bps, $"), figure(usd_cell(figure_usd))
    )


def _before_and_after(plan: Plan, after: AfterTrading | None) -> Markup:
    done = (Heading("After trading", Look.NUMBER),) if after else ()
    return table(
        "The account before and after",
        (
            Heading("Figure"),
            Heading("Before", Look.NUMBER),
            Heading("As planned", Look.NUMBER),
            *done,
        ),
        (
            (
                text("Cash $"),
                figure(usd_cell(plan.cash)),
                figure(usd_cell(plan.cash_after)),
                *((figure(usd_cell(after.cash)),) if after else ()),
            ),
            (
                text("Gross position value $"),
                figure(usd_cell(plan.gross_before)),
                figure(usd_cell(plan.gross_after)),
                *((figure(usd_cell(after.gross_position_value)),) if after else ()),
            ),
            (
                text("Leverage"),
                figure(ratio_cell(plan.leverage_before)),
                figure(ratio_cell(plan.leverage_after)),
                *((figure(ratio_cell(after.leverage)),) if after else ()),
            ),
        ),
    )


def _orders(lines: tuple[PostTradeRow, ...], *, is_traded: bool) -> Markup:
    if not is_traded:
        return tag("p", tag("strong", text("No order was sent for this account.")))
    return render_orders(lines)
