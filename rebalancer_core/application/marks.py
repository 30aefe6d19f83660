"""The broker's own marks, asked for only where nothing else confirms a price."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from attrs import field, frozen

from rebalancer_core.ports import BrokerPort
from rebalancer_core.values.account import AccountSnapshot, Quote, QuoteBlock, Unpriced
from rebalancer_core.values.instruments import AccountId, ConId


@frozen(kw_only=True)
class HoldersMarks:
    """Knows which accounts of the run hold a contract: only the broker's view of them has marks."""

    broker: BrokerPort
    _holders: dict[ConId, dict[AccountId, None]] = field(factory=dict, init=False)

    def remember(self, accounts: tuple[AccountSnapshot, ...]) -> None:
        """Accounts of the run as they were read; one that is read again may be read alone."""
        for account in accounts:
            for position in account.positions:
                self._holders.setdefault(position.con_id, {})[account.account_id] = None

    async def of_unconfirmed(self, quotes: tuple[Quote | Unpriced, ...]) -> Mapping[ConId, Decimal]:
        """Marks in dollars a share of what has no other reference and is held; each account once.

        A broker that tells nothing of one account is not asked about the next: waiting costs time.
        """
        marks: dict[ConId, Decimal] = {}
        wanted = [
            found.con_id
            for found in quotes
            if isinstance(found, Quote) and found.block is QuoteBlock.NO_REFERENCE
        ]
        for account_id in {a: c for c in wanted for a in self._holders.get(c, ())}:
            if not any(account_id in self._holders.get(c, ()) for c in wanted if c not in marks):
                continue
            told = await self.broker.marks(account_id)
            if not told:
                break
            marks = {mark.con_id: mark.price for mark in told} | marks
        return marks
