"""A preview shows the broker's margin figures, of a dry run too; asking orders nothing."""

import sys
from pathlib import Path

import pytest

from rebalancer_adapters.gateway import Mute, on_messages
from rebalancer_adapters.gateway.settings import GatewaySettings
from tests.cli.conftest import Serve
from tests.support import account, market, workspace

_TARGETS = {"SPY": "60", "IEF": "40"}
_OPEN_ORDER = 5


def test_the_margin_of_all_orders_is_shown_and_each_order_still_leaves_once(
    tmp_path: Path, serve: Serve
) -> None:
    gateway = serve(market(account("DU111111", usd="50000")))
    space = workspace(tmp_path, gateway, _TARGETS, what_if="true", max_orders="2")
    done = space.run("--yes")
    assert done.code == 0, done.text
    # A quarter of the 82 SPY at 600.00 and the 208 IEF at 95.00 that the targets come to at most.
    shown = " ".join(done.text.split())
    assert "IBKR what-if initial margin $12,3" in shown
    assert "commission $2.0" in shown
    questions = [each for each in gateway.placed if each.terms.what_if]
    orders = [each for each in gateway.placed if not each.terms.what_if]
    assert [each.symbol for each in questions] == [each.symbol for each in orders]
    assert {each.terms.order_ref for each in questions} == {""}
    assert [order.symbol for order in gateway.orders] == [each.symbol for each in orders]
    assert len({frame.fields[1] for frame in gateway.record.received(3)}) == 4
    assert {row["status"] for row in space.post("DU111111") if row["order_ref"]} == {"Filled"}


@pytest.mark.parametrize("read_only", ["false", "true"])
def test_a_dry_run_asks_too_and_each_message_says_that_it_only_asks(
    tmp_path: Path, serve: Serve, read_only: str
) -> None:
    gateway = serve(market(account("DU111111", usd="50000")))
    space = workspace(tmp_path, gateway, _TARGETS, what_if="true", read_only=read_only)
    done = space.run("--yes", "--dry-run")
    assert done.code == 0, done.text
    assert "IBKR what-if initial margin $12,3" in " ".join(done.text.split())
    assert [each.symbol for each in gateway.placed] == ["SPY", "IEF"]
    assert all(each.terms.what_if for each in gateway.placed)
    assert gateway.orders == ()


def test_without_what_ifs_a_dry_run_sends_no_order_message(tmp_path: Path, serve: Serve) -> None:
    gateway = serve(market(account("DU111111", usd="50000")))
    space = workspace(tmp_path, gateway, _TARGETS, what_if="false")
    done = space.run("--dry-run")
    assert done.code == 0, done.text
    assert "IBKR what-if not asked: [execution] what_if = false" in " ".join(done.text.split())
    assert gateway.record.received(3) == ()


def test_a_read_only_gateway_is_not_asked_and_the_preview_says_why(
    tmp_path: Path, serve: Serve
) -> None:
    house = market(account("DU111111", usd="50000"))
    house.settings = GatewaySettings(read_only_api=True)
    gateway = serve(house)
    space = workspace(tmp_path, gateway, _TARGETS, what_if="true")
    done = space.run("--dry-run")
    shown = " ".join(done.stdout.split())
    assert "IBKR what-if not asked: the gateway's Read-Only API is on" in shown
    assert gateway.record.received(3) == ()


def test_a_plan_that_a_rule_refuses_is_not_asked_about(tmp_path: Path, serve: Serve) -> None:
    gateway = serve(market(account("DU111111", usd="50000")))
    space = workspace(tmp_path, gateway, _TARGETS, what_if="true", max_orders="1")
    assert space.run("--yes").code == 5
    assert gateway.record.received(3) == ()


def test_a_silent_broker_leaves_the_margin_unknown_and_the_trade_possible(
    tmp_path: Path, serve: Serve
) -> None:
    silence = on_messages(Mute(), message_id=_OPEN_ORDER, last=4)
    gateway = serve(market(account("DU111111", usd="50000")), silence)
    space = workspace(tmp_path, gateway, _TARGETS, what_if="true")
    done = space.run("--yes")
    assert done.code == 0, done.text
    assert "margin unknown, the broker did not answer" in done.text
    assert gateway.shares("DU111111", "SPY") > 0


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo terminals")
def test_the_figures_stand_above_the_question(tmp_path: Path, serve: Serve) -> None:
    gateway = serve(market(account("DU111111", usd="50000")))
    space = workspace(tmp_path, gateway, _TARGETS, what_if="true")
    with space.screen() as screen:
        screen.wait_for("IBKR what-if ")
        screen.wait_for("Proceed? [y/N]: ")
        screen.type("n")
        assert screen.finish() == 0
    assert not gateway.orders
    assert all(each.terms.what_if for each in gateway.placed)
