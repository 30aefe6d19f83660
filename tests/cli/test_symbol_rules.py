"""Bands, destinations and rules of single symbols, from settings.ini to what people read."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from rebalancer_cli.main import cli

SETTINGS = """\
[accounts]
ids = DU111111
[models]
MAIN = 1
[rebalance]
per_holding_band_bps = 200
destination = edge
cash_buffer_pct = 0
"""
ACCOUNT = {
    "account_id": "DU111111",
    "base_currency": "USD",
    "cash": {"USD": "0"},
    "positions": [
        {
            "symbol": symbol,
            "con_id": con_id,
            "security_type": "STK",
            "currency": "USD",
            "quantity": quantity,
        }
        for symbol, con_id, quantity in (("SPY", 1, "640"), ("IEF", 2, "360"))
    ],
    "open_orders": [],
}


def _quote(symbol: str, con_id: int) -> dict[str, object]:
    return {
        "symbol": symbol,
        "con_id": con_id,
        "price": "100",
        "kind": "last",
        "as_of": "2026-01-02T15:04:05Z",
        "delayed": False,
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "portfolios.csv").write_text("ETF,MAIN\nSPY,60\nIEF,40\n", encoding="utf-8")
    saved = {
        "schema": 1,
        "as_of": "2026-01-02T15:04:05Z",
        "accounts": [ACCOUNT],
        "quotes": [_quote("SPY", 1), _quote("IEF", 2)],
    }
    (tmp_path / "snapshot.json").write_text(json.dumps(saved), encoding="utf-8")
    return tmp_path


def _played(folder: Path, more: str, *arguments: str) -> Result:
    (folder / "settings.ini").write_text(SETTINGS + more, encoding="utf-8")
    return CliRunner().invoke(cli, [*arguments, "--config", str(folder / "settings.ini")])


def _explained(folder: Path, more: str, symbol: str) -> list[str]:
    snapshot = str(folder / "snapshot.json")
    return _played(folder, more, "explain", symbol, "--snapshot", snapshot).output.splitlines()


def test_explain_names_the_band_its_kind_and_where_a_trade_stops(folder: Path) -> None:
    usual = _explained(folder, "", "SPY")
    assert any(line.endswith("outside the band of 200 bps") for line in usual)
    stops = "  a trade stops 200 bps from the target (destination = edge)"
    assert stops in usual
    assert any("SELL 21 " in line for line in usual)
    relative = _explained(folder, "band_rule = relative\n", "SPY")
    assert any("inside the band of 1500 bps, a part of its target" in line for line in relative)
    own = _explained(folder, "[symbol:SPY]\nband_bps = 350\n", "SPY")
    assert any("outside the band of 350 bps, its own" in line for line in own)
    assert "  a trade stops 350 bps from the target (destination = edge)" in own
    held = _explained(folder, "[symbol:SPY]\nhold = true\n", "SPY")
    assert held[-2:] == ["  limited by: hold", "  decided: no trade"]


def test_a_preview_says_which_bands_and_destination_are_in_force(folder: Path) -> None:
    snapshot = str(folder / "snapshot.json")
    told = _played(folder, "", "run", "--snapshot", snapshot)
    told_in_one_line = " ".join(told.output.split())
    assert "bands: 200 bps; trades stop on the edge of the band" in told_in_one_line
    assert told.exit_code == 0


@pytest.mark.parametrize("command", [("run",), ("explain", "SPY")])
def test_a_snapshot_of_another_contract_than_the_settings_name_is_exit_3(
    folder: Path, command: tuple[str, ...]
) -> None:
    more = "[symbol:SPY]\ncon_id = 7\n"
    told = _played(folder, more, *command, "--snapshot", str(folder / "snapshot.json"))
    assert told.exit_code == 3
    assert "settings.ini:10" in told.output
    assert "SPY: con_id is not a contract of this symbol" in told.output
    same = _played(
        folder, more.replace("7", "1"), *command, "--snapshot", str(folder / "snapshot.json")
    )
    assert same.exit_code == 0


def test_a_section_of_a_symbol_that_no_portfolio_names_is_warned_of(folder: Path) -> None:
    more = "[symbol:SPX]\nhold = true\n"
    warned = _played(folder, more, "validate-config")
    assert warned.exit_code == 0
    assert "settings.ini:9" in warned.output
    assert "symbol:SPX: no portfolio names this symbol" in warned.output
    assert _played(folder, more, "validate-config", "--strict").exit_code == 3
    (folder / "portfolios.csv").write_text("ETF,MAIN\nSPX,60\nIEF,40\n", encoding="utf-8")
    assert "SPX" not in _played(folder, more, "validate-config").output
