"""A dialog in the gateway's window holds orders: none is sent twice, whatever is run next."""

from __future__ import annotations

from pathlib import Path

import pytest

from rebalancer_adapters.gateway import Hold, on_orders
from tests.kit import UNTIL_RELEASED, SimulatedGateway, Workspace, account, market, workspace

ACCOUNT = "DU111111"
TARGETS = {"SPY": "60", "IEF": "30", "CASH": "10"}
QUICK = {"REBALANCE_RECOVERY_PAUSE": "0"}


def dialog_gateway() -> SimulatedGateway:
    """Every order waits for a click; `release` clicks Yes on all of them."""
    held = on_orders(Hold(seconds=UNTIL_RELEASED))
    return SimulatedGateway(market(account(ACCOUNT, usd="50000")), held)


def desk(tmp_path: Path, gateway: SimulatedGateway) -> Workspace:
    return workspace(tmp_path, gateway, TARGETS, ack_timeout_sec="1", order_deadline_sec="20")


@pytest.mark.parametrize("between", ["run", "recover", "other client id"])
def test_an_order_that_a_dialog_holds_is_not_sent_again(tmp_path: Path, between: str) -> None:
    with dialog_gateway() as gateway:
        space = desk(tmp_path, gateway)
        assert space.run("--yes", env=QUICK).code == 7
        if between == "recover":
            again = space.command("recover", env=QUICK)
        else:
            client = {"REBALANCE_IBKR_CLIENT_ID": "77"} if between == "other client id" else {}
            again = space.run("--yes", env=QUICK | client)
        assert again.code == 7, again.text
        assert "look for a dialog in the gateway's window" in again.text
        assert len(gateway.placed) == 1
        gateway.release()
        gateway.wait_until(lambda each: bool(each.executions))
        assert space.run("--yes", env=QUICK).code == 0
        assert {symbol: gateway.shares(ACCOUNT, symbol) for symbol in ("SPY", "IEF")} == {
            "SPY": 50,
            "IEF": 157,
        }
