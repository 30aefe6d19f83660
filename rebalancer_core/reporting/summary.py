"""The run summary: one row an account, whatever became of it, made from its plan and its record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from enum import Enum

from attrs import field, frozen

from rebalancer_core.messages.reports import (
    filled_in_part,
    is_unknown,
    is_working,
    was_cancelled,
    was_not_sent,
    was_rejected,
)
from rebalancer_core.orders.record import ExecutionRecord, OrderOutcome, OrderStatus
from rebalancer_core.orders.skip_cause import SkipCause
from rebalancer_core.orders.tickets import OrderStyle
from rebalancer_core.reporting.after_trading import after_trading
from rebalancer_core.reporting.cells import (
    Cell,
    Table,
    count_cell,
    instant_text,
    ratio_cell,
    table_of,
    usd_cell,
)
from rebalancer_core.values.account import AccountSnapshot
from rebalancer_core.values.instruments import AccountId
from rebalancer_core.values.money import ZERO
from rebalancer_core.values.plan import Plan, Side


class AccountStatus(Enum):
    """How a run ended for one account; BLOCKED: every trade that it wants, in a preview, too.

    NOT_TOUCHED: the cash flow names other accounts.
    """

    NOT_TOUCHED = "not touched"
    NOTHING_TO_DO = "nothing to do"
    PREVIEWED = "previewed"
    DECLINED = "declined"
    BLOCKED = "blocked"
    REFUSED = "refused"
    FAILED = "failed"
    DONE = "done"
    PARTIAL = "partial"
    UNKNOWN = "unknown"
    INTERRUPTED = "interrupted"


@frozen(kw_only=True)
class AccountReport:
    """All a run knows of one account at its end.

    `plan` is None where the account failed before it, `record` None where nothing was sent;
    `error` says why it is not done, and is empty where it is; `notes` are sentences about what was
    done. `breaches` are the safety rules that the plan
    breaks, as sentences; `seen` is the account as the broker showed it after trading, where read.
    """

    account_id: AccountId
    status: AccountStatus
    error: str = ""
    notes: tuple[str, ...] = ()
    plan: Plan | None = None
    record: ExecutionRecord | None = None
    style: OrderStyle = field(factory=OrderStyle)
    breaches: tuple[str, ...] = ()
    seen: AccountSnapshot | None = None


@frozen(kw_only=True)
class SummaryRow:
    """One account. `submitted`, `filled` and `rejected` count orders.

    `buy_usd`, `sell_usd` and `post_leverage` are what was executed once anything was sent, and
    what was planned before that; None where there was no plan.
    """

    timestamp: datetime
    account_id: AccountId
    planned_orders: int
    submitted: int
    filled: int
    rejected: int
    buy_usd: Decimal | None
    sell_usd: Decimal | None
    pre_leverage: Decimal | None
    post_leverage: Decimal | None
    status: AccountStatus
    error: str
    notes: str


# R 9.4.2, R 9.4.4: the names and their order; others read files by them.
SUMMARY_COLUMNS: tuple[tuple[str, Callable[[SummaryRow], Cell]], ...] = (
    ("timestamp_run", lambda row: instant_text(row.timestamp)),
    ("account_id", lambda row: row.account_id),
    ("planned_orders", lambda row: count_cell(row.planned_orders)),
    ("submitted", lambda row: count_cell(row.submitted)),
    ("filled", lambda row: count_cell(row.filled)),
    ("rejected", lambda row: count_cell(row.rejected)),
    ("buy_usd", lambda row: usd_cell(row.buy_usd)),
    ("sell_usd", lambda row: usd_cell(row.sell_usd)),
    ("pre_leverage", lambda row: ratio_cell(row.pre_leverage)),
    ("post_leverage", lambda row: ratio_cell(row.post_leverage)),
    ("status", lambda row: row.status.value),
    ("error", lambda row: row.error),
    ("notes", lambda row: row.notes),
)


def summary_row(report: AccountReport, timestamp: datetime) -> SummaryRow:
    """The row of one account.

    >>> from datetime import UTC
    >>> lost = AccountReport(
    ...     account_id=AccountId("DU111111"), status=AccountStatus.FAILED, error="no price for VTI"
    ... )
    >>> row = summary_row(lost, datetime(2026, 1, 2, tzinfo=UTC))
    >>> row.planned_orders, row.buy_usd, row.error
    (0, None, 'no price for VTI')
    """
    plan, record = report.plan, report.record
    after = after_trading(record) if record else None
    planned_leverage = plan.leverage_after if plan else None
    return SummaryRow(
        timestamp=timestamp,
        account_id=report.account_id,
        planned_orders=len(plan.orders) if plan else 0,
        submitted=_submitted(record),
        filled=_count(record, OrderStatus.FILLED),
        rejected=_count(record, OrderStatus.REJECTED),
        buy_usd=_traded_usd(plan, record, Side.BUY),
        sell_usd=_traded_usd(plan, record, Side.SELL),
        pre_leverage=plan.leverage_before if plan else None,
        post_leverage=after.leverage if after else planned_leverage,
        status=report.status,
        error=report.error,
        notes="; ".join(report.notes),
    )


def summary_table(rows: tuple[SummaryRow, ...]) -> Table:
    """The whole report, ready for a file.

    >>> summary_table(()).columns[:2]
    ('timestamp_run', 'account_id')
    """
    return table_of(SUMMARY_COLUMNS, rows)


def status_of(record: ExecutionRecord) -> AccountStatus:
    """What the orders' outcomes make of the account: unknown before partial before done.

    An order still working when the run ends is unknown to this run: what it will come to is open.
    A buy dropped for want of cash is done: what the sells really brought was not enough for it.
    """
    # A replaced leg is answered for by the leg that took over its rest.
    statuses = {
        outcome.status
        for outcome in record.outcomes
        if outcome.replaced_by is None and outcome.skipped_for is not SkipCause.CASH
    }
    if statuses & {OrderStatus.UNKNOWN, OrderStatus.SUBMITTED}:
        return AccountStatus.UNKNOWN
    return AccountStatus.DONE if statuses <= {OrderStatus.FILLED} else AccountStatus.PARTIAL


def error_of(record: ExecutionRecord, status: AccountStatus) -> str:
    """Why the account of this record is not done: rejections, faults, what else is not filled.

    Empty where it is done (R 9.4.3); what there was is among its notes then. A leg that another
    one took over for is answered for by that.
    """
    if status is AccountStatus.DONE:
        return ""
    rejections = (
        was_rejected(outcome.ticket.symbol, outcome.reject_code)
        for outcome in record.outcomes
        if outcome.status is OrderStatus.REJECTED
    )
    unfilled = (_unfilled(outcome) for outcome in record.outcomes if outcome.replaced_by is None)
    return "; ".join((*rejections, *record.faults, *filter(None, unfilled)))


def _unfilled(outcome: OrderOutcome) -> str:
    """What is not filled of an order that is not rejected; empty where all of it is."""
    symbol, ordered = outcome.ticket.symbol, outcome.ticket.quantity
    match outcome.status:
        case OrderStatus.FILLED | OrderStatus.REJECTED:
            return ""
        case OrderStatus.PARTIALLY_FILLED:
            return filled_in_part(symbol, outcome.filled, ordered)
        case OrderStatus.CANCELLED:
            return was_cancelled(symbol)
        case OrderStatus.SKIPPED:
            return was_not_sent(symbol)
        case OrderStatus.SUBMITTED:
            return is_working(symbol)
        case OrderStatus.UNKNOWN:
            return is_unknown(symbol)


def notes_of(record: ExecutionRecord, status: AccountStatus) -> tuple[str, ...]:
    """What there is to say of the account beside `error_of`."""
    if status is AccountStatus.DONE:
        return (*record.notes, *record.faults)
    return record.notes


def _submitted(record: ExecutionRecord | None) -> int:
    outcomes = record.outcomes if record else ()
    return sum(outcome.status is not OrderStatus.SKIPPED for outcome in outcomes)


def _count(record: ExecutionRecord | None, status: OrderStatus) -> int:
    outcomes = record.outcomes if record else ()
    return sum(outcome.status is status for outcome in outcomes)


def _traded_usd(plan: Plan | None, record: ExecutionRecord | None, side: Side) -> Decimal | None:
    if record:
        return sum(
            (
                outcome.filled * (outcome.average_price or outcome.ticket.price)
                for outcome in record.outcomes
                if outcome.ticket.side is side
            ),
            ZERO,
        )
    if plan is None:
        return None
    return plan.buy_usd if side is Side.BUY else plan.sell_usd
