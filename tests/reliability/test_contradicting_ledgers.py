"""Cards about a ledger that contradicts itself, or writes its figures in another way."""

from decimal import Decimal
from pathlib import Path

import pytest

from rebalancer_adapters.gateway import Market, insured_sweep, wrong_ledger
from rebalancer_adapters.gateway.settings import GatewaySettings, LedgerPrefix
from tests.cli.conftest import Serve
from tests.reliability.run_facts import ACCOUNT, sent
from tests.support import account, market, workspace

TARGETS = {"SPY": "60", "IEF": "40"}
_TEN_TIMES = Decimal("10.9")  # 60,000 become 654,000
_CASH = "CashBalance"
_TOTAL_CASH = "TotalCashBalance"
_NET_LIQUIDATION = "NetLiquidationByCurrency"


def test_cash_that_the_sweep_counts_again_buys_nothing(tmp_path: Path, serve: Serve) -> None:
    gateway = serve(market(account(ACCOUNT, usd="60000")), insured_sweep(_TEN_TIMES))
    space = workspace(tmp_path, gateway, TARGETS)
    done = space.run("--yes")
    assert done.code == 0, done.text
    assert sent(gateway) == ["SPY", "IEF"]
    assert 0 < gateway.cash(ACCOUNT) < 2000
    text = " ".join(done.text.split())
    assert "CashBalance is $654,000.00, TotalCashBalance $60,000.00" in text
    assert "insured bank deposit sweep" in text


def test_a_second_run_after_the_sweep_has_nothing_to_do(tmp_path: Path, serve: Serve) -> None:
    gateway = serve(market(account(ACCOUNT, usd="60000")), insured_sweep())
    space = workspace(tmp_path, gateway, TARGETS)
    assert [space.run("--yes").code for _ in range(2)] == [0, 0]
    assert sent(gateway) == ["SPY", "IEF"]


@pytest.mark.parametrize("by", [_TEN_TIMES, Decimal("0.5"), Decimal(-1)])
@pytest.mark.parametrize("tags", [(_CASH, _TOTAL_CASH), (_TOTAL_CASH,), (_NET_LIQUIDATION,)])
def test_a_ledger_that_does_not_add_up_stops_the_account_with_its_figures(
    tmp_path: Path, serve: Serve, tags: tuple[str, ...], by: Decimal
) -> None:
    gateway = serve(market(account(ACCOUNT, usd="60000")), wrong_ledger(by, tags=tags))
    space = workspace(tmp_path, gateway, TARGETS)
    done = space.run("--yes")
    assert done.code == 4, done.text
    assert sent(gateway) == []
    why = space.summary()[ACCOUNT]["error"]
    assert "NetLiquidationByCurrency is" in why
    assert f"{60_000 * by:,.2f} USD" in why
    assert "60,000.00 USD" in why


def test_the_other_accounts_trade_when_one_ledger_does_not_add_up(
    tmp_path: Path, serve: Serve
) -> None:
    lie = wrong_ledger(_TEN_TIMES, "DU222222", (_CASH, _TOTAL_CASH))
    gateway = serve(market(account(ACCOUNT, usd="60000"), account("DU222222", usd="60000")), lie)
    space = workspace(tmp_path, gateway, TARGETS, accounts=(ACCOUNT, "DU222222"))
    assert space.run("--yes").code == 6
    assert {each.terms.account for each in gateway.placed} == {ACCOUNT}


def test_the_ledger_is_read_with_the_prefix_too(tmp_path: Path, serve: Serve) -> None:
    gateway = serve(_prefixed(market(account(ACCOUNT, usd="60000", SPY=10))))
    space = workspace(tmp_path, gateway, TARGETS)
    done = space.run("--yes")
    assert done.code == 0, done.text
    assert sent(gateway) == ["SPY", "IEF"]
    assert 0 < gateway.cash(ACCOUNT) < 2000
    told = {frame.fields[5] for frame in gateway.record.sent(73)}
    assert "$LEDGER-CashBalance" in told
    assert _CASH not in told


def test_the_sweep_is_seen_behind_the_prefix_too(tmp_path: Path, serve: Serve) -> None:
    gateway = serve(_prefixed(market(account(ACCOUNT, usd="60000"))), insured_sweep(_TEN_TIMES))
    space = workspace(tmp_path, gateway, TARGETS)
    assert space.run("--yes").code == 0
    assert 0 < gateway.cash(ACCOUNT) < 2000


def test_a_canadian_account_is_sized_on_its_true_us_dollars(tmp_path: Path, serve: Serve) -> None:
    held = account(ACCOUNT, usd="60000", cad="8000", base="CAD", SPY=10, XIU=20)
    gateway = serve(market(held), insured_sweep(_TEN_TIMES))
    space = workspace(tmp_path, gateway, TARGETS)
    done = space.run("--yes")
    assert done.code == 0, done.text
    assert 0 < gateway.cash(ACCOUNT) < 2000


def _prefixed(told: Market) -> Market:
    told.settings = GatewaySettings(ledger_prefix=LedgerPrefix.ON)
    return told
