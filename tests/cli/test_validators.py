"""The validators: each file is the one that was named, and *valid* is said of what is."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from rebalancer_adapters.portfolios.portfolios_csv import portfolios_from_text
from rebalancer_cli.main import cli
from rebalancer_core.values.money import ONE
from rebalancer_core.values.portfolios import Blend, ModelShare
from tests.cli.conftest import Serve
from tests.support import Workspace, account, market, workspace

TARGETS = {"SPY": "60", "IEF": "40"}
_BOTH = ("DU111111", "DU222222")
_UNREADABLE = "ETF,MAIN\nGLD,99\n"


def test_effective_settings_name_each_value_with_its_origin(tmp_path: Path) -> None:
    own = {"DU222222": {"max_leverage": "1.10", "trading_hours": "eth"}}
    space = workspace(tmp_path, 4002, TARGETS, accounts=("DU111111", "DU222222"), own=own)
    done = space.command("validate-config", "--effective", env={"REBALANCE_IBKR_CLIENT_ID": "7"})
    assert done.code == 0, done.text
    lines = [line.split() for line in done.stdout.splitlines()]
    assert ["(all)", "ibkr.client_id", "7", "environment", "REBALANCE_IBKR_CLIENT_ID"] in lines
    assert ["DU111111", "rebalance.max_leverage", "1.50", "default"] in lines
    overridden = next(line for line in lines if line[:2] == ["DU222222", "rebalance.max_leverage"])
    assert overridden[2] == "1.10"
    assert "settings.ini:" in overridden[3]
    assert done.stderr.startswith("warning: DU222222: trading_hours = eth: IBKR does not execute")
    printed = json.loads(_told("validate-config", str(space.settings), "--json").stdout)
    (warning,) = printed["warnings"]
    assert warning.startswith("DU222222: trading_hours = eth: IBKR does not execute")


def test_a_named_settings_file_is_the_one_that_is_read(tmp_path: Path) -> None:
    good, bad = workspace(tmp_path, 1, TARGETS).settings, tmp_path / "bad.ini"
    bad.write_text("[models]\nONE = 2\n", encoding="utf-8")
    for words in ([str(good)], ["--config", str(good)], [str(good), "--config", str(good)]):
        told = _told("validate-config", *words)
        assert (told.exit_code, told.stdout) == (0, f"{good}: valid, 1 account\n")
    refused = _told("validate-config", str(bad))
    assert refused.exit_code == 3
    assert refused.stdout == ""
    assert "bad.ini" in refused.stderr
    twice = _told("validate-config", str(good), "--config", str(bad))
    assert twice.exit_code == 2
    assert "named twice" in twice.stderr


def test_a_warning_is_named_and_leaves_the_file_valid_unless_strict(tmp_path: Path) -> None:
    settings = workspace(tmp_path, 1, TARGETS).settings
    text = settings.read_text(encoding="utf-8") + "[hobbies]\nfishing = yes\n"
    settings.write_text(text, encoding="utf-8")
    lax = _told("validate-config", str(settings), "--json")
    assert lax.exit_code == 0
    assert [each["is_warning"] for each in json.loads(lax.stdout)["problems"]] == [True, True]
    strict = _told("validate-config", str(settings), "--json", "--strict")
    assert strict.exit_code == 3
    told = json.loads(strict.stdout)
    assert (told["valid"], told["exit_code"]) == (False, 3)
    assert [(each["line"], each["key"]) for each in told["problems"]] != []


def test_without_a_name_every_file_that_an_account_uses_is_checked(tmp_path: Path) -> None:
    space = _with_an_own_file(tmp_path, _UNREADABLE)
    told = _told("validate-portfolios", "--config", str(space.settings), "--offline")
    assert told.exit_code == 3
    assert f"{tmp_path / 'own.csv'}:1:5 MAIN: sums to 99.00 %" in told.stderr
    assert told.stdout.splitlines()[0] == (
        f"{tmp_path / 'portfolios.csv'}: no problem in the file, 2 symbols, 1 model"
    )
    assert "valid" not in told.stdout


@pytest.mark.parametrize("way", [(), ("--csv",)])
def test_a_named_portfolios_file_is_read_and_no_other(tmp_path: Path, way: tuple[str]) -> None:
    space = _with_an_own_file(tmp_path, _UNREADABLE)
    config = ("--config", str(space.settings), "--offline")
    good = _told("validate-portfolios", *config, *way, str(space.portfolios))
    assert good.exit_code == 0, good.output
    assert "own.csv" not in good.output
    bad = _told("validate-portfolios", *config, *way, str(tmp_path / "own.csv"), "--json")
    assert bad.exit_code == 3
    (file,) = json.loads(bad.stdout)["files"]
    assert file["accounts"] == ["DU222222"]
    assert [(each["line"], each["column"]) for each in file["problems"]] == [(1, 5)]


def test_a_file_that_ibkr_was_not_asked_about_is_not_called_valid(tmp_path: Path) -> None:
    space = workspace(tmp_path, 1, TARGETS)
    offline = space.command("validate-portfolios", "--offline")
    assert offline.code == 0, offline.text
    assert "no problem in the file" in offline.stdout
    assert "skipped: symbol lookup at IBKR" in offline.stdout
    assert ": valid" not in offline.text
    unreached = space.command("validate-portfolios", "--json")
    assert unreached.code == 4, unreached.text
    assert "connection refused" in unreached.stderr
    told = json.loads(unreached.stdout)
    assert (told["valid"], told["symbols_checked"], told["exit_code"]) == (None, False, 4)


def test_unknown_symbols_are_named_with_place_account_and_hint(
    tmp_path: Path, serve: Serve
) -> None:
    gateway = serve(market(account("DU111111", usd="50000"), account("DU222222", usd="1")))
    own = "# mine\nMAIN,ETF\n50,BRKB\n20,GLD\n10,XIU\n20, BRK.X\n"
    space = _with_an_own_file(tmp_path, own, gateway.port)
    told = space.command("validate-portfolios")
    assert told.code == 3, told.text
    file = tmp_path / "own.csv"
    foreign = "not a US-listed USD stock or ETF, a target of DU222222"
    also_as = "unknown to IBKR, also as BRK X, a target of DU222222"
    assert told.stderr.splitlines() == [
        f"{file}:3:4 BRKB: unknown to IBKR, a target of DU222222 -> did you mean BRK B?",
        f"{file}:5:4 XIU: {foreign} -> candidates: XIU TSE CAD ETF XIU ETF",
        f"{file}:6:5 BRK.X: {also_as} -> candidates: BRK B ARCA USD STK",
    ]
    assert told.stdout == f"{space.portfolios}: valid, 2 symbols, 1 model\n"
    shared = space.command("validate-portfolios", space.portfolios)
    assert shared.code == 0, shared.text
    assert (
        shared.stdout.splitlines()[1] == "IBKR knows all 2 symbols as US-listed USD stocks or ETFs"
    )
    assert gateway.record.received(3) == ()


def test_each_symbol_of_a_file_has_its_place() -> None:
    text = "# mine\nMAIN,ETF\n60,BRK.B\n40,  IEF\n0,CASH\n"
    blend = Blend(shares=(ModelShare(name="MAIN", fraction=ONE),))
    loaded = portfolios_from_text(text, "p.csv", blend).unwrap()
    assert loaded.places == {"BRK.B": "p.csv:3:4", "IEF": "p.csv:4:6"}


def _with_an_own_file(folder: Path, text: str, port: int = 1) -> Workspace:
    """Two accounts, of which the second has a portfolios file of its own."""
    own = {"DU222222": {"path": "own.csv"}}
    space = workspace(folder, port, TARGETS, accounts=_BOTH, own=own)
    (folder / "own.csv").write_text(text, encoding="utf-8")
    return space


def _told(*words: str) -> Result:
    return CliRunner().invoke(cli, list(words))
