"""`explain` takes one symbol's row apart: target, drift, wish, bound, decision, per account."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from rebalancer_cli.main import cli

SETTINGS = """\
[accounts]
ids = DU111111, DU222222
[models]
SMURF = 0.6
BADASS = 0.4
"""
PORTFOLIOS = """\
ETF,SMURF,BADASS
SPY,50%,100%
IEF,50%,
"""


def _account(account_id: str, usd: str, spy: str) -> dict[str, object]:
    position = {
        "symbol": "SPY",
        "con_id": 1,
        "security_type": "STK",
        "currency": "USD",
        "quantity": spy,
    }
    return {
        "account_id": account_id,
        "base_currency": "USD",
        "cash": {"USD": usd},
        "positions": [position],
        "open_orders": [],
    }


def _quote(symbol: str, con_id: int, price: str) -> dict[str, object]:
    return {
        "symbol": symbol,
        "con_id": con_id,
        "price": price,
        "kind": "last",
        "as_of": "2026-01-02T15:04:05Z",
        "delayed": False,
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "settings.ini").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "portfolios.csv").write_text(PORTFOLIOS, encoding="utf-8")
    saved = {
        "schema": 1,
        "as_of": "2026-01-02T15:04:05Z",
        "accounts": [_account("DU111111", "3000", "70"), _account("DU222222", "9000", "10")],
        "quotes": [_quote("SPY", 1, "100"), _quote("IEF", 2, "90")],
    }
    (tmp_path / "snapshot.json").write_text(json.dumps(saved), encoding="utf-8")
    return tmp_path


def _explain(folder: Path, *arguments: str) -> Result:
    files = ["--config", str(folder / "settings.ini"), "--snapshot", str(folder / "snapshot.json")]
    return CliRunner().invoke(cli, ["explain", *arguments, *files])


def test_the_models_shares_of_the_target_are_told_for_each_account(folder: Path) -> None:
    told = _explain(folder, "ief")
    assert told.exit_code == 0, told.output
    assert told.stdout.count("SMURF 0.6 x 50.00 % = 30.00 %, BADASS 0.4 x 0.00 % = 0.00 %") == 2
    assert "DU111111 IEF" in told.stdout
    assert "decided: BUY 32" in told.stdout


def test_what_bound_a_buy_is_told(folder: Path) -> None:
    told = _explain(folder, "IEF", "--account", "DU111111")
    assert "BUY 33 would bring it closest to its target" in told.stdout
    assert "limited by: no cash left" in told.stdout


def test_json_is_one_object_with_decimal_text(folder: Path) -> None:
    told = json.loads(_explain(folder, "SPY", "--json", "--account", "DU222222").stdout)
    (entry,) = told["explanations"]
    assert (entry["decided_action"], entry["wanted"]) == ("BUY", "60")
    assert entry["target_weight"] == "0.7"
    assert [part["fraction"] for part in entry["contributions"]] == ["0.3", "0.4"]


def test_a_symbol_that_nobody_holds_or_wants_is_a_usage_error(folder: Path) -> None:
    told = _explain(folder, "ZZZ")
    assert told.exit_code == 2
    assert "neither held nor in the portfolios" in told.stderr


def test_an_account_that_the_snapshot_lacks_does_not_hide_the_other(folder: Path) -> None:
    (folder / "settings.ini").write_text(SETTINGS.replace("DU222222", "DU999999"), encoding="utf-8")
    told = _explain(folder, "SPY")
    assert told.exit_code == 6
    assert "DU999999" in told.stderr
    assert "DU111111 SPY" in told.stdout
