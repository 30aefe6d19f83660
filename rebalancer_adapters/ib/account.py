"""The account, read completely or not at all (R 3.1, R 3.5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial

from rebalancer_adapters.ib.account_rows import to_snapshot
from rebalancer_adapters.ib.link import Link
from rebalancer_adapters.ib.raw_rows import AccountRow, OpenOrderRow, PositionRow
from rebalancer_adapters.ib.requests import RequestFault, retried
from rebalancer_core.values.account import AccountSnapshot
from rebalancer_core.values.faults import (
    BrokerRefused,
    IncompleteData,
    LedgerContradiction,
    UnknownAccount,
)
from rebalancer_core.values.instruments import AccountId

# A login with more accounts gets no positions of all of them in one answer.
_POSITIONS_AT_ONCE = 50
_INVALID_REQUEST = 321

ReadFault = RequestFault | IncompleteData | LedgerContradiction | UnknownAccount


async def read_account(
    link: Link, account_id: AccountId, now: Callable[[], datetime]
) -> AccountSnapshot | ReadFault:
    """The account as the broker has it now: every end marker seen, every row this account's.

    A gateway whose Read-Only API is on refuses to list open orders (321): all else is still read.
    """
    if account_id not in link.accounts:
        return UnknownAccount(account_id=account_id, known=link.accounts)
    positions = await _positions(link, account_id)
    if not isinstance(positions, tuple):
        return positions
    values = await retried(partial(_account_values, link, account_id), link.retry)
    if not isinstance(values, tuple):
        return values
    orders = await open_order_rows(link)
    if isinstance(orders, BrokerRefused) and orders.code == _INVALID_REQUEST:
        link.inbox.hides_orders(orders.text)
    elif not isinstance(orders, tuple):
        return orders
    if link.inbox.damage:
        return IncompleteData(account_id=account_id, detail=link.inbox.damage)
    return to_snapshot(
        account_id,
        as_of=now(),
        positions=positions,
        values=values,
        orders=orders if isinstance(orders, tuple) else None,
    )


async def open_order_rows(link: Link) -> tuple[OpenOrderRow, ...] | RequestFault:
    """Open orders of every client, each followed by its status."""

    async def ask() -> tuple[OpenOrderRow, ...] | RequestFault:
        return await link.inbox.open_orders.ask(link.client.reqAllOpenOrders, link.timeout_seconds)

    return await retried(ask, link.retry)


async def _positions(link: Link, account_id: AccountId) -> tuple[PositionRow, ...] | RequestFault:
    """Every position of the account, perhaps among those of others; a notice names strangers."""
    rows = await retried(partial(_position_rows, link, account_id), link.retry)
    if isinstance(rows, tuple):
        strangers = sorted({row.account for row in rows} - {"", *link.accounts})
        for name in strangers:
            link.inbox.notices.append(f"a position of {name}, which this login does not manage")
    return rows


async def _position_rows(
    link: Link, account_id: AccountId
) -> tuple[PositionRow, ...] | RequestFault:
    if len(link.accounts) <= _POSITIONS_AT_ONCE:
        return await link.inbox.positions.ask(link.client.reqPositions, link.timeout_seconds)
    with _streaming(link, link.client.cancelPositionsMulti) as asked:

        def send(request_id: int) -> None:
            asked.append(request_id)
            link.client.reqPositionsMulti(request_id, account_id, "")

        name = f"positions of {account_id}"
        return await link.inbox.positions_of.ask(name, link.client, send, link.timeout_seconds)


async def _account_values(
    link: Link, account_id: AccountId
) -> tuple[AccountRow, ...] | RequestFault:
    with _streaming(link, link.client.cancelAccountUpdatesMulti) as asked:

        def send(request_id: int) -> None:
            asked.append(request_id)
            link.client.reqAccountUpdatesMulti(request_id, account_id, "", False)

        name = f"account values of {account_id}"
        return await link.inbox.account_values.ask(name, link.client, send, link.timeout_seconds)


@contextmanager
def _streaming(link: Link, cancel: Callable[[int], None]) -> Iterator[list[int]]:
    """The numbers of requests that go on after their answer, until this ends."""
    asked: list[int] = []
    try:
        yield asked
    finally:
        for request_id in asked if link.client.isReady() else ():
            cancel(request_id)
