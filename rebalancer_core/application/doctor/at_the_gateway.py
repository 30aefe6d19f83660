"""Asks the gateway for the facts a run depends on, and judges them; sends no order, ever."""

from __future__ import annotations

from datetime import timedelta

from rebalancer_core.application.doctor.findings import Finding
from rebalancer_core.application.doctor.gateway import (
    Heard,
    is_read_only_api,
    judge_connection,
    judge_session,
)
from rebalancer_core.application.doctor.market import Sample, judge_market, without_targets
from rebalancer_core.application.doctor.targets import AccountTargets, all_symbols
from rebalancer_core.application.doctor.what_ifs import (
    ask_what_ifs,
    judge_what_ifs,
    may_trade,
    not_asked,
    why_not_asked,
)
from rebalancer_core.application.read_market import MarketReader
from rebalancer_core.application.target_listings import target_listings
from rebalancer_core.application.types import Market, UnknownTargets
from rebalancer_core.messages.doctor.what_ifs import NothingToAsk
from rebalancer_core.ports import BrokerPort, Clock, Freshness, ReadingSession, SessionPort
from rebalancer_core.values.account import AccountSnapshot
from rebalancer_core.values.faults import BrokerFault
from rebalancer_core.values.instruments import AccountId, ConId, Listing
from rebalancer_core.values.results import Failed, unwrap_or_failed
from rebalancer_core.values.settings import RunSettings


async def examine_gateway(
    settings: RunSettings,
    accounts: tuple[AccountTargets, ...],
    sessions: SessionPort,
    clock: Clock,
) -> tuple[Finding, ...]:
    """Whether it can be reached, and what it says of these accounts and of every target."""
    async with sessions.reading() as opened:
        session = unwrap_or_failed(opened)
        if isinstance(session, Failed):
            return judge_connection(settings, session)
        heard = await _heard(settings, accounts, session, clock)
        reached = (*judge_connection(settings, session), *judge_session(heard))
        if not all_symbols(accounts):
            return (*reached, *without_targets())
        sample = await _sampled(settings, session.broker, accounts, heard, clock)
        what_ifs = await _what_ifs(settings, session, sample, heard, clock)
        return (*reached, *judge_market(sample), *what_ifs)


async def _heard(
    settings: RunSettings,
    accounts: tuple[AccountTargets, ...],
    session: ReadingSession,
    clock: Clock,
) -> Heard:
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
    wanted = tuple(account.account_id for account in accounts)
    listed = wanted if isinstance(known, Failed) else tuple(a for a in wanted if a in known)
    heard = Freshness.HEARD
    found = {each: unwrap_or_failed(await broker.snapshot(each, heard)) for each in listed}
    return Heard(
        api_version=session.api_version,
        ahead=ahead,
        known=known,
        wanted=wanted,
        snapshots=tuple(found.items()),
        targets=accounts,
        on_open_orders=settings.safety.on_open_orders,
    )


async def _sampled(
    settings: RunSettings,
    broker: BrokerPort,
    accounts: tuple[AccountTargets, ...],
    heard: Heard,
    clock: Clock,
) -> Sample:
    """The market by the rules of a run that trades."""
    snapshots = tuple(f for _, f in heard.snapshots if isinstance(f, AccountSnapshot))
    held = _holders(snapshots)
    listed = await target_listings(broker, all_symbols(accounts), settings.contracts)
    if isinstance(listed, Failed):
        return Sample(now=clock.now(), accounts=accounts, listed=listed, market=None, held=held)
    reader = MarketReader(
        broker=broker,
        pricing=settings.pricing,
        safety=settings.safety,
        for_trading=True,
        contracts=settings.contracts,
    )
    symbols = tuple(entry.symbol for entry in listed if isinstance(entry, Listing))
    read = await reader.read(symbols, snapshots) if symbols else None
    market = None if isinstance(read, UnknownTargets) else read
    return Sample(now=clock.now(), accounts=accounts, listed=listed, market=market, held=held)


def _holders(snapshots: tuple[AccountSnapshot, ...]) -> dict[ConId, tuple[AccountId, ...]]:
    held: dict[ConId, tuple[AccountId, ...]] = {}
    for account in snapshots:
        for position in account.positions:
            if position.quantity:
                held[position.con_id] = (*held.get(position.con_id, ()), account.account_id)
    return held


async def _what_ifs(
    settings: RunSettings, session: ReadingSession, sample: Sample, heard: Heard, clock: Clock
) -> tuple[Finding, ...]:
    why_not = why_not_asked(settings, read_only_api=is_read_only_api(heard))
    if why_not is not None:
        return not_asked(why_not)
    known = () if isinstance(heard.known, Failed) else heard.known
    accounts = may_trade(settings, sample.accounts, known)
    if not isinstance(sample.market, Market) or not accounts:
        return not_asked(NothingToAsk())
    desk = session.what_ifs()
    return judge_what_ifs(await ask_what_ifs(settings, accounts, sample.market, desk, clock))
