"""The composition root: which broker, which clock, which files a run is made of."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from datetime import UTC, datetime, timedelta

from attrs import define, field, frozen

from rebalancer_adapters.files.settings import Settings
from rebalancer_adapters.ib.address import GatewayAddress
from rebalancer_adapters.ib.session import (
    ReadingSession,
    TradingSession,
    reading_session,
    trading_session,
)
from rebalancer_cli.exits import Exit, exit_of
from rebalancer_cli.interrupts import Interrupts
from rebalancer_cli.leave import Stopped, value_or_stop
from rebalancer_cli.market import MarketReader, UnknownTargets
from rebalancer_cli.offline import reading_of
from rebalancer_cli.reading import Reader, failure
from rebalancer_cli.records import Records
from rebalancer_cli.stages import Inputs, Reading, Run
from rebalancer_cli.terminal import Terminal
from rebalancer_cli.workflow import Trading, preview_all
from rebalancer_core.errors import BrokerFault
from rebalancer_core.ports import BrokerPort, ReportPort
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
    interrupts, clock = Interrupts(), BrokerClock()
    run = _run(job, clock)
    records = Records(run=run, can_trade=job.may_trade)
    finished: list[AccountReport] = []
    with interrupts.listening():
        try:
            invalid = await _walk(job, run, records, interrupts, clock, finished)
        except asyncio.CancelledError:
            if not interrupts.requested:
                raise
            invalid = None
    if invalid is not None:
        _tell_unknown(job, invalid)
        return Exit.INVALID_INPUT
    reports = _complete(job.inputs, finished)
    records.summed_up(reports)
    return exit_of(reports, unreported=bool(records.lost))


def rebalance_offline(job: Job, saved: Snapshot) -> Exit:
    """Plan from a saved snapshot: there is no gateway, so there is nothing to trade with."""
    clock = BrokerClock()
    clock.hear(saved.as_of)
    run = _run(job, clock)
    records = Records(run=run, can_trade=False)
    reports = preview_all(run, records, reading_of(saved, job.inputs.accounts), offline=True)
    records.summed_up(reports)
    return exit_of(reports, unreported=False)


async def _walk(  # noqa: PLR0917 - the root hands each part what it needs, once
    job: Job,
    run: Run,
    records: Records,
    interrupts: Interrupts,
    clock: BrokerClock,
    finished: list[AccountReport],
) -> UnknownTargets | None:
    address = address_of(job.inputs.settings)
    if not job.may_trade:
        async with reading_session(address) as session:
            if not isinstance(session, ReadingSession):
                finished.extend(_all_failed(job.inputs, session))
                return None
            reading = await _read(job, session.broker, clock)
            if isinstance(reading, UnknownTargets):
                return reading
            finished.extend(
                preview_all(run, records, reading)
                if isinstance(reading, Reading)
                else _all_failed(job.inputs, reading.error)
            )
            _log_notices(session)
        return None
    async with trading_session(address) as session:
        if not isinstance(session, TradingSession):
            finished.extend(_all_failed(job.inputs, session))
            return None
        reading = await _read(job, session.broker, clock)
        if isinstance(reading, UnknownTargets):
            return reading
        if not isinstance(reading, Reading):
            finished.extend(_all_failed(job.inputs, reading.error))
            return None
        trading = Trading(
            run=run,
            records=records,
            reader=_reader(job, session.broker),
            broker=session.broker,
            desk=session.order_desk(),
            interrupts=interrupts,
            finished=finished,
        )
        await trading.rebalance(reading)
        _log_notices(session)
    return None


async def _read(
    job: Job, broker: BrokerPort, clock: BrokerClock
) -> Reading | UnknownTargets | Stopped[BrokerFault]:
    stated = value_or_stop(await broker.server_time())
    if isinstance(stated, Stopped):
        return stated
    clock.hear(stated)
    return await _reader(job, broker).read(job.inputs.accounts)


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


def _all_failed(inputs: Inputs, fault: BrokerFault) -> tuple[AccountReport, ...]:
    return tuple(failure(account.settings.account_id, fault) for account in inputs.accounts)


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
