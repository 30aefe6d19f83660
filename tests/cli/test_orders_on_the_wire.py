"""What goes on the wire: account, DAY, a unique reference, the chosen algo, at the chosen pace."""

from itertools import pairwise
from pathlib import Path

import pytest

from rebalancer_adapters.gateway import Fill, on_orders
from tests.cli.conftest import Serve
from tests.support import UNTIL_RELEASED, account, market, workspace

FOUR = {"SPY": "40", "IEF": "30", "GLD": "20", "BIL": "10"}
TWO = ("DU111111", "DU222222")


@pytest.mark.parametrize(
    ("keys", "order_type", "strategy", "parameters"),
    [
        ({}, "MKT", "", ()),
        (
            {"algo_preference": "adaptive", "adaptive_priority": "urgent"},
            "MKT",
            "Adaptive",
            (("adaptivePriority", "Urgent"),),
        ),
        ({"algo_preference": "midprice"}, "MIDPRICE", "", ()),
    ],
)
def test_every_order_names_account_day_reference_and_algo(
    tmp_path: Path,
    serve: Serve,
    keys: dict[str, str],
    order_type: str,
    strategy: str,
    parameters: tuple[tuple[str, str], ...],
) -> None:
    gateway = serve(market(*(account(name, usd="50000") for name in TWO)))
    space = workspace(tmp_path, gateway, FOUR, accounts=TWO, keys=keys)
    done = space.run("--yes")
    assert done.code == 0, done.text
    placed = gateway.placed
    assert [each.terms.account for each in placed] == ["DU111111"] * 4 + ["DU222222"] * 4
    assert {each.terms.tif for each in placed} == {"DAY"}
    assert len({each.terms.order_ref for each in placed}) == len(placed)
    assert all(each.terms.order_ref.startswith("rb1-") for each in placed)
    assert {each.terms.order_type for each in placed} == {order_type}
    assert {each.terms.algo_strategy for each in placed} == {strategy}
    assert {each.terms.algo_params for each in placed} == {parameters}
    assert {each.terms.outside_rth for each in placed} == {False}
    assert {each.client_id for each in placed} == {42}


def test_without_batches_each_order_ends_before_the_next_one_leaves(
    tmp_path: Path, serve: Serve
) -> None:
    gateway = serve(
        market(account("DU111111", usd="50000")),
        on_orders(Fill(after_seconds=UNTIL_RELEASED / 1_000_000)),
    )
    space = workspace(tmp_path, gateway, FOUR, batch_orders="false")
    assert space.run("--yes").code == 0
    ends = {each.symbol: each.at for each in gateway.executions}
    placed = gateway.placed
    assert len(placed) == 4
    for earlier, later in pairwise(placed):
        assert ends[earlier.symbol] < later.at


def test_in_batches_all_orders_of_a_side_are_out_together(tmp_path: Path, serve: Serve) -> None:
    gateway = serve(
        market(account("DU111111", usd="50000")), on_orders(Fill(after_seconds=UNTIL_RELEASED))
    )
    space = workspace(tmp_path, gateway, FOUR)
    with space.start("--yes") as running:
        gateway.wait_until(lambda g: len(g.orders) == 4)
        gateway.release()
        assert running.finish().code == 0


def test_extended_hours_are_allowed_on_the_order_where_the_user_says_so(
    tmp_path: Path, serve: Serve
) -> None:
    gateway = serve(market(account("DU111111", usd="50000")))
    space = workspace(tmp_path, gateway, {"SPY": "100"}, trading_hours="eth")
    done = space.run("--yes")
    assert done.code == 0, done.text
    assert [each.terms.outside_rth for each in gateway.placed] == [True]
