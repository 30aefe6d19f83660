"""One whole session of every client that we did not write: what it saw is what happened.

`make strangers` sets up their environments and names the folder in STRANGERS; without it, these
tests are skipped.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from attrs import frozen

from rebalancer_adapters.gateway import Status, load_market
from tests.kit import SimulatedGateway

_VISITS = Path(__file__).parent / "visits"
_SMALL_MARKET = Path(__file__).parents[2] / "fixtures" / "markets" / "small.toml"
_HOME = os.environ.get("STRANGERS")
_PATIENCE_SECONDS = 90


@frozen
class Stranger:
    """A client, its folder (none for ours), its visit, the version it is answered with."""

    client: str
    folder: str
    visit: str
    version: int


STRANGERS = (
    Stranger("ib_async", folder="ib_async", visit="visit_ib_library.py", version=178),
    Stranger("ib_insync", folder="ib_insync", visit="visit_ib_library.py", version=176),
    Stranger("ibapi 9.81", folder="ibapi_9", visit="visit_ibapi.py", version=157),
    Stranger("nautilus-ibapi 10.46", folder="ibapi_10", visit="visit_ibapi.py", version=178),
    Stranger("@stoqey/ib", folder="stoqey", visit="visit_stoqey.cjs", version=178),
)


@pytest.mark.skipif(_HOME is None, reason="strangers have their own environment: make strangers")
@pytest.mark.parametrize("stranger", STRANGERS, ids=lambda stranger: stranger.client)
def test_a_stranger_trades_a_whole_session_and_sees_what_the_book_says(stranger: Stranger) -> None:
    with SimulatedGateway(load_market(_SMALL_MARKET)) as gateway:
        seen = _visit(stranger, gateway.port)
        orders = {order.order_ref: order for order in gateway.orders}
        held = gateway.shares("DU111111", "SPY")
    filled = {ref: float(o.filled) for ref, o in orders.items() if o.status is Status.FILLED}
    statuses = {ref: order.status.value for ref, order in orders.items()}
    assert seen == {
        "server_version": stranger.version,
        "accounts": "DU111111,DU222222,DU333333",
        "positions": {"SPY": float(held), "IEF": 20.0},
        "accounts_ready": ["DU111111", "DU222222", "DU333333"],
        "con_ids": [756733],
        "last": [600.0],
        "margin": 600.0,  # a quarter of four shares at 600
        "statuses": statuses,
        "executed": filled,
        "completed": statuses,
    }
    assert list(statuses) == ["plain", "adaptive", "midprice", "cancelled"]
    assert sorted(filled) == ["adaptive", "midprice", "plain"]


def _visit(stranger: Stranger, port: int) -> object:
    folder = Path(_HOME or "").resolve() / stranger.folder
    if stranger.visit.endswith(".cjs"):
        node = shutil.which("node")
        if node is None or not (folder / "node_modules").is_dir():
            pytest.skip("node or its package is not installed")
        program, paths = node, {"NODE_PATH": str(folder / "node_modules")}
    else:
        program, paths = sys.executable, {"PYTHONPATH": str(folder)}
    done = subprocess.run(
        [program, str(_VISITS / stranger.visit), str(port), stranger.folder],
        env=os.environ | paths,
        capture_output=True,
        text=True,
        timeout=_PATIENCE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
