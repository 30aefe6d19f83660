"""Two looks at the broker, some time apart: what they agree on can be a verdict."""

from __future__ import annotations

from typing import Protocol

from attrs import evolve, frozen
from returns.result import Result

from rebalancer_core.orders.events import Resolved
from rebalancer_core.ports import Clock, Freshness, OrderPort
from rebalancer_core.reconcile.findings import Evidence, Finding, agreed, finding
from rebalancer_core.reconcile.journal_model import JournaledOrder
from rebalancer_core.reconcile.past_orders import trading_day
from rebalancer_core.values.account import AccountSnapshot
from rebalancer_core.values.faults import AccountFault, BrokerFault
from rebalancer_core.values.instruments import AccountId
from rebalancer_core.values.results import Failed, unwrap_or_failed

Unasked = BrokerFault | AccountFault


class Snapshots(Protocol):
    """What recovery reads beside the orders: the positions that these must explain."""

    async def snapshot(
        self, account_id: AccountId, fresh: Freshness = Freshness.ASKED
    ) -> Result[AccountSnapshot, BrokerFault | AccountFault]:
        """The account, read completely."""
        ...


@frozen(kw_only=True)
class Look:
    """One look at the broker, with a finding for each open order."""

    evidence: Evidence
    findings: tuple[Finding, ...]


@frozen(kw_only=True)
class Looks:
    """Looks at orders of one account; a fault in place of a look: the broker could not be asked.

    `pause_seconds` pass between two looks, long enough for a late fill to reach the lists.
    """

    broker: Snapshots
    desk: OrderPort
    client_id: int
    clock: Clock
    pause_seconds: float

    async def look(
        self, account_id: AccountId, orders: tuple[JournaledOrder, ...]
    ) -> Look | Unasked:
        """What orders, executions and positions say now of each of these orders."""
        facts = unwrap_or_failed(await self.desk.evidence(account_id, needs_completed=False))
        if isinstance(facts, Failed):
            return facts.error
        snapshot = unwrap_or_failed(await self.broker.snapshot(account_id, Freshness.ANEW))
        if isinstance(snapshot, Failed):
            return snapshot.error
        evidence = Evidence(
            at=self.clock.now(),
            trading_day=trading_day(self.clock.now()),
            facts=facts,
            positions=tuple((p.con_id, p.quantity) for p in snapshot.positions),
            client_id=self.client_id,
        )
        findings = tuple(
            finding(order, evidence, placed_on=trading_day(order.intent.intended_at))
            for order in orders
        )
        return Look(evidence=evidence, findings=findings)

    async def confirmed(
        self, account_id: AccountId, orders: tuple[JournaledOrder, ...], first: Look
    ) -> Look | Unasked:
        """The look once a second one agrees; executions that add up need none."""
        if all(_is_whole(found, orders) for found in first.findings):
            return first
        await self.clock.sleep(self.pause_seconds)
        second = await self.look(account_id, orders)
        if not isinstance(second, Look):
            return second
        both = zip(first.findings, second.findings, strict=True)
        findings = (two if _is_whole(two, orders) else agreed(one, two) for one, two in both)
        return evolve(second, findings=tuple(findings))


def _is_whole(found: Finding, orders: tuple[JournaledOrder, ...]) -> bool:
    """Whether executions add up to the whole order: that proof needs no second look."""
    return isinstance(found, Resolved) and any(
        order.order_ref == found.order_ref and found.filled == order.intent.ticket.quantity
        for order in orders
    )
