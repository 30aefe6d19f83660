"""What a crash leaves behind: the program is killed, started again, and its book is compared."""

import signal
import sys
from collections.abc import Hashable, Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

import pytest
from attrs import frozen

from rebalancer_adapters.gateway import (
    ExecutionRecord,
    Fill,
    Restart,
    Scenario,
    at_start,
    on_orders,
)
from tests.support import (
    PRICES,
    Finished,
    SimulatedGateway,
    Workspace,
    account,
    market,
    workspace,
)

K = TypeVar("K", bound=Hashable)

ACCOUNT = "DU111111"
TARGETS = {"SPY": "40", "IEF": "30", "GLD": "30"}
_UNKNOWN = 7
# Two parts, so that an order can be caught half filled.
IN_PARTS = on_orders(Fill(share=Decimal("0.5")), Fill(after_seconds=Decimal("0.05")))

needs_sigkill = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")


@frozen(kw_only=True)
class Aftermath:
    """One killed run and the runs after it, with the gateway's own book of it all."""

    space: Workspace
    killed: Finished
    reruns: tuple[Finished, ...]
    sent_before_the_kill: int
    executions: tuple[ExecutionRecord, ...]
    order_refs: tuple[str, ...]
    open_refs: tuple[str, ...]
    frames: int

    @property
    def last(self) -> Finished:
        """The last run."""
        return self.reruns[-1]

    @property
    def executed(self) -> dict[tuple[str, str], Decimal]:
        """Shares by symbol and side."""
        return _sums(((each.symbol, each.side), each.quantity) for each in self.executions)

    @property
    def executed_by_order(self) -> dict[str, Decimal]:
        """Shares by order reference."""
        return _sums((each.order_ref, each.quantity) for each in self.executions)

    @property
    def reported_by_order(self) -> dict[str, Decimal]:
        """Shares by order reference, as the newest post-trade report that names it says."""
        shares: dict[str, Decimal] = {}
        for rows in self.space.all_post(ACCOUNT):
            for row in rows:
                if row["order_ref"] and row["status"] != "Skipped":
                    shares[row["order_ref"]] = Decimal(row["exec_qty_shares"] or "0")
        return shares


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
        space = space_for_crashes(folder, gateway)
        done = space.run("--yes")
        return _told(space, gateway, done, (done,), len(gateway.placed))


def killed_at(
    point: str,
    folder: Path,
    *,
    scenario: Scenario = IN_PARTS,
    keys: Mapping[str, str] | None = None,
) -> Aftermath:
    """A run killed at a failpoint, then the same command again until it ends well."""
    with gateway_for_crashes(scenario) as gateway:
        space = space_for_crashes(folder, gateway, keys)
        killed = space.run("--yes", env={"REBALANCE_FAILPOINT": point})
        return after_the_kill(space, gateway, killed)


def after_the_kill(space: Workspace, gateway: SimulatedGateway, killed: Finished) -> Aftermath:
    """The same command again: orders may have been working at the first.

    An order that was handed over and that nobody knows stays unknown, until its user restarts the
    gateway and says so.
    """
    gateway.wait_until_left()
    sent = len(gateway.placed)
    reruns = [space.run("--yes")]
    if reruns[-1].code == _UNKNOWN:
        reruns.append(space.run("--yes"))
    if reruns[-1].code == _UNKNOWN:
        gateway.play(at_start(Restart(seconds=Decimal("0.2"))))
        closed = space.close_silent(ACCOUNT, "gateway restarted")
        assert closed.code == 0, closed.text
        reruns.append(space.run("--yes"))
    return _told(space, gateway, killed, tuple(reruns), sent)


def assert_nothing_is_lost(after: Aftermath, plan: Aftermath) -> None:
    """No order twice, no fill lost, a report for whatever was sent, and a true last exit code.

    The run after a crash plans anew, and may put the dollars of one share elsewhere.
    """
    assert after.last.code == 0, after.last.text
    assert len(set(after.order_refs)) == len(after.order_refs)
    assert after.open_refs == ()
    assert after.executed.keys() == plan.executed.keys(), after.last.text
    for key, shares in after.executed.items():
        strayed = abs(shares - plan.executed[key]) * PRICES[key[0]]
        assert strayed <= max(PRICES.values()), (key, shares, after.last.text)
    assert after.executed_by_order == {
        ref: shares for ref, shares in after.reported_by_order.items() if shares
    }


def was_killed(finished: Finished) -> bool:
    """Whether the process ended by SIGKILL."""
    return finished.code == -signal.SIGKILL


def _sums(entries: Iterable[tuple[K, Decimal]]) -> dict[K, Decimal]:
    sums: dict[K, Decimal] = {}
    for key, shares in entries:
        sums[key] = sums.get(key, Decimal(0)) + shares
    return sums


def _told(
    space: Workspace,
    gateway: SimulatedGateway,
    killed: Finished,
    reruns: tuple[Finished, ...],
    sent: int,
) -> Aftermath:
    return Aftermath(
        space=space,
        killed=killed,
        reruns=reruns,
        sent_before_the_kill=sent,
        executions=gateway.executions,
        order_refs=tuple(order.terms.order_ref for order in gateway.placed),
        open_refs=tuple(order.order_ref for order in gateway.orders if not order.is_done),
        frames=gateway.frames,
    )
