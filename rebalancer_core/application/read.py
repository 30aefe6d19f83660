"""Reads every account and the market they share; an account that fails does not stop the next."""

from __future__ import annotations

from functools import partial

from attrs import evolve, frozen

from rebalancer_core.application.read_market import MarketReader
from rebalancer_core.application.stages import ShowStage, unseen
from rebalancer_core.application.types import AccountInputs, Market, Reading, Run, UnknownTargets
from rebalancer_core.messages import unlisted_sentence
from rebalancer_core.ports import BrokerPort, Freshness, Together
from rebalancer_core.reporting.failures import failure
from rebalancer_core.reporting.summary import AccountReport, AccountStatus
from rebalancer_core.safety.out_of_date import TargetsUnlisted
from rebalancer_core.values.account import AccountSnapshot
from rebalancer_core.values.faults import AccountFault, BrokerFault, UnknownAccount
from rebalancer_core.values.instruments import AccountId, Symbol, Unlisted
from rebalancer_core.values.results import Failed, unwrap_or_failed
from rebalancer_core.values.work import Work

# Why one account could not be read again, with its market.
Unread = TargetsUnlisted | BrokerFault | AccountFault


@frozen(kw_only=True)
class Reader:
    """Reads accounts one after another, or with `parallel` side by side.

    Side by side the adapter's own request locks keep the order on the wire.
    """

    broker: BrokerPort
    market: MarketReader
    together: Together
    parallel: bool
    stage: ShowStage = unseen

    async def read(
        self, accounts: tuple[AccountInputs, ...]
    ) -> Reading | UnknownTargets | Failed[BrokerFault]:
        """Snapshots of all accounts, then one price for each symbol that any of them needs."""
        known = unwrap_or_failed(await self.broker.managed_accounts())
        if isinstance(known, Failed):
            return known
        found = await self._snapshots(accounts, known)
        market = await self._market(accounts, found)
        if isinstance(market, UnknownTargets):
            failed = failed_by_own_targets(accounts, market.symbols)
            if not failed or len(failed) == len(accounts):
                return evolve(market, failed=tuple(failed.values()))
            found = tuple(
                failed.get(entry.account_id, entry) if isinstance(entry, AccountSnapshot) else entry
                for entry in found
            )
            others = tuple(each for each in accounts if each.settings.account_id not in failed)
            market = await self._market(others, found)
        if not isinstance(market, Market):
            return market
        return Reading(market=market, accounts=found)

    async def _market(
        self,
        accounts: tuple[AccountInputs, ...],
        found: tuple[AccountSnapshot | AccountReport, ...],
    ) -> Market | UnknownTargets | Failed[BrokerFault]:
        """Prices of what these accounts want and those found hold."""
        complete = tuple(entry for entry in found if isinstance(entry, AccountSnapshot))
        symbols = {weight.symbol for account in accounts for weight in account.targets.weights}
        return await self.market.read(tuple(sorted(symbols)), complete)

    async def read_one(
        self, account: AccountInputs, fresh: Freshness = Freshness.ASKED
    ) -> tuple[AccountSnapshot, Market] | Unread:
        """One account and its own part of the market, as they are now."""
        snapshot = await self.snapshot(account.settings.account_id, fresh)
        if not isinstance(snapshot, AccountSnapshot):
            return snapshot
        symbols: tuple[Symbol, ...] = tuple(w.symbol for w in account.targets.weights)
        market = await self.market.read(symbols, (snapshot,))
        match market:
            case Market():
                return snapshot, market
            case UnknownTargets(symbols=unknown):
                return TargetsUnlisted(targets=unknown)
            case Failed():
                return market.error

    async def snapshot(
        self, account_id: AccountId, fresh: Freshness = Freshness.ASKED
    ) -> AccountSnapshot | BrokerFault | AccountFault:
        """One account, complete, or why it could not be read."""
        snapshot = unwrap_or_failed(await self.broker.snapshot(account_id, fresh))
        return snapshot.error if isinstance(snapshot, Failed) else snapshot

    async def _snapshots(
        self, accounts: tuple[AccountInputs, ...], known: tuple[AccountId, ...]
    ) -> tuple[AccountSnapshot | AccountReport, ...]:
        ids = tuple(account.settings.account_id for account in accounts)
        if self.parallel:
            self.stage(Work.ACCOUNTS, 0, len(ids))
            return await self.together(tuple(partial(self._managed, i, known) for i in ids))
        found: list[AccountSnapshot | AccountReport] = []
        for number, account_id in enumerate(ids):
            self.stage(Work.ACCOUNTS, number, len(ids))
            found.append(await self._managed(account_id, known))
        return tuple(found)

    async def _managed(
        self, account_id: AccountId, known: tuple[AccountId, ...]
    ) -> AccountSnapshot | AccountReport:
        if account_id not in known:
            return failure(account_id, UnknownAccount(account_id=account_id, known=known))
        found = await self.snapshot(account_id, Freshness.HEARD)
        return found if isinstance(found, AccountSnapshot) else failure(account_id, found)


def failed_by_own_targets(
    accounts: tuple[AccountInputs, ...], unknown: tuple[Unlisted, ...]
) -> dict[AccountId, AccountReport]:
    """The accounts that want an unknown symbol, where each has a portfolios file of its own.

    Empty where the shared file names one, or settings.ini its contract: that stops every account
    (R 2.3.13).
    """
    if any(entry.place for entry in unknown):
        return {}
    wanting = tuple(account for account in accounts if _wanted(account, unknown))
    if not all(account.has_own_portfolios for account in wanting):
        return {}
    return {
        account.settings.account_id: AccountReport(
            account_id=account.settings.account_id,
            status=AccountStatus.FAILED,
            error="; ".join(
                unlisted_sentence(entry, account.places.get(entry.symbol, account.portfolios_file))
                for entry in _wanted(account, unknown)
            ),
        )
        for account in wanting
    }


def _wanted(account: AccountInputs, unknown: tuple[Unlisted, ...]) -> tuple[Unlisted, ...]:
    symbols = {weight.symbol for weight in account.targets.weights}
    return tuple(entry for entry in unknown if entry.symbol in symbols)


def reader_of(run: Run, broker: BrokerPort) -> Reader:
    """Reads for this run, by its rules."""
    settings, world = run.inputs.settings, run.world
    return Reader(
        broker=broker,
        market=MarketReader(
            broker=broker,
            pricing=settings.pricing,
            safety=settings.safety,
            for_trading=run.may_trade,
            contracts=settings.contracts,
            stage=world.people.stage,
        ),
        together=world.together,
        parallel=settings.asking.parallel,
        stage=world.people.stage,
    )
