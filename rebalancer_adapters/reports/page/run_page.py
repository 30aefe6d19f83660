"""The page of one run: how every account ended first, then each account with all its reasons."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from rebalancer_adapters.reports.page.account import LIVE, PAPER, alarm, mode_of, render_account
from rebalancer_adapters.reports.page.markup import Heading, Look, Markup, figure, table, tag, text
from rebalancer_adapters.reports.page.style import STYLE
from rebalancer_core.reporting.cells import count_cell, instant_text, ratio_cell, usd_cell
from rebalancer_core.reporting.run_facts import RunFacts
from rebalancer_core.reporting.summary import AccountReport, summary_row
from rebalancer_core.safety.limits import is_paper

# Nothing is loaded and nothing runs, whatever a broker's text might smuggle in.
CONTENT_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_SUMMARY = (
    Heading("Account"),
    Heading("Money"),
    Heading("Status"),
    Heading("Planned", Look.NUMBER),
    Heading("Sent", Look.NUMBER),
    Heading("Filled", Look.NUMBER),
    Heading("Rejected", Look.NUMBER),
    Heading("Buy $", Look.NUMBER),
    Heading("Sell $", Look.NUMBER),
    Heading("Leverage before", Look.NUMBER),
    Heading("Leverage after", Look.NUMBER),
    Heading("Error"),
)


def render_page(run: RunFacts, reports: tuple[AccountReport, ...]) -> str:
    """The whole page, ended by a line feed; it needs nothing but itself.

    >>> run = RunFacts(
    ...     run_id="9f2c31aa", started_at=datetime(2026, 1, 2, tzinfo=UTC), can_trade=True
    ... )
    >>> render_page(run, ()).splitlines()[0]
    '<!DOCTYPE html>'
    """
    page = tag(
        "html", _head(run), tag("body", _header(run, reports), _main(run, reports)), lang="en"
    )
    return f"<!DOCTYPE html>\n{page}\n"


def _head(run: RunFacts) -> Markup:
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=CONTENT_POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", text(f"Rebalance {instant_text(run.started_at)}")),
        tag("style", Markup(STYLE)),
    )


def _header(run: RunFacts, reports: tuple[AccountReport, ...]) -> Markup:
    live = tuple(report.account_id for report in reports if not is_paper(report.account_id))
    money = f"{LIVE}: {', '.join(live)}" if live else PAPER
    allowed = "" if run.can_trade else " | preview only, nothing could be sent"
    began = f"{run.started_at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    ends = Counter(report.status.value for report in reports)
    counted = ", ".join(f"{number} {status}" for status, number in ends.items())
    return tag(
        "header",
        tag("p", text(f"{money}{allowed}"), class_="banner live" if live else "banner"),
        tag(
            "h1",
            text("Rebalance "),
            tag("time", text(began), datetime=instant_text(run.started_at)),
        ),
        tag("p", text(f"Run {run.run_id} | accounts: {counted or 'none'}")),
        *alarm(run.warnings),
    )


def _main(run: RunFacts, reports: tuple[AccountReport, ...]) -> Markup:
    numbered = tuple(enumerate(reports, start=1))
    return tag(
        "main",
        table(
            "Every account of the run",
            _SUMMARY,
            (_summary_cells(number, report, run.started_at) for number, report in numbered),
        ),
        tag(
            "p",
            text("Buy, sell and leverage after: executed once an order was sent, planned before."),
            class_="remark",
        ),
        *(render_account(report, number, run.started_at) for number, report in numbered),
    )


def _summary_cells(number: int, report: AccountReport, timestamp: datetime) -> tuple[Markup, ...]:
    row = summary_row(report, timestamp)
    return (
        tag("a", text(row.account_id), href=f"#account-{number}"),
        text(mode_of(report)),
        tag("span", text(row.status.value), class_="state"),
        figure(count_cell(row.planned_orders)),
        figure(count_cell(row.submitted)),
        figure(count_cell(row.filled)),
        figure(count_cell(row.rejected)),
        figure(usd_cell(row.buy_usd)),
        figure(usd_cell(row.sell_usd)),
        figure(ratio_cell(row.pre_leverage)),
        figure(ratio_cell(row.post_leverage)),
        text(row.error or "-"),
    )
