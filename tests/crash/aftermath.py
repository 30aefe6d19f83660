"""What a crash leaves behind: the program is killed, started again, and its book is judged."""

import signal
import sys
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from attrs import frozen

from rebalancer_adapters.gateway import Fill, Remark, Scenario, on_orders
from rebalancer_cli.failpoints import VARIABLE
from tests.support import PRICES, Finished, SimulatedGateway, Workspace, account, market, workspace
from tests.support.player import Player, finished
from tests.support.promises import broken
from tests.support.story import Story

ACCOUNT = "DU111111"
TARGETS = {"SPY": "40", "IEF": "30", "GLD": "30"}
# Two parts, so that an order can be caught half filled.
IN_PARTS = on_orders(Fill(share=Decimal("0.5")), Fill(after_seconds=Decimal("0.05")))
# The broker's lists are asked for where something was said of an order beside its fills.
ASKED_ABOUT = on_orders(
    Remark(code=10349, text="Order TIF was set to DAY based on order preset."),
    Fill(share=Decimal("0.5")),
    Fill(after_seconds=Decimal("0.05")),
)

needs_sigkill = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")


@frozen(kw_only=True)
class Aftermath:
    """The killed run and what came after it; `frames` crossed the wire until the end."""

    story: Story
    frames: int

    @property
    def killed(self) -> Finished:
        """The run that was killed."""
        return self.story.acts[0].ended[0]

    @property
    def last(self) -> Finished:
        """The last run."""
        return self.story.acts[-1].ended[0]

    @property
    def executed(self) -> Mapping[tuple[str, str], Decimal]:
        """Shares by symbol and side."""
        sums: dict[tuple[str, str], Decimal] = {}
        for order in self.story.book.orders:
            if order.filled:
                key = (order.symbol, order.side)
                sums[key] = sums.get(key, Decimal(0)) + order.filled
        return sums


def gateway_for_crashes(scenario: Scenario = IN_PARTS) -> SimulatedGateway:
    """One account with a sell and two buys to do."""
    return SimulatedGateway(market(account(ACCOUNT, usd="500", SPY=100)), scenario)


def space_for_crashes(
    folder: Path, gateway: SimulatedGateway, keys: Mapping[str, str] | None = None
) -> Workspace:
    """A folder that does that."""
    folder.mkdir(parents=True, exist_ok=True)
    return workspace(folder, gateway, TARGETS, keys=keys)


def undisturbed(folder: Path) -> Aftermath:
    """The same run without a crash."""
    with gateway_for_crashes() as gateway:
        player = Player(gateway, space_for_crashes(folder, gateway), ACCOUNT)
        player.run()
        return Aftermath(story=player.story(), frames=gateway.frames)


def killed_at(
    point: str,
    folder: Path,
    *,
    scenario: Scenario = IN_PARTS,
    keys: Mapping[str, str] | None = None,
) -> Aftermath:
    """A run killed at a failpoint, then the same command again until it ends well."""
    with gateway_for_crashes(scenario) as gateway:
        player = Player(gateway, space_for_crashes(folder, gateway, keys), ACCOUNT)
        return killed_while(
            player, lambda: finished(player.start("run", "--yes", env={VARIABLE: point}))
        )


def killed_while(player: Player, run: Callable[[], Finished]) -> Aftermath:
    """This run, which is killed; then the same command again until it ends well."""
    player.act("run", lambda: (run(),))
    player.settle(disturbed=True)
    return Aftermath(story=player.story(), frames=player.gateway.frames)


def assert_nothing_is_lost(after: Aftermath, plan: Aftermath) -> None:
    """Every promise is kept, a true last exit code, and the same trades as without a crash.

    The run after a crash plans anew, and may put the dollars of one share elsewhere.
    """
    assert broken(after.story) == (), after.story.text
    assert after.last.code == 0, after.last.text
    assert after.executed.keys() == plan.executed.keys(), after.last.text
    for key, shares in after.executed.items():
        strayed = abs(shares - plan.executed[key]) * PRICES[key[0]]
        assert strayed <= max(PRICES.values()), (key, shares, after.last.text)


def was_killed(finished: Finished) -> bool:
    """Whether the process ended by SIGKILL."""
    return finished.code == -signal.SIGKILL
