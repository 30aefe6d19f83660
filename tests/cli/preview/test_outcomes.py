"""After trading, each order and each account says what became of it."""

from decimal import Decimal

from attrs import evolve

from rebalancer_cli.screen.outcomes import render_outcomes, render_summary
from rebalancer_core.orders.record import OrderOutcome, OrderStatus, skipped
from rebalancer_core.reporting.summary import AccountReport, AccountStatus, summary_row
from rebalancer_core.values.instruments import AccountId
from tests.support.plan_factory import ACCOUNT, AS_OF, Line, filled, plan_of, record_of, tickets_of

PLAN = plan_of(
    (
        Line("VTI", "1000", "250.00", "60", "-1500"),
        Line("BND", "100", "75.00", "20", "30"),
        Line("VXUS", "100", "60.25", "10", "10"),
        Line("GLD", "10", "240.00", "5", "1"),
    ),
    cash="500000",
)
SALE, FIRST, SECOND, THIRD = tickets_of(PLAN)
RECORD = evolve(
    record_of(
        PLAN,
        filled(SALE, "249.985"),
        OrderOutcome(
            ticket=FIRST,
            status=OrderStatus.PARTIALLY_FILLED,
            filled=Decimal(5),
            average_price=Decimal("75.01"),
            commission_pending=True,
            notes=("cancel requested", "commission pending"),
        ),
        OrderOutcome(
            ticket=SECOND, status=OrderStatus.REJECTED, error="201: \x1b[31mno\nmargin\x1b[0m"
        ),
        skipped(THIRD, "no cash left after the sells"),
    ),
    notes=("cash was read again after the sells",),
)


def test_every_order_has_a_line_with_its_state_and_its_reason_below() -> None:
    assert render_outcomes(RECORD, 80) == (
        "DU111111: 4 orders: 1 Filled, 1 PartiallyFilled, 1 Rejected, 1 Skipped\n"
        "Symbol  Action    Qty  Filled    Price    Value  Commission  State\n"
        "----------------------------------------------------------------------------\n"
        "VTI     SELL    1,500   1,500  249.985  374,978       $1.00  Filled\n"
        "BND     BUY        30       5    75.01      375     pending  PartiallyFilled\n"
        "    cancel requested\n"
        "VXUS    BUY        10       -        -        -           -  Rejected\n"
        "    201: no margin\n"
        "GLD     BUY         1       -        -        -           -  Skipped\n"
        "    no cash left after the sells\n"
        "cash was read again after the sells\n"
    )


def test_the_summary_has_every_account_also_those_that_failed() -> None:
    traded = AccountReport(
        account_id=ACCOUNT, status=AccountStatus.PARTIAL, plan=PLAN, record=RECORD
    )
    failed = AccountReport(
        account_id=AccountId("DU222222"), status=AccountStatus.FAILED, error="no price for VTI"
    )
    rows = tuple(summary_row(report, AS_OF) for report in (traded, failed))
    assert render_summary(rows, 100) == (
        "Account   Status   Orders  Sent  Filled  Rejected  Buy $   Sell $  Leverage\n"
        "----------------------------------------------------------------------------------\n"
        "DU111111  partial       4     3       1         1    375  374,978  0.35x -> -0.14x\n"
        "DU222222  failed        -     -       -         -      -        -  -\n"
        "    no price for VTI\n"
    )


def test_a_narrow_window_does_without_the_leverage_only() -> None:
    rows = (
        summary_row(AccountReport(account_id=ACCOUNT, status=AccountStatus.DONE, plan=PLAN), AS_OF),
    )
    assert "Leverage" in render_summary(rows, 100)
    narrow = render_summary(rows, 70)
    assert "Leverage" not in narrow
    assert "375,000" in narrow
