"""The broker's own prices of an account's holdings; an answer that does not come is no price."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from rebalancer_adapters.ib.address import Patience
from rebalancer_adapters.ib.library import PortfolioItem
from rebalancer_adapters.ib.link import Link
from rebalancer_adapters.ib.numbers import to_price
from rebalancer_core.values.account import Mark
from rebalancer_core.values.instruments import AccountId, ConId, is_managed


class Marks:
    """Asks for the portfolio of one account at a time: a gateway has one such subscription."""

    def __init__(self, link: Link, patience: Patience) -> None:
        self._link = link
        self._patience = patience
        self._lock = asyncio.Lock()

    async def of(self, account_id: AccountId) -> tuple[Mark, ...]:
        """A mark for each USD stock of the account that the broker prices.

        Empty where the account is not managed, or the whole answer does not come in time: another
        client that subscribed another account makes the gateway refuse (error 2101).
        """
        if account_id not in self._link.accounts or not self._link.client.isReady():
            return ()
        async with self._lock:
            with self._subscribed(account_id) as rows:
                try:
                    answer = self._link.ib.reqAccountUpdatesAsync(account_id)
                    await asyncio.wait_for(answer, self._patience.marks)
                except (TimeoutError, ConnectionError):
                    return ()
        found = (_to_mark(row) for row in rows if row.account == account_id)
        return tuple(mark for mark in found if mark is not None)

    @contextmanager
    def _subscribed(self, account_id: AccountId) -> Iterator[list[PortfolioItem]]:
        """The rows that come while this is open; then the subscription is ended."""
        rows: list[PortfolioItem] = []

        def told(row: PortfolioItem) -> None:
            rows.append(row)

        self._link.ib.updatePortfolioEvent += told
        try:
            yield rows
        finally:
            self._link.ib.updatePortfolioEvent -= told
            if self._link.client.isReady():
                self._link.client.reqAccountUpdates(False, account_id)


def _to_mark(row: PortfolioItem) -> Mark | None:
    price = to_price(row.marketPrice)
    if price is None or not is_managed(row.contract.secType, row.contract.currency):
        return None
    return Mark(con_id=ConId(row.contract.conId), price=price)
