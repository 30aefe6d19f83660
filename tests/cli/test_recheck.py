"""After the yes, what was shown must still be so: prices that moved are shown and asked again."""

import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Serve
from tests.support import Screen, SimulatedGateway, Workspace, account, market, workspace

_TARGETS = {"SPY": "60", "IEF": "40"}
_PROMPT = "Proceed? [y/N]: "


pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo terminals")


@pytest.mark.parametrize("price", ["612", "590"])
def test_a_price_that_moved_while_the_prompt_stood_is_shown_and_asked_again(
    tmp_path: Path, serve: Serve, price: str
) -> None:
    gateway, space = _deposit(tmp_path, serve)
    with space.screen() as screen:
        _say_yes_later(screen, gateway, price)
        screen.wait_for(f"the price of SPY went from 600 to {price} ")
        screen.wait_for(_PROMPT)
        assert not gateway.placed
        screen.type("y")
        assert screen.finish() == 0
    assert len(gateway.placed) == 2


def test_a_price_that_moved_within_a_percent_is_not_asked_about_again(
    tmp_path: Path, serve: Serve
) -> None:
    gateway, space = _deposit(tmp_path, serve)
    with space.screen() as screen:
        _say_yes_later(screen, gateway, "603")
        assert screen.finish() == 0
        assert screen.text.count(_PROMPT) == 1
    assert len(gateway.placed) == 2


def _deposit(folder: Path, serve: Serve) -> tuple[SimulatedGateway, Workspace]:
    gateway = serve(market(account("DU111111", usd="50000")))
    # Prices are read again once a twelfth of their lifetime is over: two seconds.
    return gateway, workspace(folder, gateway, _TARGETS, plan_ttl_sec="24")


def _say_yes_later(screen: Screen, gateway: SimulatedGateway, price: str) -> None:
    screen.wait_for(_PROMPT)
    gateway.move_price("SPY", price)
    time.sleep(2.2)
    screen.type("y")
