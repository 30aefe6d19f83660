"""The composition root: which broker, which clock, which files a run is made of."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta

from attrs import define, evolve, field, frozen

from rebalancer_adapters.files.settings import Settings
from rebalancer_adapters.ib.address import GatewayAddress
from rebalancer_adapters.ib.session import (
    ReadingSession,
    TradingSession,
    reading_session,
    trading_session,
)
from rebalancer_adapters.journal.account_lock import locked
from rebalancer_adapters.journal.sqlite_journal import open_journal
from rebalancer_cli.exits import Exit, exit_of
from rebalancer_cli.failpoints import reach
from rebalancer_cli.leave import Stopped, value_or_stop
from rebalancer_cli.reading.accounts import Reader, failure
from rebalancer_cli.reading.market import MarketReader, UnknownTargets
from rebalancer_cli.reading.offline import reading_of
from rebalancer_cli.records import Records
from rebalancer_cli.recovery.guarded import (
    armed_for_live,
    journal_path,
    refused_all,
    settle_past,
    unlocked,
    without_strangers,
)
from rebalancer_cli.screen.interrupts import Interrupts
from rebalancer_cli.screen.terminal import Terminal
from rebalancer_cli.stages import Inputs, Reading, Run
from rebalancer_cli.workflow import Trading, preview_all
from rebalancer_core.errors import BrokerFault
from rebalancer_core.execution.journal import JournalFault, explain_journal
from rebalancer_core.ports import BrokerPort, JournalPort, ReportPort
from rebalancer_core.reporting.summary import AccountReport, AccountStatus
from rebalancer_core.values.account import Snapshot
from rebalancer_core.values.instruments import Unlisted

LOG = logging.getLogger(__name__)


@frozen(kw_only=True)
class Job:
    """One `rebalance run` as asked for. `may_trade` false: no order desk is ever made."""

    inputs: Inputs
    reports: ReportPort
    terminal: Terminal
    started_at: datetime
    may_trade: bool
    without_prompt: bool


@define
class BrokerClock:
    """The broker's clock, UTC: its last word plus the time passed since, steadily."""

    _stated: datetime = field(factory=lambda: datetime.now(UTC))
    _heard_at: float = field(factory=time.monotonic)

    def hear(self, stated: datetime) -> None:
        """Go by this time from now on."""
        self._stated, self._heard_at = stated, time.monotonic()

    def now(self) -> datetime:
        """The time now."""
        return self._stated + timedelta(seconds=time.monotonic() - self._heard_at)


def address_of(settings: Settings) -> GatewayAddress:
    """Where these settings say the gateway is."""
    gateway = settings.gateway
    return GatewayAddress(host=gateway.host, port=gateway.port, client_id=gateway.client_id)


async def rebalance(job: Job) -> Exit:
    """Run against the gateway; every account has a report at the end, whatever came between."""
    reach("F01")
    clock = BrokerClock()
    run = _run(job, clock)
    walk = Walk(job=job, run=run, clock=clock, records=Records(run=run, can_trade=job.may_trade))
    with walk.interrupts.listening():
        invalid: UnknownTargets | None = None
        try:
            invalid = await (walk.trade() if job.may_trade else walk.preview())
        except asyncio.CancelledError:
            if not walk.interrupts.requested:
                raise
        # Still listening: a signal that comes now is too late, and shall not lose the summary.
        return _summed_up(walk, invalid)


def rebalance_offline(job: Job, saved: Snapshot) -> Exit:
    """Plan from a saved snapshot: there is no gateway, so there is nothing to trade with."""
    clock = BrokerClock()
    clock.hear(saved.as_of)
    run = _run(job, clock)
    records = Records(run=run, can_trade=False)
    reports = preview_all(run, records, reading_of(saved, job.inputs.accounts), offline=True)
    records.summed_up(reports)
    return exit_of(reports, unreported=False)


@define(kw_only=True)
class Walk:
    """One run against the gateway. `finished` grows by a report for each account that is done."""

    job: Job
    run: Run
    clock: BrokerClock
    records: Records
    interrupts: Interrupts = field(factory=Interrupts)
    finished: list[AccountReport] = field(factory=list)

    async def preview(self) -> UnknownTargets | None:
        """Every account as far as its preview, over a session that cannot send an order."""
        async with reading_session(self._address()) as session:
            if not isinstance(session, ReadingSession):
                self._failed(session)
                return None
            LOG.info("connected to %s, to read", _place(self.job))
            reading = await self._read(self.run.inputs, session)
            if isinstance(reading, Reading):
                self.finished.extend(preview_all(self.run, self.records, reading))
            _log_notices(session)
        return reading if isinstance(reading, UnknownTargets) else None

    async def trade(self) -> UnknownTargets | None:
        """Locks, then the journal, then the session: nothing is sent without all three."""
        inputs, settings = self.run.inputs, self.run.inputs.settings
        armed = armed_for_live(inputs)
        if armed:
            self._refused(armed)
            return None
        ids = tuple(account.settings.account_id for account in inputs.accounts)
        with locked(settings.io.state_dir, ids) as locks:
            reach("F02")
            cleared = unlocked(inputs, {each.account_id: each.why for each in locks.refused})
            self.finished.extend(cleared.stopped)
            if not cleared.inputs.accounts:
                return None
            journal = open_journal(journal_path(settings), before_commit=lambda: reach("F12"))
            reach("F03")
            if isinstance(journal, JournalFault):
                self._refused(f"refused: {explain_journal(journal)}")
                return None
            with closing(journal):
                return await self._trade_with(cleared.inputs, journal)

    async def _trade_with(self, inputs: Inputs, journal: JournalPort) -> UnknownTargets | None:
        async with trading_session(self._address()) as session:
            if not isinstance(session, TradingSession):
                self._failed(session)
                return None
            LOG.info("connected to %s, to trade", _place(self.job))
            reach("F04")
            cleared = await settle_past(
                inputs,
                session=session,
                journal=journal,
                reports=self.job.reports,
                terminal=self.job.terminal,
                now=self.clock.now,
            )
            self.finished.extend(cleared.stopped)
            if not cleared.inputs.accounts:
                return None
            reading = await self._read(cleared.inputs, session)
            if isinstance(reading, Reading):
                run = evolve(self.run, inputs=cleared.inputs)
                known = without_strangers(reading, journal)
                await self._trading(run, session, journal).rebalance(known)
            _log_notices(session)
        return reading if isinstance(reading, UnknownTargets) else None

    def _trading(self, run: Run, session: TradingSession, journal: JournalPort) -> Trading:
        return Trading(
            run=run,
            records=self.records,
            reader=_reader(self.job, session.broker),
            broker=session.broker,
            desk=session.order_desk(),
            journal=journal,
            interrupts=self.interrupts,
            finished=self.finished,
        )

    async def _read(
        self, inputs: Inputs, session: ReadingSession
    ) -> Reading | UnknownTargets | None:
        """The reading, or None when it failed: then every account has its report."""
        stated = value_or_stop(await session.broker.server_time())
        if isinstance(stated, Stopped):
            self._failed(stated.error)
            return None
        self.clock.hear(stated)
        ids = ", ".join(account.settings.account_id for account in inputs.accounts)
        self.job.terminal.note(f"Reading {ids} and the prices they need")
        reading = await _reader(self.job, session.broker).read(inputs.accounts)
        if isinstance(reading, Stopped):
            self._failed(reading.error)
            return None
        reach("F05")
        return reading

    def _address(self) -> GatewayAddress:
        self.job.terminal.note(f"Connecting to {_place(self.job)}")
        return address_of(self.job.inputs.settings)

    def _failed(self, fault: BrokerFault) -> None:
        """The fault is the report of every account that has none yet."""
        done = {report.account_id for report in self.finished}
        for account in self.run.inputs.accounts:
            if account.settings.account_id not in done:
                self.finished.append(failure(account.settings.account_id, fault))

    def _refused(self, why: str) -> None:
        self.finished.extend(refused_all(self.run.inputs, why))


def _summed_up(walk: Walk, invalid: UnknownTargets | None) -> Exit:
    if invalid is not None:
        _tell_unknown(walk.job, invalid)
        return Exit.INVALID_INPUT
    reports = _complete(walk.job.inputs, walk.finished)
    reach("F24")
    walk.records.summed_up(reports)
    return exit_of(reports, unreported=bool(walk.records.lost))


def _place(job: Job) -> str:
    gateway = job.inputs.settings.gateway
    return f"{gateway.host}:{gateway.port} as client {gateway.client_id}"


def _reader(job: Job, broker: BrokerPort) -> Reader:
    settings = job.inputs.settings
    return Reader(
        broker=broker,
        market=MarketReader(
            broker=broker,
            pricing=settings.pricing,
            safety=settings.safety,
            for_trading=job.may_trade,
        ),
        pause_seconds=settings.pacing_sec,
        parallel=settings.parallel,
    )


def _run(job: Job, clock: BrokerClock) -> Run:
    return Run(
        inputs=job.inputs,
        run_id=secrets.token_hex(4),
        started_at=job.started_at,
        now=clock.now,
        reports=job.reports,
        terminal=job.terminal,
        without_prompt=job.without_prompt,
    )


def _complete(inputs: Inputs, finished: list[AccountReport]) -> tuple[AccountReport, ...]:
    """One report an account, in the order of the file; those not reached were interrupted."""
    of = {report.account_id: report for report in finished}
    return tuple(
        of.get(
            account.settings.account_id,
            AccountReport(
                account_id=account.settings.account_id,
                status=AccountStatus.INTERRUPTED,
                error="interrupted before anything was sent for this account",
            ),
        )
        for account in inputs.accounts
    )


def _log_notices(session: ReadingSession) -> None:
    for notice in session.notices():
        LOG.info("gateway: %s", notice)


def _tell_unknown(job: Job, unknown: UnknownTargets) -> None:
    for entry in unknown.symbols:
        sentence = unlisted_sentence(entry)
        LOG.error("%s", sentence)
        job.terminal.note(sentence)


def unlisted_sentence(entry: Unlisted) -> str:
    """Why a symbol cannot be a target, with the candidates that come close."""
    close = f"; candidates: {', '.join(entry.candidates)}" if entry.candidates else ""
    return f"portfolios.csv: {entry.symbol}: {entry.why.value}{close}"
