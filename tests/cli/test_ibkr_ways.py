"""What IBKR does its own way: fractions it refuses, share classes it spells with a blank."""

from pathlib import Path

import pytest

from tests.cli.conftest import Serve
from tests.support import account, market, workspace


def test_a_refused_fraction_ends_rejected_and_says_what_to_set(
    tmp_path: Path, serve: Serve
) -> None:
    gateway = serve(market(account("DU111111", usd="50123.45")))
    space = workspace(tmp_path, gateway, {"SPY": "60", "IEF": "40"}, allow_fractional="true")
    done = space.run("--yes")
    assert done.code == 6, done.text
    orders = [row for row in space.post("DU111111") if row["order_ref"]]
    assert {row["symbol"]: row["status"] for row in orders} == {
        "SPY": "Rejected",
        "IEF": "Rejected",
    }
    for row in orders:
        assert row["error"].startswith("10243: ")
        assert row["error"].endswith("set allow_fractional = false")
    assert "set allow_fractional = false" in " ".join(done.stdout.split())
    assert space.summary()["DU111111"]["rejected"] == "2"
    assert gateway.executions == ()


@pytest.mark.parametrize("name", ["BRK.B", "BRK-B", "BRK B"])
def test_a_share_class_is_bought_and_known_again_however_it_is_spelled(
    tmp_path: Path, serve: Serve, name: str
) -> None:
    gateway = serve(market(account("DU111111", usd="50000")))
    space = workspace(tmp_path, gateway, {"SPY": "40", name: "60"})
    done = space.run("--yes")
    assert done.code == 0, done.text
    assert gateway.shares("DU111111", "BRK B") > 60
    again = space.run("--yes")
    assert again.code == 0, again.text
    assert space.summary()["DU111111"]["status"] == "nothing to do"
    assert {row["symbol"] for row in space.pre("DU111111")} == {"SPY", name, "CASH"}
