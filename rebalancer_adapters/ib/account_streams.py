"""What an account is read from: positions, values and open orders, asked anew or as streamed."""

from __future__ import annotations

import asyncio
from collections import deque
from functools import partial

from rebalancer_adapters.ib.link import Link
from rebalancer_adapters.ib.raw_rows import AccountRow, OpenOrderRow, PositionRow
from rebalancer_adapters.ib.requests import RequestFault, retried
from rebalancer_adapters.ib.standing import Confirmation, OrdersSeen, ValueStream
from rebalancer_core.values.faults import BrokerRefused
from rebalancer_core.values.instruments import AccountId

# A login with more accounts gets no positions of all of them in one answer.
_POSITIONS_AT_ONCE = 50
# As many subscriptions of account values as ib_async opens for its users; then the oldest ends.
_VALUES_AT_ONCE = 50
_INVALID_REQUEST = 321


class Positions:
    """One subscription a session, or one an account where there are too many of these."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._lock = asyncio.Lock()
        self._asked: dict[AccountId | None, Confirmation] = {}
        self._requests: dict[AccountId, int] = {}

    async def of(
        self, account_id: AccountId, *, anew: bool
    ) -> tuple[PositionRow, ...] | RequestFault:
        """Every position of the account, perhaps with rows of no account."""
        if len(self._link.accounts) > _POSITIONS_AT_ONCE:
            fault = await self._unless_known(account_id, anew=anew)
        else:
            async with self._lock:
                fault = await self._unless_known(None, anew=anew)
        return self._link.inbox.position_book.of(account_id) if fault is None else fault

    async def _unless_known(self, about: AccountId | None, *, anew: bool) -> RequestFault | None:
        """Ask about one account or all (None), unless the stream is a source."""
        if not anew and _holds(self._asked.get(about), self._link):
            return None
        asked = _confirmed_now(self._link)
        # What is pushed while it is asked is in the answer, and lost with it.
        self._asked.pop(about, None)
        ask = self._all if about is None else partial(self._one, about)
        rows = await retried(ask, self._link.retry)
        if not isinstance(rows, tuple):
            return rows
        self._link.inbox.position_book.replace(rows, about)
        self._asked[about] = asked
        for name in sorted({row.account for row in rows} - {"", *self._link.accounts}):
            words = f"a position of {name}, which this login does not manage"
            self._link.inbox.notices.append(words)
        return None

    async def _all(self) -> tuple[PositionRow, ...] | RequestFault:
        link = self._link
        return await link.inbox.positions.ask(link.client.reqPositions, link.timeout_seconds)

    async def _one(self, account_id: AccountId) -> tuple[PositionRow, ...] | RequestFault:
        link = self._link

        def send(request_id: int) -> None:
            before = self._requests.get(account_id)
            if before is not None:
                link.client.cancelPositionsMulti(before)
            self._requests[account_id] = request_id
            link.client.reqPositionsMulti(request_id, account_id, "")

        name = f"positions of {account_id}"
        return await link.inbox.positions_of.ask(name, link.client, send, link.timeout_seconds)


class Values:
    """Account values: the newest subscription of each account stays, the one before it ends."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._kept: dict[AccountId, int] = {}

    async def of(
        self, account_id: AccountId, *, anew: bool
    ) -> tuple[AccountRow, ...] | RequestFault:
        """Every value of the account; of one that was pushed since, the newest."""
        stream = None if anew else self.streamed(account_id)
        if stream is not None:
            return stream.rows
        return await retried(partial(self._asked, account_id), self._link.retry)

    def streamed(self, account_id: AccountId) -> ValueStream | None:
        """The subscription that stands for a question; None where the account is asked anew."""
        stream = self._link.inbox.value_streams.get(self._kept.get(account_id, -1))
        if stream is None or stream.is_over or not _holds(stream.asked, self._link):
            return None
        return stream

    async def _asked(self, account_id: AccountId) -> tuple[AccountRow, ...] | RequestFault:
        link, asked, sent = self._link, _confirmed_now(self._link), deque[int]()

        def send(request_id: int) -> None:
            sent.append(request_id)
            link.client.reqAccountUpdatesMulti(request_id, account_id, "", False)

        name = f"account values of {account_id}"
        ask = link.inbox.account_values.ask
        rows: tuple[AccountRow, ...] | RequestFault | None = None
        try:
            rows = await ask(name, link.client, send, link.timeout_seconds)
        finally:
            if not isinstance(rows, tuple):
                self._end(*sent)
        if isinstance(rows, tuple):
            self._keep(account_id, sent[-1], ValueStream(asked), rows)
        return rows

    def _keep(
        self, account_id: AccountId, number: int, stream: ValueStream, rows: tuple[AccountRow, ...]
    ) -> None:
        for row in rows:
            stream.push(row)
        if account_id in self._kept:
            self._end(self._kept.pop(account_id))
        elif len(self._kept) >= _VALUES_AT_ONCE:
            self._end(self._kept.pop(next(iter(self._kept))))
        self._kept[account_id] = number
        self._link.inbox.value_streams[number] = stream

    def _end(self, *numbers: int) -> None:
        for number in numbers:
            self._link.inbox.value_streams.pop(number, None)
            if self._link.client.isReady():
                self._link.client.cancelAccountUpdatesMulti(number)


class OpenOrders:
    """Open orders of every client: an answer is about all accounts, and nothing of it is pushed."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._lock = asyncio.Lock()
        self._last: OrdersSeen | None = None

    async def seen(self, *, anew: bool) -> tuple[OpenOrderRow, ...] | RequestFault | None:
        """Their rows; None where the gateway shows none (Read-Only API)."""
        if anew:
            return await self._asked()
        async with self._lock:
            if self._last is not None and _holds(self._last.asked, self._link):
                return self._last.rows
            return await self._asked()

    async def _asked(self) -> tuple[OpenOrderRow, ...] | RequestFault | None:
        asked = _confirmed_now(self._link)
        rows = await open_order_rows(self._link)
        if isinstance(rows, BrokerRefused) and rows.code == _INVALID_REQUEST:
            self._link.inbox.hides_orders(rows.text)
            self._last = OrdersSeen(asked=asked, rows=None)
            return None
        if isinstance(rows, tuple):
            self._last = OrdersSeen(asked=asked, rows=rows)
        return rows


async def open_order_rows(link: Link) -> tuple[OpenOrderRow, ...] | RequestFault:
    """Open orders of every client, each followed by its status."""

    async def ask() -> tuple[OpenOrderRow, ...] | RequestFault:
        return await link.inbox.open_orders.ask(link.client.reqAllOpenOrders, link.timeout_seconds)

    return await retried(ask, link.retry)


def _confirmed_now(link: Link) -> Confirmation:
    """What is asked at this moment, once it is answered in full."""
    return Confirmation(at=asyncio.get_running_loop().time(), link=link.inbox.link)


def _holds(asked: Confirmation | None, link: Link) -> bool:
    now = asyncio.get_running_loop().time()
    return asked is not None and asked.holds(now, link.inbox.link)
