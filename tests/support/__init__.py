"""Support: drive `rebalance` as a person does, against a simulated gateway that tells what it saw.

    def test_a_deposit_is_invested(tmp_path):
        with SimulatedGateway(market(account("DU111111", usd="50000"))) as gateway:
            space = workspace(tmp_path, gateway, {"SPY": "60", "IEF": "40"})
            assert space.run("--yes").code == 0
            assert {order.symbol for order in gateway.orders} == {"SPY", "IEF"}

`market` and `account` make the other side, `SimulatedGateway` serves it from a thread of its own,
`workspace` writes the user's two files, `Workspace.run` runs the program in a process, and
`Workspace.screen` runs it on a terminal, where answers are typed and signals sent.
"""

from tests.support.book import Placed
from tests.support.markets import PRICES, UNTIL_RELEASED, account, market
from tests.support.processes import Finished, Running, rebalance
from tests.support.screen import Screen
from tests.support.simulated_gateway import SimulatedGateway
from tests.support.workspace import Workspace, workspace

__all__ = [
    "PRICES",
    "UNTIL_RELEASED",
    "Finished",
    "Placed",
    "Running",
    "Screen",
    "SimulatedGateway",
    "Workspace",
    "account",
    "market",
    "rebalance",
    "workspace",
]
