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
from rebalancer_core.messages import unlisted_sentence
from rebalancer_core.values.account import DataType, MarketObservation, Quote, Unpriced
from rebalancer_core.values.faults import BrokerFault
from rebalancer_core.values.instruments import Listing, Symbol, Unlisted
from rebalancer_core.values.money import price_text
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
    shut = skipped(Check.MARKET_HOURS, f"the broker named no hours of {sample.probe.symbol}")
    if isinstance(listing, Failed):
        return (fault_of(Check.MARKET_DATA, listing.error), shut)
    mend = "rebalance validate-portfolios --all names every such symbol"
    sentence = unlisted_sentence(listing)
    return (problem(Check.MARKET_DATA, sentence, mend, Consequence.INVALID_INPUT), shut)


def without_probe() -> tuple[Finding, ...]:
    """What is said where no valid portfolios file names a target."""
    why = "no valid portfolios file names a target symbol"
    return (skipped(Check.MARKET_DATA, why), skipped(Check.MARKET_HOURS, why))


def _data(settings: RunSettings, sample: Sample) -> Finding:
    seen = sample.observation
    if seen is None:
        return skipped(Check.MARKET_DATA, f"{sample.probe.symbol} was not observed")
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
        return problem(
            Check.MARKET_DATA, f"{seen.symbol}: {found.detail}", _mend(seen), Consequence.NO_DATA
        )
    return _priced(found, seen)


def _priced(found: Quote, seen: MarketObservation) -> Finding:
    kind = seen.data_type.word if seen.data_type else "unnamed"
    note = f" ({found.note})" if found.note else ""
    words = f"{found.symbol}: {kind} data, {found.kind.value} {price_text(found.price)}{note}"
    if found.block is not None:
        mend = "no trade is sized on such a price; in trading hours look again"
        return warning(Check.MARKET_DATA, f"{words}: {found.block.value}", mend)
    if seen.data_type is not DataType.LIVE:
        mend = "plans use prices that are not live, for [pricing] allow_delayed = true"
        return warning(Check.MARKET_DATA, words, mend)
    return ok(Check.MARKET_DATA, words)


def _mend(seen: MarketObservation) -> str:
    if seen.error_code == _COMPETING:
        return "end the other session of this user, which takes the live data"
    return (
        "subscribe to live data for the API and share it with the paper user,"
        " or set [pricing] allow_delayed = true"
    )


def _hours(listing: Listing, sample: Sample) -> Finding:
    hours = sample.probe.hours
    shut = closed(listing, hours, sample.now)
    if shut is not None:
        opens = f"opens {_at(shut.opens)}" if shut.opens else "the broker names no opening"
        mend = "a run sends nothing before; rebalance run --dry-run previews"
        return warning(Check.MARKET_HOURS, f"{listing.symbol}: closed, {opens}", mend)
    sessions = listing.liquid_sessions if hours is TradingHours.RTH else listing.trading_sessions
    closes = next(each.closes for each in sessions if each.opens <= sample.now < each.closes)
    return ok(Check.MARKET_HOURS, f"{listing.symbol}: open, closes {_at(closes)}")


def _at(time: datetime) -> str:
    return f"{time:%a %Y-%m-%d %H:%M} UTC"
