"""A saved snapshot becomes a market: what is in it, what is left out and said, what is refused."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from rebalancer_adapters.gateway import MarketFileError, market_from_snapshot

_SPY = {"symbol": "SPY", "con_id": 756733, "price": "600.50", "kind": "last"}
_HELD = {
    "symbol": "SPY",
    "con_id": 756733,
    "security_type": "STK",
    "currency": "USD",
    "quantity": "10",
    "average_cost": "500",
}
_DARK = {"symbol": "DARK", "con_id": 9, "kind": "last"}
_OPTION = _HELD | {"con_id": 5, "symbol": "SPY", "security_type": "OPT", "quantity": "-1"}


def _saved(folder: Path, **changes: object) -> Path:
    account = {
        "account_id": "DU111111",
        "base_currency": "CAD",
        "cash": {"USD": "1200.25", "CAD": "500.00"},
        "positions": [_HELD, _OPTION, _HELD | {"symbol": "DARK", "con_id": 9}],
        "open_orders": [{"symbol": "SPY"}],
    }
    content = {"schema": 1, "accounts": [account], "quotes": [_SPY, _DARK]} | changes
    path = folder / "mine.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_prices_dollars_and_us_stocks_are_those_of_the_snapshot(tmp_path: Path) -> None:
    market = market_from_snapshot(_saved(tmp_path)).market
    quote = market.quote(756733)
    assert (quote.bid, quote.last, quote.ask) == (
        Decimal("600.49"),
        Decimal("600.50"),
        Decimal("600.51"),
    )
    (setup,) = market.accounts
    assert (setup.account, setup.cash) == ("DU111111", {"USD": Decimal("1200.25")})
    assert [(each.con_id, each.quantity, each.average_cost) for each in setup.holdings] == [
        (756733, Decimal(10), Decimal(500))
    ]


def test_what_is_left_out_is_said(tmp_path: Path) -> None:
    assert market_from_snapshot(_saved(tmp_path)).left_out == (
        "DARK has no price in the snapshot",
        "DU111111: 500.00 CAD",
        "DU111111: an open order",
        "DU111111: -1 SPY (OPT, USD)",
        "DU111111: 10 DARK (STK, USD)",
    )


def test_a_cheap_stock_keeps_a_bid_above_zero(tmp_path: Path) -> None:
    cheap = _saved(tmp_path, quotes=[_SPY | {"price": "0.01"}])
    assert market_from_snapshot(cheap).market.quote(756733).bid == Decimal("0.005")


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"schema": 2}, "is not a snapshot of schema 1"),
        ({"accounts": []}, "accounts: there is none"),
        ({"quotes": [_SPY | {"price": "dear"}]}, "quotes[1].price: 'dear' is not a number"),
        ({"quotes": [_SPY | {"con_id": "x"}]}, "quotes[1].con_id: 'x' is not a whole number"),
    ],
)
def test_a_file_that_is_no_snapshot_names_its_problem(
    tmp_path: Path, changes: dict[str, object], problem: str
) -> None:
    with pytest.raises(MarketFileError) as refused:
        market_from_snapshot(_saved(tmp_path, **changes))
    assert any(problem in each for each in refused.value.problems), refused.value.problems
