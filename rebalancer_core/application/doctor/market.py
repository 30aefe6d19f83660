"""Verdicts on one target symbol, which stands for the market: its price and its hours. Pure."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

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
from rebalancer_core.market.hours import closed
from rebalancer_core.market.pricing import quote
from rebalancer_core.messages.doctor import market as facts
from rebalancer_core.values.account import DataType, MarketObservation, Quote, Unpriced
from rebalancer_core.values.faults import BrokerFault
from rebalancer_core.values.instruments import Listing, Symbol, Unlisted
from rebalancer_core.values.policy import TradingHours
from rebalancer_core.values.results import Failed
from rebalancer_core.values.settings import RunSettings

_COMPETING = 10197


@frozen(kw_only=True)
class Probe:
    """The symbol that is asked about, and the hours in which its account trades."""

    symbol: Symbol
    hours: TradingHours


@frozen(kw_only=True)
class Sample:
    """What the broker told of the probe at `now` (UTC, the broker's clock).

    `observation` is None where there was no listing to observe.
    """

    probe: Probe
    now: datetime
    listing: Listing | Unlisted | Failed[BrokerFault]
    observation: MarketObservation | Failed[BrokerFault] | None


def judge_market(settings: RunSettings, sample: Sample) -> tuple[Finding, ...]:
    """Market data and market hours."""
    listing = sample.listing
    if isinstance(listing, Listing):
        return (_data(settings, sample), _hours(listing, sample))
    shut = skipped(Check.MARKET_HOURS, facts.NoHours(symbol=sample.probe.symbol))
    if isinstance(listing, Failed):
        return (fault_of(Check.MARKET_DATA, listing.error), shut)
    unlisted = facts.NotListed(entry=listing)
    return (problem(Check.MARKET_DATA, unlisted, Consequence.INVALID_INPUT), shut)


def without_probe() -> tuple[Finding, ...]:
    """What is said where no valid portfolios file names a target."""
    why = facts.NoTarget()
    return (skipped(Check.MARKET_DATA, why), skipped(Check.MARKET_HOURS, why))


def _data(settings: RunSettings, sample: Sample) -> Finding:
    seen = sample.observation
    if seen is None:
        return skipped(Check.MARKET_DATA, facts.NotObserved(symbol=sample.probe.symbol))
    if isinstance(seen, Failed):
        return fault_of(Check.MARKET_DATA, seen.error)
    found = quote(
        seen,
        pricing=settings.pricing,
        safety=settings.safety,
        now=sample.now,
        for_trading=True,
    )
    if isinstance(found, Unpriced):
        unpriced = facts.NoPrice(
            symbol=seen.symbol, detail=found.detail, is_competing=seen.error_code == _COMPETING
        )
        return problem(Check.MARKET_DATA, unpriced, Consequence.NO_DATA)
    return _priced(found, seen)


def _priced(found: Quote, seen: MarketObservation) -> Finding:
    priced = facts.Priced(quote=found, data_type=seen.data_type)
    if found.block is not None:
        return warning(Check.MARKET_DATA, facts.PriceBlocked(priced=priced, block=found.block))
    if seen.data_type is not DataType.LIVE:
        return warning(Check.MARKET_DATA, facts.PriceNotLive(priced=priced))
    return ok(Check.MARKET_DATA, priced)


def _hours(listing: Listing, sample: Sample) -> Finding:
    hours = sample.probe.hours
    shut = closed(listing, hours, sample.now)
    if shut is not None:
        shut_now = facts.MarketClosed(symbol=listing.symbol, opens=shut.opens)
        return warning(Check.MARKET_HOURS, shut_now)
    sessions = listing.liquid_sessions if hours is TradingHours.RTH else listing.trading_sessions
    closes = next(each.closes for each in sessions if each.opens <= sample.now < each.closes)
    return ok(Check.MARKET_HOURS, facts.MarketOpen(symbol=listing.symbol, closes=closes))
