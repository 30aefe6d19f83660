"""Verdicts on every target of every account: its listing, its price and its hours. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from attrs import evolve, frozen

from rebalancer_core.application.doctor.findings import (
    Check,
    Consequence,
    Finding,
    ok,
    problem,
    skipped,
    warning,
)
from rebalancer_core.application.doctor.gateway import fault_of
from rebalancer_core.application.doctor.targets import AccountTargets
from rebalancer_core.application.types import Market
from rebalancer_core.market.hours import closed, closing
from rebalancer_core.messages.doctor import market as facts
from rebalancer_core.messages.doctor.fact import Fact
from rebalancer_core.safety.limits import is_paper
from rebalancer_core.safety.staleness import quotes_for
from rebalancer_core.values.account import DataType, MarketObservation, Quote, Unpriced
from rebalancer_core.values.faults import BrokerFault
from rebalancer_core.values.instruments import AccountId, ConId, Listing, Symbol, Unlisted
from rebalancer_core.values.policy import TradingHours
from rebalancer_core.values.results import Failed

_COMPETING = 10197


@frozen(kw_only=True)
class Sample:
    """What the broker told of the targets at `now` (UTC, the broker's clock).

    The market is priced as a run that trades prices it, None where nothing is listed; `held`: which
    accounts hold a contract.
    """

    now: datetime
    accounts: tuple[AccountTargets, ...]
    listed: tuple[Listing | Unlisted, ...] | Failed[BrokerFault]
    market: Market | Failed[BrokerFault] | None
    held: Mapping[ConId, tuple[AccountId, ...]]


def judge_market(sample: Sample) -> tuple[Finding, ...]:
    """Market data and market hours."""
    if isinstance(sample.listed, Failed):
        shut = skipped(Check.MARKET_HOURS, facts.NoHours())
        return (fault_of(Check.MARKET_DATA, sample.listed.error), shut)
    unlisted = tuple(
        problem(Check.MARKET_DATA, facts.NotListed(entry=entry), Consequence.INVALID_INPUT)
        for entry in sample.listed
        if isinstance(entry, Unlisted)
    )
    listings = tuple(entry for entry in sample.listed if isinstance(entry, Listing))
    return (*unlisted, *_data(sample, _shut(sample, listings)), *_hours(listings, sample))


def without_targets() -> tuple[Finding, ...]:
    """What is said where no valid portfolios file names a target."""
    why = facts.NoTarget()
    return tuple(
        skipped(check, why) for check in (Check.MARKET_DATA, Check.MARKET_HOURS, Check.WHAT_IF)
    )


def _data(sample: Sample, shut: frozenset[Symbol]) -> tuple[Finding, ...]:
    """A line a target, and one for all symbols that have no price for the same reason."""
    market = sample.market
    if market is None:
        return ()
    if isinstance(market, Failed):
        return (fault_of(Check.MARKET_DATA, market.error),)
    seen = {each.con_id: each for each in market.observations}
    wanted = {symbol for account in sample.accounts for symbol in account.symbols}
    told = _Told(
        now=market.as_of,
        accounts=sample.accounts,
        stuck=_stuck(market, sample.accounts) - shut,
        shut=shut,
    )
    found = sorted(market.quotes, key=_by_symbol)
    without = tuple(
        _unpriced(each, seen.get(each.con_id), sample.held.get(each.con_id, ()), told.stuck)
        for each in found
        if isinstance(each, Unpriced)
    )
    priced = tuple(
        _priced(each, seen.get(each.con_id), told)
        for each in found
        if isinstance(each, Quote) and each.symbol in wanted
    )
    return (*_unpriced_together(without), *priced)


@frozen(kw_only=True)
class _Told:
    """Of the targets: `stuck` where an account has none to trade, `shut` in all hours wanted."""

    now: datetime
    accounts: tuple[AccountTargets, ...]
    stuck: frozenset[Symbol]
    shut: frozenset[Symbol]


def _by_symbol(found: Quote | Unpriced) -> tuple[Symbol, ConId]:
    return found.symbol, found.con_id


def _stuck(market: Market, accounts: tuple[AccountTargets, ...]) -> frozenset[Symbol]:
    """The targets of accounts none of whose targets has a price to trade on."""
    return frozenset(
        symbol
        for account in accounts
        if not _usable(account, market).intersection(account.symbols)
        for symbol in account.symbols
    )


def _usable(account: AccountTargets, market: Market) -> frozenset[Symbol]:
    return frozenset(
        each.symbol
        for each in quotes_for(account.account_id, market.quotes)
        if isinstance(each, Quote) and each.block is None
    )


def _shut(sample: Sample, listings: tuple[Listing, ...]) -> frozenset[Symbol]:
    """The targets whose market is closed for all who want them: there the hours say it all."""
    return frozenset(
        listing.symbol
        for listing in listings
        if all(
            closed(listing, account.hours, sample.now) is not None
            for account in sample.accounts
            if listing.symbol in account.symbols
        )
    )


def _unpriced(
    found: Unpriced,
    seen: MarketObservation | None,
    holders: tuple[AccountId, ...],
    stuck: frozenset[Symbol],
) -> facts.NoPrice:
    return facts.NoPrice(
        symbols=(found.symbol,),
        detail=found.detail,
        is_competing=seen is not None and seen.error_code == _COMPETING,
        holders=holders,
        ends_run=found.symbol in stuck and not holders,
    )


def _unpriced_together(found: tuple[facts.NoPrice, ...]) -> tuple[Finding, ...]:
    alike: dict[facts.NoPrice, tuple[Symbol, ...]] = {}
    for each in found:
        why = evolve(each, symbols=())
        alike[why] = (*alike.get(why, ()), *each.symbols)
    return tuple(_without_price(evolve(why, symbols=symbols)) for why, symbols in alike.items())


def _without_price(fact: facts.NoPrice) -> Finding:
    if fact.holders:
        return problem(Check.MARKET_DATA, fact, Consequence.NO_DATA)
    return _blocked(fact, ends_run=fact.ends_run)


def _priced(found: Quote, seen: MarketObservation | None, told: _Told) -> Finding:
    data_type = None if seen is None else seen.data_type
    priced = facts.Priced(quote=found, data_type=data_type, now=told.now)
    ends_run = found.symbol in told.stuck
    if found.block is not None:
        if found.symbol in told.shut:
            shut = facts.PriceOfClosedMarket(priced=priced, block=found.block)
            return warning(Check.MARKET_DATA, shut)
        blocked = facts.PriceBlocked(priced=priced, block=found.block, ends_run=ends_run)
        return _blocked(blocked, ends_run=ends_run)
    live = tuple(
        account.account_id
        for account in told.accounts
        if found.symbol in account.symbols and not is_paper(account.account_id)
    )
    if found.delayed and live:
        delayed = facts.PriceNotForLive(priced=priced, accounts=live, ends_run=ends_run)
        return _blocked(delayed, ends_run=ends_run)
    if data_type is not DataType.LIVE:
        return warning(Check.MARKET_DATA, facts.PriceNotLive(priced=priced))
    return ok(Check.MARKET_DATA, priced)


def _blocked(fact: Fact, *, ends_run: bool) -> Finding:
    if ends_run:
        return problem(Check.MARKET_DATA, fact, Consequence.REFUSED)
    return warning(Check.MARKET_DATA, fact)


def _hours(listings: tuple[Listing, ...], sample: Sample) -> tuple[Finding, ...]:
    """A line for all symbols that open or close together in the same kind of hours."""
    if not listings:
        return (skipped(Check.MARKET_HOURS, facts.NoHours()),)
    accounts, now = sample.accounts, sample.now
    by_symbol = {listing.symbol: listing for listing in listings}
    wanted = {(symbol, account.hours) for account in accounts for symbol in account.symbols}
    groups: dict[tuple[bool, str, datetime | None], tuple[Symbol, ...]] = {}
    for symbol, hours in sorted(wanted, key=_by_hours):
        listing = by_symbol.get(symbol)
        if listing is None:
            continue
        shut = closed(listing, hours, now)
        until = closing(listing, hours, now) if shut is None else shut.opens
        key = (shut is None, hours.value, until)
        groups[key] = (*groups.get(key, ()), symbol)
    both = len({account.hours for account in accounts}) > 1
    return tuple(
        _session(symbols, until, is_open=is_open, hours=hours if both else "")
        for (is_open, hours, until), symbols in groups.items()
    )


def _by_hours(wanted: tuple[Symbol, TradingHours]) -> tuple[str, Symbol]:
    return wanted[1].value, wanted[0]


def _session(
    symbols: tuple[Symbol, ...], until: datetime | None, *, is_open: bool, hours: str
) -> Finding:
    if is_open and until is not None:
        return ok(Check.MARKET_HOURS, facts.MarketOpen(symbols=symbols, hours=hours, closes=until))
    shut = facts.MarketClosed(symbols=symbols, hours=hours, opens=until)
    return problem(Check.MARKET_HOURS, shut, Consequence.REFUSED)
