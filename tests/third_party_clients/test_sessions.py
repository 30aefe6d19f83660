"""One whole session of every client that we did not write: what it saw is what happened.

`make third-party` sets up their environments and names the folder in THIRD_PARTY; without it, these
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
from tests.support import SimulatedGateway

_SESSIONS = Path(__file__).parent / "sessions"
_SMALL_MARKET = Path(__file__).parents[2] / "fixtures" / "markets" / "small.toml"
_HOME = os.environ.get("THIRD_PARTY")
_PATIENCE_SECONDS = 90


@frozen
class Client:
    """A client, its folder (none for ours), its session, the version it is answered with."""

    name: str
    folder: str
    session: str
    version: int


CLIENTS = (
    Client("ib_async", folder="ib_async", session="ib_library.py", version=178),
    Client("ib_insync", folder="ib_insync", session="ib_library.py", version=176),
    Client("ibapi 9.81", folder="ibapi_9", session="ibapi_client.py", version=157),
    Client("nautilus-ibapi 10.46", folder="ibapi_10", session="ibapi_client.py", version=178),
    Client("@stoqey/ib", folder="stoqey", session="stoqey.cjs", version=178),
)


@pytest.mark.skipif(_HOME is None, reason="they have their own environments: make third-party")
@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
def test_a_stranger_trades_a_whole_session_and_sees_what_the_book_says(client: Client) -> None:
    with SimulatedGateway(load_market(_SMALL_MARKET)) as gateway:
        seen = _seen_by(client, gateway.port)
        orders = {order.order_ref: order for order in gateway.orders}
        held = gateway.shares("DU111111", "SPY")
    filled = {ref: float(o.filled) for ref, o in orders.items() if o.status is Status.FILLED}
    statuses = {ref: order.status.value for ref, order in orders.items()}
    assert seen == {
        "server_version": client.version,
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


def _seen_by(client: Client, port: int) -> object:
    folder = Path(_HOME or "").resolve() / client.folder
    if client.session.endswith(".cjs"):
        node = shutil.which("node")
        if node is None or not (folder / "node_modules").is_dir():
            pytest.skip("node or its package is not installed")
        program, paths = node, {"NODE_PATH": str(folder / "node_modules")}
    else:
        program, paths = sys.executable, {"PYTHONPATH": str(folder)}
    done = subprocess.run(
        [program, str(_SESSIONS / client.session), str(port), client.folder],
        env=os.environ | paths,
        capture_output=True,
        text=True,
        timeout=_PATIENCE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
