"""The preview shows everything a yes depends on, in any window, on any console."""

from decimal import Decimal
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from rebalancer_cli.screen.plan_preview import render_preview
from rebalancer_core.reporting.preview_facts import PreviewFacts
from rebalancer_core.values.margin import PlanMargin
from rebalancer_core.values.plan import Plan, PlanRow, Reason
from rebalancer_core.values.policy import TradingMode
from tests.support.plan_factory import Line, plan_of

GOLDEN = Path(__file__).parent / "golden"
CONTEXT = PreviewFacts(
    mode=TradingMode.PAPER,
    number=1,
    total=3,
    price_age_seconds=Decimal("3.7"),
)
LINES = (
    Line("SPY", "40", "598.12", "22", "-6"),
    Line("VTI", "110", "291.43", "28", "20"),
    Line("BND", "310", "72.55", "22", "45"),
    Line("VXUS", "1190", "61.08", "12", "-1020"),
    Line("GLD", "22", "243.18", "4", "0", Reason.WITHIN_BAND, "drift 31.2 bps, band 50.0 bps"),
    Line("SCHD", "0", "27.815", "2", "85"),
    Line("ARKK", "12", "58.20", "0", "0", Reason.BELOW_MINIMUM_ORDER, "gap $698 is under $750"),
    Line("BRK B", "3", "452.11", "1.5", "0", Reason.ROUNDS_TO_ZERO),
    Line("TLT", "60", "87.9", "4", "0", Reason.NO_CASH_LEFT, "needs $1,210, $320 are left"),
    Line(
        "QQQ",
        "8",
        "512.00",
        "3",
        "0",
        Reason.PRICE_BLOCKED,
        "stale price: the last trade is 14 min old and the spread too wide for its midpoint",
    ),
    Line("XEQT", "0", "31", "0", "0", Reason.NOT_MANAGED, "CAD"),
)


def left_out(row: PlanRow) -> PlanRow:
    if row.symbol != "XEQT":
        return row
    return evolve(row, held=Decimal(1204), price=None, target_weight=None, managed=None)


def large_plan() -> Plan:
    plan = plan_of(LINES, "11500", warnings=("CAD cash 500.00 is left out of net liquidation",))
    rows = tuple(left_out(row) for row in plan.rows)
    return evolve(plan, rows=rows, reserve_usd=Decimal("14.256"))


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_a_preview_looks_as_it_was_approved(width: int) -> None:
    approved = (GOLDEN / f"preview_{width}.txt").read_text(encoding="ascii")
    assert render_preview(large_plan(), CONTEXT, width) == approved


def test_the_preview_says_how_much_closer_best_would_end() -> None:
    plan = large_plan()
    assert "sizing = best" not in render_preview(plan, CONTEXT, 200)
    closer = evolve(plan, best_closer_usd=plan.managed_net_liquidation / 1000)
    assert "; sizing = best would end 10.0 bps closer" in render_preview(closer, CONTEXT, 200)


@given(st.integers(min_value=28, max_value=300))
def test_no_window_loses_what_is_to_be_traded_or_why_the_rest_is_not(width: int) -> None:
    plan = large_plan()
    text = render_preview(plan, CONTEXT, width)
    assert max(map(len, text.splitlines())) <= max(width, 42)
    rows = [line.split() for line in text.splitlines()]
    for order in plan.orders:
        (row,) = [cells for cells in rows if order.symbol in cells]
        assert order.side.value in row
        assert f"{order.quantity:,}" in row
    flowing = " ".join(text.split())
    for planned in plan.rows:
        assert planned.reason is None or planned.reason.value.split()[0] in flowing


def test_live_money_is_told_apart_from_paper_without_colour() -> None:
    paper = render_preview(plan_of(), CONTEXT, 120).splitlines()[0]
    live = render_preview(plan_of(), evolve(CONTEXT, mode=TradingMode.LIVE), 120).splitlines()[0]
    assert paper.startswith("=== PAPER | DU111111 | account 1 of 3 =")
    assert live.startswith("### LIVE - REAL MONEY | DU111111 | account 1 of 3 #")


def test_a_preview_that_cannot_trade_says_so() -> None:
    text = render_preview(plan_of(), evolve(CONTEXT, can_trade=False), 120)
    assert "preview only, nothing can be sent" in text.splitlines()[0]


def test_the_batch_summary_has_every_figure() -> None:
    text = render_preview(plan_of(), CONTEXT, 120)
    for line in (
        "Orders               2: 1 sell, then 1 buy",
        "Gross buy            $2,250",
        "Gross sell           $3,750",
        "Turnover             9.42 % of net liquidation",
        "Gross position value $32,801 -> $31,301",
        "Leverage             0.82x -> 0.79x (cap 1.50x)",
        "Cash                 $7,000 -> $8,500 (buffer $398, no buy goes below $398)",
        "Residual drift       24.0 bps (within 0.4 bps of the optimal whole-share plan)",
    ):
        assert line in text.splitlines()


MARGIN = PlanMargin(
    asked=2,
    answered=2,
    currency="USD",
    initial=Decimal(52000),
    commissions=(("USD", Decimal("5.2")),),
)


@pytest.mark.parametrize(
    ("margin", "words"),
    [
        (MARGIN, "initial margin $52,000, maintenance -, excess liquidity -, commission $5.20"),
        (evolve(MARGIN, answered=1), "IBKR what-if         1 of 2 orders answered: initial margin"),
        (
            evolve(MARGIN, answered=0, initial=None, commissions=()),
            "IBKR what-if         margin unknown, the broker did not answer",
        ),
        (
            evolve(MARGIN, answered=0, errors=("IBKR answered with error 201",)),
            "IBKR what-if         margin unknown, the broker answered with errors",
        ),
        (
            evolve(MARGIN, answered=1, errors=("IBKR answered with error 201",)),
            "Warning: IBKR answered with error 201",
        ),
        (evolve(MARGIN, currency="CAD"), "initial margin 52,000 CAD, maintenance -,"),
        (
            evolve(MARGIN, excess_liquidity=Decimal("-12.345")),
            "Warning: IBKR's what-if says that excess liquidity would be 12.34 USD below zero",
        ),
    ],
)
def test_the_brokers_margin_figures_are_shown_where_it_named_them(
    margin: PlanMargin, words: str
) -> None:
    assert words in render_preview(plan_of(), evolve(CONTEXT, margin=margin), 120)
    assert "what-if" not in render_preview(plan_of(), CONTEXT, 120)


def test_nothing_to_trade_is_said_in_words() -> None:
    nothing = plan_of((Line("VTI", "10", "250", "60"),))
    assert "none, nothing to trade" in render_preview(nothing, CONTEXT, 120)


def test_what_a_safety_rule_refuses_stands_at_the_end() -> None:
    refused = evolve(CONTEXT, breaches=("turnover 61.0 % is over max_turnover_pct = 50",))
    last = render_preview(plan_of(), refused, 120).splitlines()[-1]
    assert last == "REFUSED: turnover 61.0 % is over max_turnover_pct = 50"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (Decimal("0.4"), "Prices up to 0 s old"),
        (Decimal(119), "Prices up to 119 s old"),
        (Decimal(840), "Prices up to 14 min old"),
        (Decimal(90_000), "Prices up to 25 h old"),
        (Decimal(400_000), "Prices up to 4 days old"),
        (None, "No prices"),
    ],
)
def test_the_age_of_the_oldest_price_is_told(seconds: Decimal | None, words: str) -> None:
    text = render_preview(plan_of(), evolve(CONTEXT, price_age_seconds=seconds), 120)
    assert text.splitlines()[2] == f"As of 2026-01-02 15:04:05 UTC | {words}"


@given(st.text(), st.integers(min_value=40, max_value=200))
def test_no_text_of_others_steers_the_console(words: str, width: int) -> None:
    lines = (Line("VTI", "10", "250", "60", "0", Reason.PRICE_BLOCKED, words),)
    context = evolve(CONTEXT, breaches=(words,))
    text = render_preview(plan_of(lines, warnings=(words,)), context, width)
    assert text.encode("cp1252").decode("cp1252") == text
    assert all(line.isprintable() for line in text.split("\n"))
