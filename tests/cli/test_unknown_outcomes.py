"""When the connection is lost while orders are out, their outcome is unknown: exit 7, told."""

import sys
from pathlib import Path

import pytest

from rebalancer_adapters.gateway import Rest, Status, on_orders
from tests.cli.conftest import Serve
from tests.support import account, market, workspace

TARGETS = {"SPY": "60", "IEF": "40"}


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo terminals")
def test_a_cut_connection_ends_with_7_and_the_next_account_trades_over_a_new_one(
    tmp_path: Path, serve: Serve
) -> None:
    gateway = serve(
        market(account("DU111111", usd="50000"), account("DU222222", usd="50000")),
        on_orders(Rest(), symbol="IEF", account="DU111111"),
    )
    space = workspace(tmp_path, gateway, TARGETS, accounts=("DU111111", "DU222222"))
    with space.screen("--yes") as screen:
        gateway.wait_until(lambda g: {o.status for o in g.orders} >= {Status.SUBMITTED})
        gateway.cut_connections()
        assert screen.finish() == 7
        assert "Traceback" not in screen.text
    status = {row["symbol"]: row["status"] for row in space.post("DU111111") if row["order_ref"]}
    assert status["IEF"] == "Unknown"
    assert space.summary()["DU111111"]["status"] == "unknown"
    assert "still working at the broker" in screen.text
    assert space.summary()["DU222222"]["status"] == "done"
    assert [each.terms.account for each in gateway.placed].count("DU111111") == len(status)
