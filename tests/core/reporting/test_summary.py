"""The summary has one row an account, whatever became of it."""

import json
from decimal import Decimal

import pytest
from attrs import evolve

from rebalancer_core.orders.events import OrderRef
from rebalancer_core.orders.record import OrderOutcome, OrderStatus, skipped
from rebalancer_core.orders.skip_cause import SkipCause
from rebalancer_core.reporting.cells import cell_text
from rebalancer_core.reporting.post_trade import POST_TRADE_COLUMNS
from rebalancer_core.reporting.pre_trade import PRE_TRADE_COLUMNS
from rebalancer_core.reporting.run_json import run_json
from rebalancer_core.reporting.summary import (
    AccountReport,
    AccountStatus,
    error_of,
    notes_of,
    status_of,
    summary_row,
    summary_table,
)
from tests.support.plan_factory import ACCOUNT, AS_OF, filled, plan_of, record_of, tickets_of

PLAN = plan_of()
SALE, PURCHASE = tickets_of(PLAN)
REJECTED = OrderOutcome(ticket=PURCHASE, status=OrderStatus.REJECTED, error="201: no")
TRADED = AccountReport(
    account_id=ACCOUNT,
    status=AccountStatus.PARTIAL,
    error="1 order rejected",
    plan=PLAN,
    record=record_of(PLAN, filled(SALE, "251.00"), REJECTED),
)
LOST = AccountReport(account_id=ACCOUNT, status=AccountStatus.FAILED, error="no price for VTI")


def texts(report: AccountReport) -> list[str]:
    return [cell_text(cell) for cell in summary_table((summary_row(report, AS_OF),)).rows[0]]


def test_the_columns_are_those_of_the_specification() -> None:
    assert summary_table(()).columns == (
        "timestamp_run",
        "account_id",
        "planned_orders",
        "submitted",
        "filled",
        "rejected",
        "buy_usd",
        "sell_usd",
        "pre_leverage",
        "post_leverage",
        "status",
        "error",
        "notes",
    )


def test_a_traded_account_counts_its_orders_and_what_was_executed() -> None:
    assert texts(TRADED)[2:] == [
        "2",
        "2",
        "1",
        "1",
        "0.00",
        "3765.00",
        "0.8241",
        "0.7297",
        "partial",
        "1 order rejected",
        "",
    ]


def test_a_declined_account_has_its_planned_figures_and_nothing_submitted() -> None:
    declined = AccountReport(account_id=ACCOUNT, status=AccountStatus.DECLINED, plan=PLAN)
    assert texts(declined)[2:] == [
        *("2", "0", "0", "0", "2250.00", "3750.00", "0.8241", "0.7864", "declined", "", ""),
    ]


def test_an_account_that_failed_has_a_row_with_its_reason_and_blanks_for_the_unknown() -> None:
    assert texts(LOST)[2:] == [
        *("0", "0", "0", "0", "", "", "", "", "failed", "no price for VTI", ""),
    ]


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (OrderStatus.FILLED, AccountStatus.DONE),
        (OrderStatus.PARTIALLY_FILLED, AccountStatus.PARTIAL),
        (OrderStatus.CANCELLED, AccountStatus.PARTIAL),
        (OrderStatus.REJECTED, AccountStatus.PARTIAL),
        (OrderStatus.SKIPPED, AccountStatus.PARTIAL),
        (OrderStatus.SUBMITTED, AccountStatus.UNKNOWN),
        (OrderStatus.UNKNOWN, AccountStatus.UNKNOWN),
    ],
)
def test_an_account_is_done_only_when_every_order_is_filled(
    second: OrderStatus, expected: AccountStatus
) -> None:
    record = record_of(PLAN, filled(SALE), OrderOutcome(ticket=PURCHASE, status=second))
    assert status_of(record) is expected


@pytest.mark.parametrize("cause", list(SkipCause))
def test_of_all_skipped_orders_only_those_without_cash_leave_the_account_done(
    cause: SkipCause,
) -> None:
    record = record_of(PLAN, filled(SALE), skipped(PURCHASE, "why", cause))
    is_done = cause is SkipCause.CASH
    assert status_of(record) is (AccountStatus.DONE if is_done else AccountStatus.PARTIAL)


def test_an_account_that_is_done_has_notes_and_no_error() -> None:
    record = evolve(
        record_of(PLAN, filled(SALE), filled(PURCHASE)), notes=("2 shares fewer",), faults=("slow",)
    )
    assert error_of(record, AccountStatus.DONE) == ""
    assert notes_of(record, AccountStatus.DONE) == ("2 shares fewer", "slow")
    report = evolve(TRADED, error="", notes=("2 shares fewer", "slow"))
    assert texts(report)[-2:] == ["", "2 shares fewer; slow"]


def test_an_account_that_is_not_done_names_rejections_by_symbol_and_code_in_its_error() -> None:
    refused = OrderOutcome(ticket=SALE, status=OrderStatus.REJECTED, reject_code=201)
    record = evolve(record_of(PLAN, refused, REJECTED), notes=("fewer",), faults=("interrupted",))
    error = error_of(record, AccountStatus.PARTIAL)
    assert error == "VTI rejected (201); BND rejected; interrupted"
    assert notes_of(record, AccountStatus.PARTIAL) == ("fewer",)


@pytest.mark.parametrize(
    ("status", "shares", "words"),
    [
        (OrderStatus.PARTIALLY_FILLED, "7", "VTI filled 7 of 15 shares"),
        (OrderStatus.CANCELLED, "0", "VTI cancelled"),
        (OrderStatus.SKIPPED, "0", "VTI not sent"),
        (OrderStatus.SUBMITTED, "0", "VTI still working"),
        (OrderStatus.UNKNOWN, "0", "VTI: outcome unknown"),
    ],
)
def test_an_account_that_is_not_done_names_what_is_not_filled_after_the_rejections(
    status: OrderStatus, shares: str, words: str
) -> None:
    ended = OrderOutcome(ticket=SALE, status=status, filled=Decimal(shares))
    record = record_of(PLAN, ended, filled(PURCHASE))
    assert error_of(record, status_of(record)) == words
    both = evolve(record_of(PLAN, ended, REJECTED), faults=("interrupted",))
    assert error_of(both, status_of(both)) == f"BND rejected; interrupted; {words}"


def test_a_leg_that_another_one_replaced_is_not_named() -> None:
    dead = OrderOutcome(ticket=SALE, status=OrderStatus.CANCELLED, replaced_by=OrderRef("x-2"))
    record = record_of(PLAN, dead, filled(SALE), REJECTED)
    assert error_of(record, AccountStatus.PARTIAL) == "BND rejected"


def test_a_buy_without_cash_does_not_excuse_the_sell_that_failed() -> None:
    rejected = OrderOutcome(ticket=SALE, status=OrderStatus.REJECTED)
    record = record_of(PLAN, rejected, skipped(PURCHASE, "no cash left", SkipCause.CASH))
    assert status_of(record) is AccountStatus.PARTIAL


def test_the_json_is_one_object_with_every_account_in_it() -> None:
    whole = json.loads(run_json((TRADED, LOST), AS_OF))
    assert list(whole) == ["schema", "command", "accounts"]
    assert whole["schema"] == 1
    assert [account["status"] for account in whole["accounts"]] == ["partial", "failed"]
    assert list(whole["accounts"][0]) == [
        "account_id",
        "status",
        "error",
        "net_liquidation",
        "cash",
        "cash_floor",
        "residual_drift_bps",
        "bound_bps",
        "pre_leverage",
        "post_leverage",
        "rows",
        "orders",
        "notes",
        "flow",
        "flow_usd",
        "set_aside_usd",
        "set_aside_short_usd",
    ]


def test_the_json_rows_and_orders_have_the_columns_of_the_reports() -> None:
    account = json.loads(run_json((TRADED,), AS_OF))["accounts"][0]
    assert list(account["rows"][0]) == [name for name, _ in PRE_TRADE_COLUMNS]
    assert list(account["orders"][0]) == [name for name, _ in POST_TRADE_COLUMNS]
    assert len(account["rows"]) == 4
    assert [order["status"] for order in account["orders"]] == ["Filled", "Rejected"]


def test_the_json_has_figures_as_decimal_text_and_null_for_the_unknown() -> None:
    traded, lost = json.loads(run_json((TRADED, LOST), AS_OF))["accounts"]
    assert (traded["net_liquidation"], traded["bound_bps"]) == ("39801.25", "0.4")
    assert Decimal(traded["rows"][0]["target_wt_pct"]) == 60
    assert traded["orders"][1]["exec_price"] is None
    assert (lost["net_liquidation"], lost["rows"], lost["orders"]) == (None, [], [])
