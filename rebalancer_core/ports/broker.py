"""The broker as the program reads it."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Protocol

from returns.result import Result

from rebalancer_core.values.account import AccountSnapshot, Mark, MarketObservation
from rebalancer_core.values.faults import AccountFault, BrokerFault
from rebalancer_core.values.instruments import AccountId, ConId, Listing, Symbol, Unlisted
from rebalancer_core.values.policy import PricingPolicy


class Freshness(Enum):
    """How new a reading of an account must be (R 7.8).

    A subscription from before the last break of the link to IBKR, or one not confirmed for 180 s,
    is asked anew for every one of them.
    """

    HEARD = "what was answered or pushed before may serve: previews and reports"
    ASKED = "values and open orders are requested anew, positions are as streamed: before orders"
    ANEW = "everything is requested anew: where positions contradict, and as evidence"


class BrokerPort(Protocol):
    """Reads accounts and prices. It has no way to send an order.

    Every call ends: with a complete answer, or with a fault after a bounded time.
    """

    async def server_time(
        self, fresh: Freshness = Freshness.ASKED
    ) -> Result[datetime, BrokerFault]:
        """The broker's clock, UTC; where HEARD will do by its last answer and the time since."""
        ...

    async def managed_accounts(self) -> Result[tuple[AccountId, ...], BrokerFault]:
        """The account ids this login can trade."""
        ...

    async def listings(
        self, symbols: tuple[Symbol, ...]
    ) -> Result[tuple[Listing | Unlisted, ...], BrokerFault]:
        """One entry a symbol, in the order asked; each symbol is asked once a session."""
        ...

    async def listings_of(
        self, con_ids: tuple[ConId, ...]
    ) -> Result[tuple[Listing | Unlisted, ...], BrokerFault]:
        """The listings of held contracts, by contract id, in the order asked."""
        ...

    async def observations(
        self, listings: tuple[Listing, ...], pricing: PricingPolicy
    ) -> Result[tuple[MarketObservation, ...], BrokerFault]:
        """One entry a listing: the stream first, a snapshot where that is not enough (R 3.4.2).

        A stream that goes on ticking is not asked for again; `observed_at` is its newest tick.
        """
        ...

    async def marks(self, account_id: AccountId) -> tuple[Mark, ...]:
        """The broker's own price of each USD stock that the account holds, where it has one.

        Empty where it does not tell them all in a few seconds.
        """
        ...

    async def snapshot(
        self, account_id: AccountId, fresh: Freshness = Freshness.ASKED
    ) -> Result[AccountSnapshot, BrokerFault | AccountFault]:
        """The account, read completely: every end marker seen, every row of this account."""
        ...
