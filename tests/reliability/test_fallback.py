"""An algo order is followed by a plain market order once, for the rest, and only on proof."""

from decimal import Decimal
from pathlib import Path

import pytest

from rebalancer_adapters.gateway import (
    CrossCancel,
    Fill,
    Reject,
    no_algos,
    on_orders,
)
from tests.cli.conftest import Serve
from tests.reliability.run_facts import ACCOUNT, sent, statuses
from tests.support import SimulatedGateway, Workspace, account, market, workspace

ORDERED = Decimal(81)
_ONLY_SPY = {"SPY": "98", "CASH": "2"}
_NO_ALGO = "Order rejected - reason:Specified algorithm is not allowed for this order."


def test_an_algo_that_the_broker_does_not_know_is_followed_by_a_plain_order(
    tmp_path: Path, serve: Serve
) -> None:
    gateway, space = _algo(tmp_path, serve)
    gateway.play(on_orders(Reject(code=442, text="Unsupported algo"), last=1))
    done = space.run("--yes")
    assert done.code == 0, done.text
    assert _algos(gateway) == ["Adaptive", ""]
    assert gateway.shares(ACCOUNT, "SPY") == ORDERED
    assert _rows(space) == [("1", "Rejected", "81", "0"), ("2", "Filled", "81", "81")]


@pytest.mark.parametrize("code", [201, 460, 388, 10243])
def test_an_order_refused_for_another_reason_is_not_sent_again(
    tmp_path: Path, serve: Serve, code: int
) -> None:
    gateway, space = _algo(tmp_path, serve)
    gateway.play(on_orders(Reject(code=code, text="refused"), last=1))
    done = space.run("--yes")
    assert done.code == 6, done.text
    assert _algos(gateway) == ["Adaptive"]
    assert statuses(space) == {"SPY": "Rejected"}


def test_an_algo_that_the_account_does_not_have_is_planned_and_sent_as_a_plain_order(
    tmp_path: Path, serve: Serve
) -> None:
    gateway, space = _algo(tmp_path, serve, algo_preference="midprice", what_if="true")
    gateway.play(no_algos(201, _NO_ALGO))
    done = space.run("--yes")
    assert done.code == 0, done.text
    # The what-if falls back as the order will: what the plain one needs is known before the yes.
    assert [(each.terms.what_if, each.terms.order_type) for each in gateway.placed] == [
        (True, "MIDPRICE"),
        (True, "MKT"),
        (False, "MIDPRICE"),
        (False, "MKT"),
    ]
    assert gateway.shares(ACCOUNT, "SPY") == ORDERED
    assert _rows(space) == [("1", "Rejected", "81", "0"), ("2", "Filled", "81", "81")]


def test_the_user_may_forbid_the_fallback(tmp_path: Path, serve: Serve) -> None:
    gateway, space = _algo(tmp_path, serve, fallback_plain_market="false")
    gateway.play(on_orders(Reject(code=442, text="Unsupported algo"), last=1))
    assert space.run("--yes").code == 6
    assert _algos(gateway) == ["Adaptive"]


def test_an_algo_that_rests_too_long_makes_room_for_the_rest_as_a_plain_order(
    tmp_path: Path, serve: Serve
) -> None:
    gateway, space = _algo(tmp_path, serve, wait_before_fallback="1")
    gateway.play(on_orders(Fill(share=Decimal("0.4")), last=1))
    done = space.run("--yes")
    assert done.code == 0, done.text
    assert _algos(gateway) == ["Adaptive", ""]
    assert [each.terms.quantity for each in gateway.placed] == [ORDERED, ORDERED - 32]
    assert gateway.cancels == 1
    assert gateway.shares(ACCOUNT, "SPY") == ORDERED
    assert _rows(space) == [("1", "PartiallyFilled", "81", "32"), ("2", "Filled", "49", "49")]
    handed = f"{ACCOUNT} BUY 49 SPY (fallback: a plain market order): handed over"
    assert handed in space.log()
    assert handed in done.stderr
    notes = [row["notes"] for row in space.post(ACCOUNT) if row["order_ref"]]
    assert "fallback: the rest was sent as a plain market order, rb1-" in notes[0]
    assert notes[1] == "fallback: a plain market order"


@pytest.mark.parametrize("answer", ["PendingCancel", "Cancelled", "10148"])
def test_a_fill_that_crosses_the_cancel_is_not_bought_twice(
    tmp_path: Path, serve: Serve, answer: str
) -> None:
    gateway, space = _algo(tmp_path, serve, wait_before_fallback="1")
    late = CrossCancel(answer=answer, after_seconds=Decimal("0.7"))
    gateway.play(on_orders(late, last=1))
    done = space.run("--yes")
    assert done.code == 0, done.text
    assert _algos(gateway) == ["Adaptive"]
    assert gateway.shares(ACCOUNT, "SPY") == ORDERED
    assert _rows(space) == [("1", "Filled", "81", "81")]


def test_a_part_that_crosses_the_cancel_is_taken_off_the_plain_order(
    tmp_path: Path, serve: Serve
) -> None:
    gateway, space = _algo(tmp_path, serve, wait_before_fallback="1")
    late = CrossCancel(answer="Cancelled", share=Decimal("0.5"), after_seconds=Decimal("0.7"))
    gateway.play(on_orders(late, last=1))
    done = space.run("--yes")
    assert done.code == 0, done.text
    assert [each.terms.quantity for each in gateway.placed] == [ORDERED, ORDERED - 40]
    assert gateway.shares(ACCOUNT, "SPY") == ORDERED


def _algo(folder: Path, serve: Serve, **keys: str) -> tuple[SimulatedGateway, Workspace]:
    gateway = serve(market(account(ACCOUNT, usd="50000")))
    usual = {"algo_preference": "adaptive"}
    return gateway, workspace(folder, gateway, _ONLY_SPY, keys=usual | keys)


def _algos(gateway: SimulatedGateway) -> list[str]:
    assert set(sent(gateway)) == {"SPY"}
    return [each.terms.algo_strategy for each in gateway.placed]


def _rows(space: Workspace) -> list[tuple[str, str, str, str]]:
    """Leg, status, ordered and executed shares of each row of an order."""
    return [
        (
            row["order_ref"].rpartition("-")[2],
            row["status"],
            row["qty_shares"],
            row["exec_qty_shares"],
        )
        for row in space.post(ACCOUNT)
        if row["order_ref"]
    ]
