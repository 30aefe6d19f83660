"""Positions at our prices must agree with the broker's ledger before anything trades (R 3.5.3)."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from attrs import evolve

from rebalancer_core.market.completeness import ledger_mismatch
from rebalancer_core.values.account import AccountSnapshot, Position, Quote, QuoteKind, Unpriced
from rebalancer_core.values.faults import LedgerMismatch
from rebalancer_core.values.instruments import AccountId, ConId, Symbol

NOON = datetime(2026, 1, 2, 17, tzinfo=UTC)
SPY, BND, OPTION = ConId(1), ConId(2), ConId(3)
QUOTES: tuple[Quote | Unpriced, ...] = tuple(
    Quote(con_id=con_id, symbol=Symbol(name), price=Decimal(price), kind=QuoteKind.LAST, as_of=NOON)
    for con_id, name, price in ((SPY, "SPY", "600"), (BND, "BND", "77.5"))
)


@pytest.mark.parametrize("ledger", ["10000", "10204.08", "9803.93"])
def test_a_ledger_within_the_tolerance_agrees(ledger: str) -> None:
    assert ledger_mismatch(_account(ledger), QUOTES, Decimal(2)) is None


@pytest.mark.parametrize("ledger", ["10204.09", "9803.92", "0", "-10000"])
def test_a_ledger_beyond_the_tolerance_stops_the_account_with_both_figures(ledger: str) -> None:
    assert ledger_mismatch(_account(ledger), QUOTES, Decimal(2)) == LedgerMismatch(
        account_id=AccountId("DU111111"),
        positions_usd=Decimal(10_000),
        ledger_usd=Decimal(ledger),
        tolerance_pct=Decimal(2),
    )


def test_a_difference_of_exactly_the_tolerance_agrees() -> None:
    assert ledger_mismatch(_account("12500"), QUOTES, Decimal(20)) is None
    assert ledger_mismatch(_account("12500"), QUOTES, Decimal("19.99")) is not None


def test_a_saved_snapshot_without_a_ledger_is_not_judged() -> None:
    account = evolve(_account("1"), stock_market_value_usd=None)
    assert ledger_mismatch(account, QUOTES, Decimal(2)) is None


def test_a_holding_without_a_price_is_left_to_planning() -> None:
    lost = Unpriced(con_id=BND, symbol=Symbol("BND"), detail="no ticks")
    assert ledger_mismatch(_account("1"), (QUOTES[0], lost), Decimal(2)) is None


def test_an_account_without_holdings_agrees_with_an_empty_ledger() -> None:
    empty = evolve(_account("0"), positions=())
    assert ledger_mismatch(empty, (), Decimal(2)) is None


def _account(ledger: str) -> AccountSnapshot:
    return AccountSnapshot(
        account_id=AccountId("DU111111"),
        as_of=NOON,
        base_currency="USD",
        cash=(),
        positions=(
            _position(SPY, "SPY", "11.5"),
            _position(BND, "BND", "40"),
            evolve(_position(OPTION, "SPY", "-2"), security_type="OPT"),
            evolve(_position(OPTION, "XIC", "50"), currency="CAD"),
        ),
        stock_market_value_usd=Decimal(ledger),
    )


def _position(con_id: ConId, symbol: str, quantity: str) -> Position:
    return Position(
        con_id=con_id,
        symbol=Symbol(symbol),
        security_type="STK",
        currency="USD",
        quantity=Decimal(quantity),
    )
