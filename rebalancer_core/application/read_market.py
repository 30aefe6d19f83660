"""One price for each distinct symbol, asked once and shared by every account of the run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from attrs import field, frozen

from rebalancer_core.application.marks import HoldersMarks
from rebalancer_core.application.stages import ShowStage, unseen
from rebalancer_core.application.target_listings import target_listings
from rebalancer_core.application.types import Market, UnknownTargets
from rebalancer_core.market.pricing import quote
from rebalancer_core.ports import BrokerPort, Freshness
from rebalancer_core.values.account import AccountSnapshot, MarketObservation, Quote, Unpriced
from rebalancer_core.values.faults import BrokerFault
from rebalancer_core.values.instruments import ConId, Listing, Symbol, Unlisted, is_managed
from rebalancer_core.values.policy import PricingPolicy, SafetyPolicy
from rebalancer_core.values.results import Failed, unwrap_or_failed
from rebalancer_core.values.symbol_rules import NamedContract
from rebalancer_core.values.work import Work


@frozen(kw_only=True)
class MarketReader:
    """Reads prices by the user's rules. `for_trading` false: an old price is shown, not blocked."""

    broker: BrokerPort
    pricing: PricingPolicy
    safety: SafetyPolicy
    for_trading: bool
    contracts: tuple[NamedContract, ...] = ()
    stage: ShowStage = unseen
    _marks: HoldersMarks = field(init=False)

    @_marks.default
    def _no_holders_yet(self) -> HoldersMarks:
        return HoldersMarks(broker=self.broker)

    async def read(
        self,
        targets: tuple[Symbol, ...],
        accounts: tuple[AccountSnapshot, ...],
        clock: Freshness = Freshness.HEARD,
    ) -> Market | UnknownTargets | Failed[BrokerFault]:
        """The market for these target symbols and everything USD that these accounts hold.

        Prices are those of the moment; the `clock` that they are judged by may be asked anew.
        """
        self._marks.remember(accounts)
        self.stage(Work.SYMBOLS, 0, len(targets))
        listed = await target_listings(self.broker, targets, self.contracts)
        if isinstance(listed, Failed):
            return listed
        unknown = tuple(entry for entry in listed if isinstance(entry, Unlisted))
        if unknown:
            return UnknownTargets(symbols=unknown)
        wanted = tuple(entry for entry in listed if isinstance(entry, Listing))
        others = _held_besides(accounts, {listing.con_id for listing in wanted})
        held = unwrap_or_failed(await self.broker.listings_of(tuple(others)))
        if isinstance(held, Failed):
            return held
        kept = tuple(entry for entry in held if isinstance(entry, Listing))
        lost = tuple(
            Unpriced(con_id=con_id, symbol=others[con_id], detail=entry.why.value)
            for con_id, entry in zip(others, held, strict=True)
            if isinstance(entry, Unlisted)
        )
        return await self._priced((*wanted, *kept), lost, clock)

    async def _priced(
        self, listings: tuple[Listing, ...], lost: tuple[Unpriced, ...], fresh: Freshness
    ) -> Market | Failed[BrokerFault]:
        self.stage(Work.PRICES, 0, len(listings))
        seen = unwrap_or_failed(await self.broker.observations(listings, self.pricing))
        if isinstance(seen, Failed):
            return seen
        clock = unwrap_or_failed(await self.broker.server_time(fresh))
        if isinstance(clock, Failed):
            return clock
        quotes = self._quoted(seen, clock, {})
        marks = await self._marks.of_unconfirmed(quotes)
        if marks:
            quotes = self._quoted(seen, clock, marks)
        return Market(as_of=clock, listings=listings, quotes=(*quotes, *lost), observations=seen)

    def _quoted(
        self, seen: tuple[MarketObservation, ...], now: datetime, marks: Mapping[ConId, Decimal]
    ) -> tuple[Quote | Unpriced, ...]:
        return tuple(
            quote(
                observation,
                pricing=self.pricing,
                safety=self.safety,
                now=now,
                for_trading=self.for_trading,
                mark=marks.get(observation.con_id),
            )
            for observation in seen
        )


def _held_besides(accounts: tuple[AccountSnapshot, ...], listed: set[ConId]) -> dict[ConId, Symbol]:
    return {
        position.con_id: position.symbol
        for account in accounts
        for position in account.positions
        if is_managed(position.security_type, position.currency) and position.con_id not in listed
    }
