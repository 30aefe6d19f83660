"""The account, read completely or not at all (SPEC 3.1, 3.5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from rebalancer_adapters.ib.account_rows import to_snapshot
from rebalancer_adapters.ib.connection import Link
from rebalancer_adapters.ib.raw_rows import AccountRow, OpenOrderRow
from rebalancer_adapters.ib.requests import RequestFault
from rebalancer_core.values.account import AccountSnapshot
from rebalancer_core.values.faults import IncompleteData, LedgerContradiction, UnknownAccount
from rebalancer_core.values.instruments import AccountId

ReadFault = RequestFault | IncompleteData | LedgerContradiction | UnknownAccount


async def read_account(
    link: Link, account_id: AccountId, now: Callable[[], datetime]
) -> AccountSnapshot | ReadFault:
    """The account as the broker has it now: every end marker seen, every row this account's."""
    if account_id not in link.accounts:
        return UnknownAccount(account_id=account_id, known=link.accounts)
    positions = await link.inbox.positions.ask(link.client.reqPositions, link.timeout_seconds)
    if not isinstance(positions, tuple):
        return positions
    values = await _account_values(link, account_id)
    if not isinstance(values, tuple):
        return values
    orders = await open_order_rows(link)
    if not isinstance(orders, tuple):
        return orders
    if link.inbox.damage:
        return IncompleteData(account_id=account_id, detail=link.inbox.damage)
    return to_snapshot(
        account_id,
        as_of=now(),
        managed=link.accounts,
        positions=positions,
        values=values,
        orders=orders,
    )


async def open_order_rows(link: Link) -> tuple[OpenOrderRow, ...] | RequestFault:
    """Open orders of every client, each followed by its status."""
    return await link.inbox.open_orders.ask(link.client.reqAllOpenOrders, link.timeout_seconds)


async def _account_values(
    link: Link, account_id: AccountId
) -> tuple[AccountRow, ...] | RequestFault:
    client = link.client
    asked: list[int] = []

    def send(request_id: int) -> None:
        asked.append(request_id)
        client.reqAccountUpdatesMulti(request_id, account_id, "", False)

    name = f"account values of {account_id}"
    try:
        return await link.inbox.account_values.ask(name, client, send, link.timeout_seconds)
    finally:
        for request_id in asked if client.isReady() else ():
            client.cancelAccountUpdatesMulti(request_id)
