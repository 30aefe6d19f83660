"""Gathers the facts a run depends on: looks, asks, proves by a write; sends no order, ever."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path

from attrs import evolve

from rebalancer_adapters.ground.durable_files import prove_writable
from rebalancer_adapters.ground.private_folders import is_open_to_others
from rebalancer_adapters.ib.session import ReadingSession, reading_session
from rebalancer_adapters.journal.account_lock import locked
from rebalancer_adapters.journal.proof import prove_journal
from rebalancer_adapters.journal.sqlite_journal import open_journal
from rebalancer_adapters.settings.settings import Flags, Settings
from rebalancer_adapters.settings.settings_ini import load_settings
from rebalancer_cli.bootstrap import address_of, journal_path
from rebalancer_cli.doctor.computer import (
    Surroundings,
    Versions,
    judge_settings,
    judge_surroundings,
    judge_versions,
)
from rebalancer_cli.doctor.findings import Check, Finding, in_order, skipped
from rebalancer_cli.doctor.gateway import Heard, judge_connection, judge_session
from rebalancer_cli.doctor.market import Probe, Sample, judge_market, without_probe
from rebalancer_cli.inputs import portfolio_files
from rebalancer_cli.options import environment
from rebalancer_cli.program import program_version
from rebalancer_cli.terminal.interrupts import run_interruptibly
from rebalancer_cli.terminal.terminal import Terminal
from rebalancer_core.planning.targets import blended_targets
from rebalancer_core.ports import BrokerPort
from rebalancer_core.reconcile.journal_model import JournaledRun, JournalFault
from rebalancer_core.values.instruments import Listing, Symbol
from rebalancer_core.values.portfolios import Weight
from rebalancer_core.values.results import Failed, unwrap_or_failed


def examined(config: Path, csv: Path | None, terminal: Terminal) -> tuple[Finding, ...]:
    """Every finding, in the order of the checks; no check hides another that can be made."""
    settings = unwrap_or_failed(load_settings(config, environment(), Flags(csv=csv)))
    is_there = os.path.lexists(config)
    found = (judge_versions(_versions()), *judge_settings(config, settings, is_there=is_there))
    if isinstance(settings, Failed):
        looked_at = {finding.check for finding in found}
        why = "settings.ini is not valid"
        return (*found, *(skipped(each, why) for each in Check if each not in looked_at))
    around = _surroundings(settings)
    found = (*found, *judge_surroundings(settings, around))
    gateway = settings.gateway
    terminal.note(f"Asking {gateway.host}:{gateway.port} as client {gateway.client_id}")
    probe = _probe(settings, around)
    return in_order((*found, *run_interruptibly(_at_the_gateway(settings, probe))))


def _versions() -> Versions:
    return Versions(
        program=program_version(),
        python=platform.python_version(),
        ib_async=version("ib_async"),
    )


def _surroundings(settings: Settings) -> Surroundings:
    ids = tuple(account.account_id for account in settings.accounts)
    state_dir, path = settings.io.state_dir, journal_path(settings)
    with locked(state_dir, ids) as locks:
        pass  # They are given back at once: the doctor only asks whether they can be had.
    return Surroundings(
        portfolios=portfolio_files(settings),
        reports=prove_writable(settings.io.report_dir),
        # The journal first: it makes a missing folder as a run does, for its owner alone.
        state=prove_journal(state_dir) or prove_writable(state_dir),
        journal=_journal(path),
        journal_path=path,
        exposed=frozenset(each for each in (state_dir, path) if is_open_to_others(each)),
        locks=locks,
    )


def _journal(path: Path) -> tuple[JournaledRun, ...] | JournalFault | None:
    """The runs in it; None where no file is, which is not made either."""
    try:
        if not path.exists():
            return None
    except OSError as trouble:
        return JournalFault(path=str(path), detail=trouble.strerror or str(trouble))
    journal = open_journal(path)
    if isinstance(journal, JournalFault):
        return journal
    try:
        return journal.runs()
    finally:
        journal.close()


def _probe(settings: Settings, around: Surroundings) -> Probe | None:
    """The largest target of the first account that has any."""
    for account in settings.accounts:
        file = around.portfolios[account.portfolios_path]
        if isinstance(file, Failed):
            continue
        weights = blended_targets(file.portfolios, settings.blend).weights
        if weights:
            symbol = max(weights, key=_fraction).symbol
            return Probe(symbol=symbol, hours=account.rebalance.trading_hours)
    return None


def _fraction(weight: Weight) -> tuple[Decimal, Symbol]:
    return weight.fraction, weight.symbol


async def _at_the_gateway(settings: Settings, probe: Probe | None) -> tuple[Finding, ...]:
    # Once: a person who asks what is wrong wants to know it now.
    address = evolve(address_of(settings), attempts=1)
    async with reading_session(address) as session:
        if not isinstance(session, ReadingSession):
            return judge_connection(settings, session)
        heard = await _heard(settings, session)
        reached = (*judge_connection(settings, None), *judge_session(heard))
        if probe is None:
            return (*reached, *without_probe())
        ahead = heard.ahead if isinstance(heard.ahead, timedelta) else timedelta(0)
        sample = await _sampled(settings, session.broker, probe, ahead)
        return (*reached, *judge_market(settings, sample))


async def _heard(settings: Settings, session: ReadingSession) -> Heard:
    broker = session.broker
    stated = unwrap_or_failed(await broker.server_time())
    ahead = stated if isinstance(stated, Failed) else stated - datetime.now(UTC)
    known = unwrap_or_failed(await broker.managed_accounts())
    ids = tuple(account.account_id for account in settings.accounts)
    listed = ids if isinstance(known, Failed) else tuple(each for each in ids if each in known)
    found = {each: unwrap_or_failed(await broker.snapshot(each)) for each in listed}
    return Heard(
        api_version=session.api_version,
        ahead=ahead,
        known=known,
        wanted=ids,
        snapshots=tuple(found.items()),
    )


async def _sampled(
    settings: Settings, broker: BrokerPort, probe: Probe, ahead: timedelta
) -> Sample:
    listed = unwrap_or_failed(await broker.listings((probe.symbol,)))
    listing = listed if isinstance(listed, Failed) else listed[0]
    observation = None
    if isinstance(listing, Listing):
        seen = unwrap_or_failed(await broker.observations((listing,), settings.pricing))
        observation = seen if isinstance(seen, Failed) else seen[0]
    return Sample(
        probe=probe,
        now=datetime.now(UTC) + ahead,
        listing=listing,
        observation=observation,
    )
