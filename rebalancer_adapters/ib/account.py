"""The account, read completely or not at all (R 3.1, R 3.5), and no more often than R 7.8 wants."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from rebalancer_adapters.ib.account_rows import to_snapshot
from rebalancer_adapters.ib.account_streams import OpenOrders, Positions, Values
from rebalancer_adapters.ib.link import Link
from rebalancer_adapters.ib.requests import RequestFault
from rebalancer_core.ports import Freshness
from rebalancer_core.values.account import AccountSnapshot
from rebalancer_core.values.faults import IncompleteData, LedgerContradiction, UnknownAccount
from rebalancer_core.values.instruments import AccountId

ReadFault = RequestFault | IncompleteData | LedgerContradiction | UnknownAccount


class Accounts:
    """The accounts of one session."""

    def __init__(self, link: Link, now: Callable[[], datetime]) -> None:
        self._link = link
        self._now = now
        self._positions = Positions(link)
        self._values = Values(link)
        self._orders = OpenOrders(link)

    async def read(self, account_id: AccountId, fresh: Freshness) -> AccountSnapshot | ReadFault:
        """The account as the broker has it now: every end marker seen, every row this account's.

        A gateway whose Read-Only API is on refuses to list open orders (321): all else is still
        read.
        """
        if account_id not in self._link.accounts:
            return UnknownAccount(account_id=account_id, known=self._link.accounts)
        is_pushed = fresh is Freshness.HEARD and self._values.streamed(account_id) is not None
        found = await self._read(account_id, fresh)
        if is_pushed and isinstance(found, IncompleteData | LedgerContradiction):
            # Of what was pushed a part may still be on its way.
            return await self._read(account_id, Freshness.ASKED)
        return found

    async def _read(self, account_id: AccountId, fresh: Freshness) -> AccountSnapshot | ReadFault:
        link = self._link
        positions, values, orders = await asyncio.gather(
            self._positions.of(account_id, anew=fresh is Freshness.ANEW),
            self._values.of(account_id, anew=fresh is not Freshness.HEARD),
            self._orders.seen(anew=fresh is not Freshness.HEARD),
        )
        if not isinstance(positions, tuple):
            return positions
        if not isinstance(values, tuple):
            return values
        if orders is not None and not isinstance(orders, tuple):
            return orders
        if link.inbox.damage:
            return IncompleteData(account_id=account_id, detail=link.inbox.damage)
        return to_snapshot(
            account_id, as_of=self._now(), positions=positions, values=values, orders=orders
        )
