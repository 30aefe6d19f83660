"""What the broker can prove about this program's orders of one account, asked anew."""

from __future__ import annotations

import asyncio

from rebalancer_adapters.ib.account_streams import open_order_rows
from rebalancer_adapters.ib.library import ExecutionFilter
from rebalancer_adapters.ib.link import Link
from rebalancer_adapters.ib.raw_rows import ExecutionRow, OpenOrderRow, OrderRow, StatusRow
from rebalancer_adapters.ib.requests import RequestFault, retried
from rebalancer_adapters.ib.translate import (
    to_completed,
    to_executed,
    to_order_seen,
    to_status_reported,
)
from rebalancer_core.messages import explain
from rebalancer_core.orders.events import BrokerFact, Executed, OrderRef
from rebalancer_core.orders.tickets import OWN_PREFIX
from rebalancer_core.values.faults import BrokerFault, BrokerRefused, BrokerSilent
from rebalancer_core.values.instruments import AccountId


async def gather_evidence(
    link: Link, account_id: AccountId, *, needs_completed: bool
) -> tuple[BrokerFact, ...] | BrokerFault:
    """Executions with their commissions, open and completed orders; all three, or the fault.

    Without `needs_completed` also where the gateway leaves the completed orders out: some never
    end that answer.
    """
    executions, open_orders, completed = await asyncio.gather(
        _executions(link, account_id), open_order_rows(link), _completed(link)
    )
    if not isinstance(executions, tuple):
        return executions
    if not isinstance(open_orders, tuple):
        return open_orders
    if not isinstance(completed, tuple):
        if needs_completed or not isinstance(completed, BrokerSilent | BrokerRefused):
            return completed
        link.inbox.notices.append(f"completed orders are not known: {explain(completed)}")
        completed = ()
    if link.inbox.doubt is not None:
        return link.inbox.doubt
    return (
        *_executed(link, account_id, executions),
        *_open(account_id, open_orders),
        *(to_completed(row) for row in completed if _is_own(row, account_id)),
    )


async def _completed(link: Link) -> tuple[OrderRow, ...] | RequestFault:
    async def ask() -> tuple[OrderRow, ...] | RequestFault:
        return await link.inbox.completed_orders.ask(
            lambda: link.client.reqCompletedOrders(False), link.timeout_seconds
        )

    return await retried(ask, link.retry)


async def _executions(link: Link, account_id: AccountId) -> tuple[ExecutionRow, ...] | RequestFault:
    client = link.client

    def send(request_id: int) -> None:
        client.reqExecutions(request_id, ExecutionFilter(acctCode=account_id))

    async def ask() -> tuple[ExecutionRow, ...] | RequestFault:
        name = f"executions of {account_id}"
        return await link.inbox.executions.ask(name, client, send, link.timeout_seconds)

    return await retried(ask, link.retry)


def _executed(
    link: Link, account_id: AccountId, rows: tuple[ExecutionRow, ...]
) -> tuple[BrokerFact, ...]:
    facts = [to_executed(row.execution, row.contract.conId) for row in rows]
    own = [fact for fact in facts if fact is not None and _is_own_execution(fact, account_id)]
    reports = [link.inbox.orders.commission_of(fact.execution_id) for fact in own]
    return (*own, *(report for report in reports if report is not None))


def _open(account_id: AccountId, rows: tuple[OpenOrderRow, ...]) -> tuple[BrokerFact, ...]:
    own = [row for row in rows if isinstance(row, OrderRow) and _is_own(row, account_id)]
    refs = {(row.order.clientId, row.order.orderId): OrderRef(row.order.orderRef) for row in own}
    statuses = [
        to_status_reported(row, refs[row.client_id, row.order_id])
        for row in rows
        if isinstance(row, StatusRow) and (row.client_id, row.order_id) in refs
    ]
    return (*(to_order_seen(row) for row in own), *statuses)


def _is_own(row: OrderRow, account_id: AccountId) -> bool:
    return row.order.account == account_id and row.order.orderRef.startswith(OWN_PREFIX)


def _is_own_execution(fact: Executed, account_id: AccountId) -> bool:
    return fact.account_id == account_id and fact.order_ref.startswith(OWN_PREFIX)
