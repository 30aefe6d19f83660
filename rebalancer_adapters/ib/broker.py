"""The broker to read: accounts, contracts and prices of one session. It cannot send an order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from returns.result import Failure, Result, Success

from rebalancer_adapters.ib.account import Accounts
from rebalancer_adapters.ib.address import Patience
from rebalancer_adapters.ib.contracts import Contracts
from rebalancer_adapters.ib.link import Link
from rebalancer_adapters.ib.market_data import MarketData
from rebalancer_adapters.ib.marks import Marks
from rebalancer_adapters.ib.server_clock import ServerClock
from rebalancer_core.ports import Freshness
from rebalancer_core.values.account import AccountSnapshot, Mark, MarketObservation
from rebalancer_core.values.faults import AccountFault, BrokerFault
from rebalancer_core.values.instruments import AccountId, ConId, Listing, Symbol, Unlisted
from rebalancer_core.values.policy import PricingPolicy


class IbBroker:
    """The read port over one open session."""

    def __init__(self, link: Link, patience: Patience, local: Callable[[], datetime]) -> None:
        self._link = link
        self._clock = ServerClock(link, local)
        self._accounts = Accounts(link, self._clock.now)
        self._contracts = Contracts(link)
        self._market_data = MarketData(link, patience, self._clock.now)
        self._marks = Marks(link, patience)

    async def set_clock(self) -> BrokerFault | None:
        """Ask the broker's time once, so that ages of prices are right from the start."""
        answer = await self._clock.ask()
        return None if isinstance(answer, datetime) else answer

    def leave(self) -> None:
        """End what is still subscribed: nothing more will be asked."""
        self._market_data.end()

    async def server_time(
        self, fresh: Freshness = Freshness.ASKED
    ) -> Result[datetime, BrokerFault]:
        is_heard = fresh is Freshness.HEARD
        answer = await (self._clock.heard() if is_heard else self._clock.ask())
        return Success(answer) if isinstance(answer, datetime) else Failure(answer)

    async def managed_accounts(self) -> Result[tuple[AccountId, ...], BrokerFault]:
        lost = self._link.inbox.lost
        return Failure(lost) if lost is not None else Success(self._link.accounts)

    async def listings(
        self, symbols: tuple[Symbol, ...]
    ) -> Result[tuple[Listing | Unlisted, ...], BrokerFault]:
        answer = await self._contracts.of_symbols(symbols)
        return Success(answer) if isinstance(answer, tuple) else Failure(answer)

    async def listings_of(
        self, con_ids: tuple[ConId, ...]
    ) -> Result[tuple[Listing | Unlisted, ...], BrokerFault]:
        answer = await self._contracts.of_con_ids(con_ids)
        return Success(answer) if isinstance(answer, tuple) else Failure(answer)

    async def observations(
        self, listings: tuple[Listing, ...], pricing: PricingPolicy
    ) -> Result[tuple[MarketObservation, ...], BrokerFault]:
        answer = await self._market_data.observe(listings, pricing)
        return Success(answer) if isinstance(answer, tuple) else Failure(answer)

    async def marks(self, account_id: AccountId) -> tuple[Mark, ...]:
        return await self._marks.of(account_id)

    async def snapshot(
        self, account_id: AccountId, fresh: Freshness = Freshness.ASKED
    ) -> Result[AccountSnapshot, BrokerFault | AccountFault]:
        answer = await self._accounts.read(account_id, fresh)
        return Success(answer) if isinstance(answer, AccountSnapshot) else Failure(answer)
