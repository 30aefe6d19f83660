"""The doctor asks about one share of each target, as a run would, and sends no order."""

from decimal import Decimal
from pathlib import Path

from rebalancer_adapters.gateway import load_scenario, refused_what_if
from rebalancer_core.application.doctor.findings import Check
from tests.cli.conftest import Serve
from tests.cli.doctor.test_doctor import SCENARIOS, asked
from tests.support import account, market, workspace

A1, A2 = "DU111111", "DU222222"
TARGETS = {"SPY": "60", "IEF": "40"}
NO_KID = "Order rejected - reason:No KID available."


def test_over_the_wire_one_share_of_each_target_is_asked_and_nothing_is_ordered(
    tmp_path: Path, serve: Serve
) -> None:
    gateway = serve(
        market(account(A1, usd="50000"), account(A2, usd="50000")),
        refused_what_if(201, NO_KID, "IEF"),
    )
    found = asked(workspace(tmp_path, gateway, TARGETS, accounts=(A1, A2), what_if="true"))
    assert sorted((e.terms.account, e.symbol) for e in gateway.placed) == [
        (each, symbol) for each in (A1, A2) for symbol in sorted(TARGETS)
    ]
    assert {each.terms.quantity for each in gateway.placed} == {Decimal(1)}
    assert all(each.terms.what_if for each in gateway.placed)
    assert gateway.orders == ()
    assert found.code == 0
    assert found.levels(Check.WHAT_IF) == ["warning", "ok"]
    assert found.said(Check.WHAT_IF) == (
        f"one share each is refused: IEF for DU111111, DU222222: error 201: {NO_KID};"
        " a run would not buy it, and trade the others -> request the permission in IBKR's Client"
        " Portal, or name another fund in portfolios.csv; see docs/first-connection.md, 8\n"
        "one share each would be taken: SPY for DU111111, DU222222 -> "
    )


def test_a_read_only_gateway_is_not_asked_and_the_reason_is_named(
    tmp_path: Path, serve: Serve
) -> None:
    there = market(account(A1, usd="50000"))
    gateway = serve(there, load_scenario(SCENARIOS / "read_only_api.toml", there))
    found = asked(workspace(tmp_path, gateway, TARGETS, what_if="true"))
    assert found.levels(Check.WHAT_IF) == ["skipped"]
    assert "Read-Only API is on and refuses what-ifs" in found.said(Check.WHAT_IF)
    assert gateway.placed == ()


def test_what_ifs_are_asked_while_the_settings_are_read_only_and_order_nothing(
    tmp_path: Path, serve: Serve
) -> None:
    gateway = serve(market(account(A1, usd="50000")))
    found = asked(workspace(tmp_path, gateway, TARGETS, what_if="true", read_only="true"))
    assert found.code == 0
    assert found.levels(Check.WHAT_IF) == ["ok"]
    assert gateway.orders == ()


def test_an_open_order_in_a_target_is_what_a_run_would_end_with(
    tmp_path: Path, serve: Serve
) -> None:
    gateway = serve(market(account(A1, usd="50000")))
    gateway.leave_open(A1, "BUY", 3, "SPY")
    gateway.leave_open(A1, "BUY", 3, "GLD")
    found = asked(workspace(tmp_path, gateway, TARGETS))
    assert found.code == 5
    assert found.problems == {"ledger"}
    assert "2 open orders; in SPY: a run that trades it would end with 5" in found.said(
        Check.LEDGER
    )
