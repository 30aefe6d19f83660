"""The post-trade report tells what became of every order, and holdings that add up."""

from decimal import Decimal

import pytest
from attrs import evolve

from rebalancer_core.orders.record import ExecutionRecord, OrderOutcome, OrderStatus, skipped
from rebalancer_core.reporting.cells import Cell
from rebalancer_core.reporting.post_trade import post_trade_rows, post_trade_table
from rebalancer_core.values.account import AccountSnapshot, Position
from rebalancer_core.values.instruments import ConId, Symbol
from rebalancer_core.values.money import ONE, ZERO
from rebalancer_core.values.plan import PlanRow
from tests.support.plan_factory import ACCOUNT, AS_OF, filled, plan_of, record_of, tickets_of

PLAN = plan_of()
SALE, PURCHASE = tickets_of(PLAN)


def rows_of(
    record: ExecutionRecord, seen: AccountSnapshot | None = None
) -> dict[Cell, dict[str, Cell]]:
    table = post_trade_table(record, seen, AS_OF)
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    return {row["symbol"]: row for row in rows}


def test_the_columns_are_those_of_the_specification() -> None:
    assert post_trade_table(record_of(PLAN), None, AS_OF).columns == (
        "timestamp_run",
        "account_id",
        "symbol",
        "is_cash",
        "qty_shares",
        "new_qty_shares",
        "new_wt_pct",
        "exec_qty_shares",
        "exec_price",
        "exec_value_usd",
        "commission_usd",
        "post_gross_exposure",
        "post_leverage",
        "status",
        "order_ref",
        "error",
        "notes",
        "action",
    )


def test_the_action_of_a_row_is_the_planned_one_and_none_without_an_order() -> None:
    rows = rows_of(record_of(PLAN))
    assert {symbol: row["action"] for symbol, row in rows.items()} == {
        "VTI": "SELL",
        "BND": "BUY",
        "VXUS": "NONE",
        "CASH": "NONE",
    }


def test_a_sale_leaves_fewer_shares_and_a_purchase_more() -> None:
    rows = rows_of(record_of(PLAN))
    assert rows["VTI"]["new_qty_shares"] == Decimal(85)
    assert rows["BND"]["new_qty_shares"] == Decimal(130)
    assert rows["VXUS"]["new_qty_shares"] == Decimal(5)


def test_cash_is_what_the_executions_and_commissions_left() -> None:
    record = record_of(PLAN, filled(SALE, "251.00", "1.25"), filled(PURCHASE, "74.90", "0.35"))
    assert rows_of(record)["CASH"]["new_qty_shares"] == Decimal("8516.4")


def test_the_price_and_value_are_what_was_executed_and_not_what_was_planned() -> None:
    row = rows_of(record_of(PLAN, filled(SALE, "251.00"), filled(PURCHASE)))["VTI"]
    assert (row["exec_price"], row["exec_value_usd"]) == (Decimal("251.00"), Decimal("3765.00"))


@pytest.mark.parametrize("price", ["250.00", "248.17", "259.99"])
def test_the_new_weights_sum_to_one_hundred_percent(price: str) -> None:
    record = record_of(PLAN, filled(SALE, price), filled(PURCHASE, "76.02"))
    weights = [line.new_weight for line in post_trade_rows(record, None, AS_OF)]
    total = sum((weight for weight in weights if weight is not None), ZERO)
    assert abs(total - ONE) < Decimal("1e-20")


def test_a_commission_that_is_not_known_yet_is_blank_and_marked_and_never_zero() -> None:
    waiting = evolve(filled(SALE), commission_usd=None, commission_pending=True)
    row = rows_of(record_of(PLAN, waiting, filled(PURCHASE)))["VTI"]
    assert row["commission_usd"] is None
    assert row["notes"] == "commission pending"


def test_a_rejected_order_changes_no_holding_and_keeps_the_brokers_words() -> None:
    rejected = OrderOutcome(ticket=SALE, status=OrderStatus.REJECTED, error="201: no permission")
    row = rows_of(record_of(PLAN, rejected, filled(PURCHASE)))["VTI"]
    assert (row["status"], row["error"]) == ("Rejected", "201: no permission")
    assert (row["exec_qty_shares"], row["new_qty_shares"]) == (ZERO, Decimal(100))
    assert row["exec_price"] is None


def test_an_order_that_was_never_sent_still_has_its_row() -> None:
    rows = rows_of(record_of(PLAN, filled(SALE), skipped(PURCHASE, "no cash left")))
    assert (rows["BND"]["status"], rows["BND"]["notes"]) == ("Skipped", "no cash left")


def test_an_order_the_record_does_not_know_is_told_as_skipped() -> None:
    row = rows_of(record_of(PLAN, filled(SALE)))["BND"]
    assert (row["status"], row["qty_shares"]) == ("Skipped", Decimal(30))
    assert (row["exec_qty_shares"], row["exec_value_usd"]) == (ZERO, Decimal("0.00"))


def test_a_partial_fill_counts_only_what_was_filled() -> None:
    part = OrderOutcome(
        ticket=SALE,
        status=OrderStatus.PARTIALLY_FILLED,
        filled=Decimal(4),
        average_price=Decimal("250.10"),
    )
    row = rows_of(record_of(PLAN, part, filled(PURCHASE)))["VTI"]
    assert (row["qty_shares"], row["exec_qty_shares"]) == (Decimal(15), Decimal(4))
    assert row["new_qty_shares"] == Decimal(96)


def test_an_algo_order_and_its_fallback_are_two_rows_and_both_fills_count() -> None:
    algo = OrderOutcome(
        ticket=SALE,
        status=OrderStatus.PARTIALLY_FILLED,
        filled=Decimal(5),
        average_price=Decimal(250),
    )
    rest = filled(evolve(SALE, quantity=Decimal(10)))
    lines = post_trade_rows(record_of(PLAN, algo, rest, filled(PURCHASE)), None, AS_OF)
    assert [line.ordered for line in lines if line.row.symbol == "VTI"] == [15, 10]
    assert {line.new_quantity for line in lines if line.row.symbol == "VTI"} == {Decimal(85)}


def test_a_holding_without_an_order_is_listed_without_a_status() -> None:
    row = rows_of(record_of(PLAN))["VXUS"]
    assert (row["status"], row["order_ref"], row["exec_qty_shares"]) == ("", "", None)
    assert row["notes"] == "within band; drift 25.9 bps, band 50"


def test_the_exposure_and_leverage_after_are_those_of_the_executions() -> None:
    rejected = OrderOutcome(ticket=SALE, status=OrderStatus.REJECTED)
    record = record_of(PLAN, rejected, filled(PURCHASE, commission="0.00"))
    row = rows_of(record)["VTI"]
    assert row["post_gross_exposure"] == Decimal("35051.25")
    assert row["post_leverage"] == Decimal("0.8807")


def test_an_average_of_several_fills_is_written_to_six_decimals() -> None:
    average = Decimal("751.1") / 3
    several = evolve(filled(SALE), average_price=average)
    row = rows_of(record_of(PLAN, several, filled(PURCHASE)))["VTI"]
    assert row["exec_price"] == Decimal("250.366667")


def test_foreign_cash_has_no_position_to_compare_with() -> None:
    foreign = PlanRow(symbol=Symbol("CASH CAD"), con_id=None, held=Decimal(8400), note="CAD")
    plan = evolve(PLAN, rows=(*PLAN.rows, foreign))
    nothing = AccountSnapshot(
        account_id=ACCOUNT, as_of=AS_OF, base_currency="USD", cash=(), positions=()
    )
    row = rows_of(record_of(plan), nothing)["CASH CAD"]
    assert (row["new_qty_shares"], row["notes"]) == (Decimal(8400), "CAD")


def test_a_position_the_broker_shows_otherwise_is_told_in_the_notes() -> None:
    seen = AccountSnapshot(
        account_id=ACCOUNT,
        as_of=AS_OF,
        base_currency="USD",
        cash=(),
        positions=tuple(
            Position(
                con_id=ConId(con_id),
                symbol=Symbol(symbol),
                security_type="STK",
                currency="USD",
                quantity=Decimal(quantity),
            )
            for con_id, symbol, quantity in ((1, "VTI", 100), (2, "BND", 130), (3, "VXUS", 5))
        ),
    )
    rows = rows_of(record_of(PLAN), seen)
    assert rows["VTI"]["notes"] == "the broker's position shows 100"
    assert rows["BND"]["notes"] == ""
