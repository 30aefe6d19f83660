"""The pre-trade report has the columns others rely on, and a reason for every row."""

from decimal import Decimal

import pytest
from attrs import evolve

from rebalancer_core.orders.tickets import OrderStyle
from rebalancer_core.reporting.cells import Cell, cell_text
from rebalancer_core.reporting.pre_trade import pre_trade_table
from rebalancer_core.values.plan import Plan, Reason
from rebalancer_core.values.policy import AdaptivePriority, AlgoPreference
from tests.support.plan_factory import AS_OF, BALANCED, Line, plan_of


def rows_of(plan: Plan, style: OrderStyle | None = None) -> list[dict[str, Cell]]:
    table = pre_trade_table(plan, style or OrderStyle(), AS_OF)
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def test_the_columns_are_those_of_the_specification() -> None:
    assert pre_trade_table(plan_of(), OrderStyle(), AS_OF).columns == (
        "timestamp_run",
        "account_id",
        "symbol",
        "is_cash",
        "target_wt_pct",
        "current_wt_pct",
        "drift_pct",
        "drift_usd",
        "action",
        "qty_shares",
        "est_price",
        "order_type",
        "algo",
        "est_value_usd",
        "pre_gross_exposure",
        "post_gross_exposure",
        "pre_leverage",
        "post_leverage",
        "note",
        "shares_held",
        "value_usd",
        "net_liquidation_usd",
        "managed_net_liquidation_usd",
    )


def test_a_sale_is_written_with_its_figures_in_their_units() -> None:
    sale = rows_of(plan_of())[0]
    assert [cell_text(cell) for cell in sale.values()] == [
        "2026-01-02T15:04:05Z",
        "DU111111",
        "VTI",
        "false",
        "60.0000",
        "62.8121",
        "2.8121",
        "1119.25",
        "SELL",
        "15",
        "250.00",
        "MKT",
        "",
        "3750.00",
        "32801.25",
        "31301.25",
        "0.8241",
        "0.7864",
        "",
        "100",
        "25000.00",
        "39801.25",
        "39801.25",
    ]


def test_what_is_held_is_shares_with_their_value_and_dollars_of_cash() -> None:
    plan = evolve(plan_of(cash="7000.005"), managed_net_liquidation=Decimal(30000))
    rows = {row["symbol"]: row for row in rows_of(plan)}
    assert (rows["VXUS"]["shares_held"], rows["VXUS"]["value_usd"]) == (5, Decimal("301.25"))
    assert rows["CASH"]["shares_held"] == rows["CASH"]["value_usd"] == Decimal("7000.00")
    assert rows["CASH"]["managed_net_liquidation_usd"] == 30000


def test_a_holding_without_a_price_has_no_value_and_not_zero() -> None:
    plan = plan_of()
    unpriced = evolve(plan, rows=(evolve(plan.rows[0], price=None),))
    (row,) = rows_of(unpriced)
    assert (row["shares_held"], row["value_usd"]) == (100, None)


def test_a_row_that_does_not_trade_has_its_reason_and_no_order_type() -> None:
    kept = rows_of(plan_of())[2]
    assert kept["action"] == "NONE"
    assert kept["order_type"] == ""
    assert kept["note"] == "within band; drift 25.9 bps, band 50"


def test_every_holding_and_cash_has_a_row() -> None:
    rows = rows_of(plan_of())
    assert [row["symbol"] for row in rows] == ["VTI", "BND", "VXUS", "CASH"]
    assert [row["is_cash"] for row in rows] == [False, False, False, True]


def test_what_is_left_out_of_the_account_has_blank_weights_and_not_zero() -> None:
    plan = plan_of()
    left_out = evolve(
        plan.rows[0],
        target_weight=None,
        managed=None,
        price=None,
        reason=Reason.NOT_MANAGED,
    )
    row = rows_of(evolve(plan, rows=(left_out,)))[0]
    blank = ("target_wt_pct", "current_wt_pct", "drift_pct", "drift_usd", "est_price")
    assert [row[name] for name in blank] == [None] * 5


def test_a_price_below_a_cent_step_is_written_as_it_is() -> None:
    assert rows_of(plan_of((Line("SCHD", "10", "27.8155", "50"),)))[0]["est_price"] == Decimal(
        "27.8155"
    )


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        (OrderStyle(), ("MKT", "")),
        (
            OrderStyle(algo=AlgoPreference.ADAPTIVE, priority=AdaptivePriority.URGENT),
            ("MKT", "adaptive/Urgent"),
        ),
        (OrderStyle(algo=AlgoPreference.MIDPRICE), ("MIDPRICE", "midprice")),
    ],
)
def test_the_order_type_and_algo_are_told_as_they_will_be_sent(
    style: OrderStyle, expected: tuple[str, str]
) -> None:
    sale = rows_of(plan_of(BALANCED), style)[0]
    assert (sale["order_type"], sale["algo"]) == expected
