"""Blocked is not nothing to do, and what is not wanted is not blocked."""

from __future__ import annotations

import pytest

from rebalancer_core.messages.blocked import blocked, explain_blocked, why_blocked
from rebalancer_core.messages.safety import READ_ONLY_API
from rebalancer_core.planning.blocked import (
    BLOCKED_BY,
    BlockedBy,
    BlockedTrades,
    blocked_trades,
    is_blocked,
    sendable,
)
from rebalancer_core.safety.limits import StatedViolation
from rebalancer_core.safety.row_reasons import with_violations
from rebalancer_core.values.instruments import ConId, Symbol
from rebalancer_core.values.plan import Plan, Reason
from tests.support.plan_factory import BALANCED, Line, plan_of

VTI, BND, VXUS = Symbol("VTI"), Symbol("BND"), Symbol("VXUS")
LIVE_DATA = "see docs/first-connection.md, 4)"
OPENS = "opens Mon 2026-11-23 14:30 UTC"


def test_every_reason_is_decided_about_and_every_cause_has_one() -> None:
    assert BLOCKED_BY.keys() == set(Reason)
    assert {cause for cause in BLOCKED_BY.values() if cause} == set(BlockedBy)


@pytest.mark.parametrize("reason", [r for r, cause in BLOCKED_BY.items() if cause])
def test_a_plan_whose_only_wanted_trade_is_blocked_is_blocked(reason: Reason) -> None:
    plan = _without_orders(reason)
    assert is_blocked(plan)
    assert blocked_trades(plan) == (BlockedTrades(symbols=(VTI,), reason=reason),)
    place = f" ({LIVE_DATA}" if reason is Reason.NO_PRICE else ""
    assert why_blocked(plan) == (f"VTI: {reason.value}{place}",)


@pytest.mark.parametrize("reason", [r for r, cause in BLOCKED_BY.items() if not cause])
def test_a_trade_that_is_not_wanted_or_not_affordable_blocks_nothing(reason: Reason) -> None:
    plan = _without_orders(reason)
    assert not is_blocked(plan)
    assert why_blocked(plan) == ()
    assert blocked_trades(plan) == ()


def test_an_account_that_can_send_one_order_is_not_blocked() -> None:
    halted = Line("VXUS", "0", "60", "20", reason=Reason.PRICE_BLOCKED, note="trading halted")
    plan = plan_of((*BALANCED[:2], halted))
    assert [row.symbol for row in sendable(plan)] == [VTI, BND]
    assert blocked_trades(plan) == (
        BlockedTrades(symbols=(VXUS,), reason=Reason.PRICE_BLOCKED, detail="trading halted"),
    )
    assert not is_blocked(plan)
    assert why_blocked(plan) == ()


def test_the_same_reason_of_several_symbols_is_said_once() -> None:
    found = (
        _closed(VTI, 1),
        _closed(BND, 2),
        StatedViolation(sentence="VXUS: an open order", con_id=ConId(3)),
    )
    short = Line("VXUS", "0", "60", "20", "10", Reason.NO_CASH_LEFT, "10 of 12 shares")
    lines = (*BALANCED[:2], short)
    plan = with_violations(plan_of(lines), found)
    assert sendable(plan) == ()
    assert why_blocked(plan, found) == (
        "VTI, BND: market closed (opens Mon 2026-11-23 14:30 UTC)",
        "VXUS: limit (an open order)",
    )


def test_a_detail_without_an_opening_and_none_at_all() -> None:
    symbols = (VTI,)
    unknown = BlockedTrades(symbols=symbols, reason=Reason.MARKET_CLOSED, detail="no hours named")
    assert explain_blocked(unknown) == "VTI: market closed (no hours named)"
    halted = BlockedTrades(symbols=symbols, reason=Reason.PRICE_BLOCKED, detail="halted; delayed")
    assert (
        explain_blocked(halted) == "VTI: price unusable for trading (halted; delayed; " + LIVE_DATA
    )
    assert explain_blocked(BlockedTrades(symbols=symbols, reason=Reason.LIMIT)) == "VTI: limit"


def test_what_stops_the_whole_account_is_said_first_and_once() -> None:
    whole = StatedViolation(sentence=READ_ONLY_API, reason=Reason.READ_ONLY_API)
    halted = Line("VXUS", "0", "60", "20", reason=Reason.NO_PRICE, note="halted")
    found = (whole, _closed(BND, 2))
    plan = with_violations(plan_of((*BALANCED[:2], halted)), found)
    why = why_blocked(plan, found)
    assert why == (
        READ_ONLY_API,
        "BND: market closed (opens Mon 2026-11-23 14:30 UTC)",
        f"VXUS: no price (halted; {LIVE_DATA}",
    )
    assert blocked(why[:1]) == f"blocked: {why[0]}"


def test_an_account_refused_for_one_of_its_orders_is_not_blocked() -> None:
    found = (_closed(BND, 2),)
    plan = with_violations(plan_of(), found)
    assert [row.symbol for row in sendable(plan)] == [VTI]
    assert why_blocked(plan, found) == ()


def _without_orders(reason: Reason) -> Plan:
    return plan_of((Line("VTI", "0", "250", "60", reason=reason),))


def _closed(symbol: Symbol, con_id: int) -> StatedViolation:
    return StatedViolation(
        sentence=f"{symbol}: the market is closed, {OPENS}",
        reason=Reason.MARKET_CLOSED,
        con_id=ConId(con_id),
    )
