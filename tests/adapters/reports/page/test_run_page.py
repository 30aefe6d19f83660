"""The page tells all of a run: the figures of the CSV files, every reason; nothing in it runs."""

from decimal import Decimal

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from rebalancer_adapters.reports.page.run_page import CONTENT_POLICY, render_page
from rebalancer_core.orders.record import OrderOutcome, OrderStatus
from rebalancer_core.orders.tickets import OrderStyle, order_reference
from rebalancer_core.reporting.cells import Table, cell_text
from rebalancer_core.reporting.post_trade import post_trade_table
from rebalancer_core.reporting.pre_trade import pre_trade_table
from rebalancer_core.reporting.run_facts import RunFacts
from rebalancer_core.reporting.summary import (
    AccountReport,
    AccountStatus,
    summary_row,
    summary_table,
)
from rebalancer_core.values.account import AccountSnapshot, Position
from rebalancer_core.values.instruments import AccountId, ConId, Symbol
from rebalancer_core.values.plan import Reason
from tests.support.page_reader import ReadAccount, ReadPage, Row, read_page
from tests.support.plan_factory import (
    ACCOUNT,
    AS_OF,
    BALANCED,
    Line,
    filled,
    plan_of,
    record_of,
    tickets_of,
)

RUN = RunFacts(run_id="9f2c31aa", started_at=AS_OF, can_trade=True)
PLAN = plan_of(warnings=("CAD cash 500.00 is left out of net liquidation",))
SALE, PURCHASE = tickets_of(PLAN)
REJECTED = OrderOutcome(ticket=PURCHASE, status=OrderStatus.REJECTED, error="201: no permission")
RECORD = record_of(PLAN, filled(SALE, "251.00"), REJECTED)
TRADED = AccountReport(
    account_id=ACCOUNT, status=AccountStatus.PARTIAL, error="1 rejected", plan=PLAN, record=RECORD
)
PREVIEWED = AccountReport(account_id=ACCOUNT, status=AccountStatus.PREVIEWED, plan=PLAN)
LOST = AccountReport(
    account_id=AccountId("DU222222"), status=AccountStatus.FAILED, error="no price for VTI"
)
HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>&amp;\x1b[2J\u202e\n]]>"


def page_of(*reports: AccountReport, run: RunFacts = RUN) -> ReadPage:
    return read_page(render_page(run, reports))


def traded() -> ReadAccount:
    return page_of(TRADED).account(ACCOUNT)


def by_symbol(table: Table) -> dict[str, Row]:
    rows = [dict(zip(table.columns, map(cell_text, row), strict=True)) for row in table.rows]
    return {row["symbol"]: row for row in rows}


def csv_figure(shown: str) -> str:
    """A figure of the page as the CSV files write it."""
    return "" if shown == "-" else shown.replace(",", "").removeprefix("+")


def test_weights_and_drift_are_the_figures_of_the_pre_trade_report() -> None:
    expected = by_symbol(pre_trade_table(PLAN, OrderStyle(), AS_OF))
    shown = traded().table("Weights and drift")
    assert list(shown) == list(expected) == ["VTI", "BND", "VXUS", "CASH"]
    for symbol, row in shown.items():
        assert csv_figure(row["Before %"]) == expected[symbol]["current_wt_pct"]
        assert csv_figure(row["Target %"]) == expected[symbol]["target_wt_pct"]
        assert csv_figure(row["Drift %"]) == expected[symbol]["drift_pct"]
        assert csv_figure(row["Drift $"]) == expected[symbol]["drift_usd"]


def test_decisions_are_the_figures_of_the_pre_trade_report_and_name_each_reason() -> None:
    expected = by_symbol(pre_trade_table(PLAN, OrderStyle(), AS_OF))
    shown = page_of(PREVIEWED).account(ACCOUNT).table("What was planned")
    for symbol, row in shown.items():
        assert row["Action"].upper() == expected[symbol]["action"]
        assert csv_figure(row["Qty"]) == expected[symbol]["qty_shares"].removeprefix("0")
        assert csv_figure(row["Est. price $"]) == expected[symbol]["est_price"]
        assert row["Reason / notes"] == (expected[symbol]["note"] or "-")
    assert "within band; drift 25.9 bps, band 50" in shown["VXUS"].values()
    assert shown["VTI"]["Est. value $"] == "3,750.00"


def test_weights_after_trading_are_those_of_the_post_trade_report_beside_the_planned_ones() -> None:
    expected = by_symbol(post_trade_table(RECORD, None, AS_OF))
    shown = traded().table("Weights and drift")
    for symbol, row in shown.items():
        assert csv_figure(row["After %"]) == expected[symbol]["new_wt_pct"]
    # The purchase was planned and rejected.
    assert (shown["BND"]["Planned %"], shown["BND"]["After %"]) == ("24.4967", "18.8370")


def test_each_order_has_the_figures_of_the_post_trade_report() -> None:
    expected = by_symbol(post_trade_table(RECORD, None, AS_OF))
    shown = traded().table("Orders and fills: 1 Filled, 1 Rejected")
    assert list(shown) == ["VTI", "BND"]
    names = {
        "Ordered": "qty_shares",
        "Filled": "exec_qty_shares",
        "Price $": "exec_price",
        "Value $": "exec_value_usd",
        "Commission $": "commission_usd",
        "Status": "status",
        "Order ref": "order_ref",
    }
    for symbol, row in shown.items():
        for name, column in names.items():
            assert csv_figure(row[name]) == expected[symbol][column], (symbol, name)
    assert shown["BND"]["Error, notes"] == "201: no permission"


def test_the_first_table_has_the_figures_of_the_run_summary_for_every_account() -> None:
    reports = (TRADED, LOST)
    table = summary_table(tuple(summary_row(report, AS_OF) for report in reports))
    expected = [dict(zip(table.columns, map(cell_text, row), strict=True)) for row in table.rows]
    names = {
        "Account": "account_id",
        "Status": "status",
        "Planned": "planned_orders",
        "Sent": "submitted",
        "Filled": "filled",
        "Rejected": "rejected",
        "Buy $": "buy_usd",
        "Sell $": "sell_usd",
        "Leverage before": "pre_leverage",
        "Leverage after": "post_leverage",
        "Error": "error",
    }
    shown = page_of(*reports).summary()
    for row, told in zip(shown, expected, strict=True):
        for name, column in names.items():
            assert csv_figure(row[name]) == told[column], name


def test_the_account_stands_before_as_planned_and_after() -> None:
    rows = traded().table("The account before and after")
    assert list(rows["Cash $"].values())[1:] == ["7,000.00", "8,500.00", "10,764.00"]
    assert list(rows["Leverage"].values())[1:] == ["0.8241", "0.7864", "0.7297"]


def test_residual_drift_and_bound_are_told() -> None:
    words = traded().words
    assert "24.0 bps, $95.52" in words
    assert "0.4 bps, $1.59" in words


def test_an_account_that_failed_says_why_and_that_nothing_was_sent() -> None:
    section = page_of(TRADED, LOST).account("DU222222")
    assert "no price for VTI" in section.words
    assert "nothing was sent" in section.words


def test_a_preview_says_that_no_order_was_sent_and_has_no_weights_after() -> None:
    run = evolve(RUN, can_trade=False)
    page = page_of(PREVIEWED, run=run)
    assert "preview only, nothing could be sent" in page.words
    section = page.account(ACCOUNT)
    assert "No order was sent for this account." in section.words
    assert "After %" not in section.table("Weights and drift")["VTI"]


def test_rules_that_would_refuse_the_plan_are_told_in_a_preview_too() -> None:
    rule = "60 orders exceed max_orders = 50"
    assert f"REFUSED: {rule}" in page_of(evolve(PREVIEWED, breaches=(rule,))).words
    refused = evolve(PREVIEWED, breaches=(rule,), error=f"refused: {rule}")
    assert page_of(refused).account(ACCOUNT).words.count(rule) == 1


def test_warnings_of_the_run_and_of_the_account_are_told() -> None:
    page = page_of(TRADED, run=evolve(RUN, warnings=("settings.ini:3 is odd",)))
    assert "settings.ini:3 is odd" in page.words
    assert "Warning: CAD cash 500.00 is left out" in page.account(ACCOUNT).words


def test_an_unknown_outcome_names_the_command_that_settles_it() -> None:
    lost = record_of(PLAN, filled(SALE), OrderOutcome(ticket=PURCHASE, status=OrderStatus.UNKNOWN))
    section = page_of(evolve(TRADED, status=AccountStatus.UNKNOWN, record=lost)).account(ACCOUNT)
    assert "`rebalance recover`" in section.words
    assert section.table("Orders")["BND"]["Status"] == "Unknown"


def test_what_is_not_known_is_not_zero() -> None:
    pending = evolve(filled(SALE), commission_usd=None, commission_pending=True)
    record = record_of(PLAN, pending, REJECTED)
    row = page_of(evolve(TRADED, record=record)).account(ACCOUNT).table("Orders")["VTI"]
    assert (row["Commission $"], row["Error, notes"]) == ("-", "commission pending")


def test_an_order_and_the_leg_that_replaced_it_are_both_shown() -> None:
    rest = evolve(
        PURCHASE, order_ref=order_reference("9f2c31aa", 1, 2, leg=2), quantity=Decimal(20)
    )
    first = OrderOutcome(
        ticket=PURCHASE,
        status=OrderStatus.PARTIALLY_FILLED,
        filled=Decimal(10),
        average_price=Decimal("75.10"),
        replaced_by=rest.order_ref,
    )
    record = record_of(PLAN, filled(SALE), first, filled(rest))
    section = page_of(evolve(TRADED, record=record)).account(ACCOUNT)
    assert PURCHASE.order_ref in section.words
    assert rest.order_ref in section.words
    expected = by_symbol(post_trade_table(record, None, AS_OF))["BND"]["new_wt_pct"]
    assert section.table("Weights and drift")["BND"]["After %"] == expected


def test_a_position_that_the_broker_shows_otherwise_is_told() -> None:
    positions = tuple(
        Position(
            con_id=ConId(number),
            symbol=Symbol(line.symbol),
            security_type="STK",
            currency="USD",
            quantity=Decimal(line.held) + 1,
        )
        for number, line in enumerate(BALANCED, start=1)
    )
    seen = AccountSnapshot(
        account_id=ACCOUNT, as_of=AS_OF, base_currency="USD", cash=(), positions=positions
    )
    section = page_of(evolve(TRADED, seen=seen)).account(ACCOUNT)
    why = section.table("What was planned")["VXUS"]["Reason / notes"]
    assert why == "within band; drift 25.9 bps, band 50; the broker's position shows 6"
    assert "the broker's position shows 101" in section.table("Orders")["VTI"]["Error, notes"]


@pytest.mark.parametrize(
    ("account_id", "banner"),
    [("DU111111", "PAPER"), ("U1111111", "LIVE - REAL MONEY: U1111111")],
)
def test_the_banner_says_whose_money_it_is(account_id: str, banner: str) -> None:
    page = page_of(evolve(LOST, account_id=AccountId(account_id)))
    assert page.words.startswith(banner)


def test_one_live_account_among_paper_ones_makes_the_page_live() -> None:
    page = page_of(TRADED, evolve(LOST, account_id=AccountId("U1111111")))
    assert page.words.startswith("LIVE - REAL MONEY: U1111111")
    assert [row["Money"] for row in page.summary()] == ["PAPER", "LIVE - REAL MONEY"]


def test_nothing_that_others_wrote_becomes_markup() -> None:
    lines = (*BALANCED, Line(HOSTILE, "1", "10", "0", reason=Reason.KEPT_UNLISTED, note=HOSTILE))
    plan = plan_of(lines, warnings=(HOSTILE,))
    sale, purchase = tickets_of(plan)
    bad = OrderOutcome(
        ticket=purchase, status=OrderStatus.REJECTED, error=HOSTILE, notes=(HOSTILE,)
    )
    report = AccountReport(
        account_id=AccountId(HOSTILE),
        status=AccountStatus.PARTIAL,
        error=HOSTILE,
        plan=plan,
        record=record_of(plan, filled(sale), bad),
        breaches=(f"{HOSTILE}!",),
    )
    text = render_page(evolve(RUN, run_id=HOSTILE, warnings=(HOSTILE,)), (report,))
    page = read_page(text)
    assert "<script" not in text
    assert not any(character in text for character in "\x1b\u202e")
    for place in (page.words, page.account("\"'><script>alert(1)</script><img").words):
        assert place.count("<script>alert(1)</script>") > 4
    assert "\\x1b[2J\\u202e\\n" in page.words


@given(st.text())
def test_any_words_come_back_as_words(words: str) -> None:
    shown = page_of(evolve(LOST, error=words)).summary()[0]["Error"]
    assert shown == (words or "-") or not words.isprintable()
    assert shown.isprintable()


def test_the_page_forbids_scripts_and_everything_from_outside() -> None:
    policy = page_of(TRADED).root.find("head/meta[@http-equiv='Content-Security-Policy']")
    assert policy is not None
    assert policy.get("content") == CONTENT_POLICY
    assert CONTENT_POLICY == "default-src 'none'; style-src 'unsafe-inline'"


def test_a_row_that_is_left_out_of_the_weights_has_none() -> None:
    whole = plan_of((*BALANCED, Line("XEQT", "12", "31", "0", reason=Reason.NOT_MANAGED)))
    rows = tuple(
        evolve(row, price=None, target_weight=None, managed=None) if row.symbol == "XEQT" else row
        for row in whole.rows
    )
    report = evolve(PREVIEWED, plan=evolve(whole, rows=rows))
    section = page_of(report).account(ACCOUNT)
    weights = section.table("Weights and drift")["XEQT"]
    assert {weights[name] for name in ("Before %", "Target %", "Drift %", "Planned %")} == {"-"}
    decision = section.table("What was planned")["XEQT"]
    assert (decision["Held"], decision["Est. price $"]) == ("12", "-")
    assert "not a USD stock or ETF, left out" in decision.values()
