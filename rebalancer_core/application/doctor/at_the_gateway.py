"""Asks the gateway for the facts a run depends on, and judges them; sends no order, ever."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from rebalancer_core.application.doctor.computer import PortfoliosFile
from rebalancer_core.application.doctor.findings import Finding
from rebalancer_core.application.doctor.gateway import Heard, judge_connection, judge_session
from rebalancer_core.application.doctor.market import Probe, Sample, judge_market, without_probe
from rebalancer_core.planning.targets import blended_targets
from rebalancer_core.ports import BrokerPort, Clock, ReadingSession, SessionPort
from rebalancer_core.values.faults import BrokerFault
from rebalancer_core.values.instruments import AccountId, Listing, Symbol
from rebalancer_core.values.policy import TradingHours
from rebalancer_core.values.portfolios import Weight
from rebalancer_core.values.results import Failed, unwrap_or_failed
from rebalancer_core.values.settings import RunSettings


def probe_of(
    settings: RunSettings, files: tuple[tuple[PortfoliosFile, TradingHours], ...]
) -> Probe | None:
    """The largest target of the first account that has any; `files` has an entry for each."""
    for file, hours in files:
        weights = blended_targets(file.models, settings.blend).weights if file.models else ()
        if weights:
            return Probe(symbol=max(weights, key=_fraction).symbol, hours=hours)
    return None


async def examine_gateway(
    settings: RunSettings,
    accounts: tuple[AccountId, ...],
    probe: Probe | None,
    sessions: SessionPort,
    clock: Clock,
) -> tuple[Finding, ...]:
    """Whether it can be reached, and what it says of these accounts and of the probe's price."""
    async with sessions.reading() as opened:
        session = unwrap_or_failed(opened)
        if isinstance(session, Failed):
            return judge_connection(settings, session.error)
        heard = await _heard(accounts, session, clock)
        reached = (*judge_connection(settings, None), *judge_session(heard))
        if probe is None:
            return (*reached, *without_probe())
        sample = await _sampled(settings, session.broker, probe, clock)
        return (*reached, *judge_market(settings, sample))


def _fraction(weight: Weight) -> tuple[Decimal, Symbol]:
    return weight.fraction, weight.symbol


async def _heard(accounts: tuple[AccountId, ...], session: ReadingSession, clock: Clock) -> Heard:
    """What the gateway says; from here on the clock is the broker's, where it told its time."""
    broker = session.broker
    ahead: timedelta | Failed[BrokerFault]
    stated = unwrap_or_failed(await broker.server_time())
    if isinstance(stated, Failed):
        ahead = stated
    else:
        ahead = stated - clock.now()
        clock.hear(stated)
    known = unwrap_or_failed(await broker.managed_accounts())
    listed = accounts if isinstance(known, Failed) else tuple(a for a in accounts if a in known)
    found = {each: unwrap_or_failed(await broker.snapshot(each)) for each in listed}
    return Heard(
        api_version=session.api_version,
        ahead=ahead,
        known=known,
        wanted=accounts,
        snapshots=tuple(found.items()),
    )


async def _sampled(settings: RunSettings, broker: BrokerPort, probe: Probe, clock: Clock) -> Sample:
    listed = unwrap_or_failed(await broker.listings((probe.symbol,)))
    listing = listed if isinstance(listed, Failed) else listed[0]
    observation = None
    if isinstance(listing, Listing):
        seen = unwrap_or_failed(await broker.observations((listing,), settings.pricing))
        observation = seen if isinstance(seen, Failed) else seen[0]
    return Sample(probe=probe, now=clock.now(), listing=listing, observation=observation)
