"""What is wrong before a run begins: told whole, with its exit code, without a traceback."""

import json
from pathlib import Path

import pytest

from rebalancer_adapters.gateway import Market
from rebalancer_adapters.gateway.market import Instrument
from tests.cli.conftest import Serve
from tests.support import account, market, rebalance, workspace

TARGETS = {"SPY": "60", "IEF": "40"}


def test_a_gateway_that_is_not_there_ends_with_a_hint(tmp_path: Path) -> None:
    space = workspace(tmp_path, 1, TARGETS, accounts=("DU111111", "DU222222"))
    done = space.run("--dry-run", "--json")
    assert done.code == 4, done.text
    hint = "cannot connect to 127.0.0.1:1: connection refused -> is a gateway"
    assert done.stderr.count(hint) == 1
    assert [hint in each["error"] for each in json.loads(done.stdout)["accounts"]] == [True, True]
    assert "Traceback" not in done.text
    assert {row["status"] for row in space.summary().values()} == {"failed"}
    assert all(hint in row["error"] for row in space.summary().values())


def test_wrong_settings_name_all_problems_at_once(tmp_path: Path) -> None:
    space = workspace(
        tmp_path, 0, TARGETS, max_leverage="0.5", confirm_mode="maybe", max_orders="x"
    )
    space.portfolios.write_text("ETF,MAIN\nSPY,60\nIEF,41\n", encoding="utf-8")
    done = space.run("--dry-run")
    assert done.code == 3, done.text
    for name in ("ibkr.port", "rebalance.max_leverage", "accounts.confirm_mode", "max_orders"):
        assert name in done.stderr
    assert "Traceback" not in done.text
    assert len(space.files("*")) == len(space.files("rebalance_2*.log")) == 1


def test_wrong_portfolios_name_the_model_and_the_sum(tmp_path: Path) -> None:
    space = workspace(tmp_path, 4002, {"SPY": "60", "IEF": "41"})
    done = space.run("--dry-run")
    assert done.code == 3, done.text
    assert "101" in done.stderr


@pytest.mark.parametrize(
    "flags",
    [
        ("--no-such-flag",),
        ("--confirm-mode", "sometimes"),
        ("--account", "DU999999"),
        ("--yes", "--confirm"),
        ("SPY",),
    ],
)
def test_a_wrong_flag_is_a_matter_of_usage(tmp_path: Path, flags: tuple[str, ...]) -> None:
    done = workspace(tmp_path, 4002, TARGETS).run(*flags)
    assert done.code == 2, done.text
    assert "Traceback" not in done.text


@pytest.mark.parametrize("command", ["run", "snapshot", "validate-portfolios"])
def test_symbols_that_ibkr_does_not_list_are_named_together_with_candidates(
    tmp_path: Path, serve: Serve, command: str
) -> None:
    gateway = serve(_with_a_second_listing(market(account("DU111111", usd="50000")), "GLD"))
    targets = {"SPY": "40", "GLD": "30", "XIU": "10", "NOSUCH": "20"}
    done = workspace(tmp_path, gateway, targets).command(command)
    assert done.code == 3, done.text
    named = {
        symbol: line
        for symbol in ("GLD", "XIU", "NOSUCH", "SPY")
        for line in done.stderr.splitlines()
        if f" {symbol}: " in line
    }
    assert named.keys() == {"GLD", "XIU", "NOSUCH"}, done.stderr
    assert "candidates: " in named["GLD"]
    assert gateway.record.received(3) == ()


def test_a_second_session_with_the_same_client_id_is_told_what_to_do(
    tmp_path: Path, serve: Serve
) -> None:
    gateway = serve(market(account("DU111111", usd="50000")))
    space = workspace(tmp_path, gateway, TARGETS)
    with space.start("--yes") as first:
        gateway.wait_until(lambda g: g.ask(lambda inside: inside.client_ids) == (42,))
        second = space.run("--dry-run")
        assert first.finish().code == 0
    assert second.code in {0, 4}, second.text
    assert second.code == 0 or "client id 42 is in use" in second.stderr


def test_the_module_is_the_same_program() -> None:
    done = rebalance("--help")
    assert done.code == 0
    for command in ("run", "snapshot", "price", "validate-config", "gateway", "demo"):
        assert f"  {command}" in done.stdout
    assert rebalance("--version").stdout.startswith("rebalance, version ")
    assert rebalance("no-such-command").code == 2


def _with_a_second_listing(plain: Market, symbol: str) -> Market:
    first = plain.instrument(symbol)
    twin = Instrument(
        symbol=symbol,
        con_id=999_001,
        primary_exchange="NYSE",
        currency="USD",
        local_symbol=symbol,
        trading_class=symbol,
        name="another of that name",
    )
    quotes = [(each, plain.quote(each.con_id)) for each in plain.instruments]
    return Market(
        [*quotes, (twin, plain.quote(first.con_id))],
        plain.accounts,
        rates={"CAD": plain.rate("CAD", "USD")},
        practices=plain.practices,
    )
