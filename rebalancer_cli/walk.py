"""One run against the gateway: locks, journal, session, the past settled, then every account."""

from __future__ import annotations

import logging
from contextlib import closing

from attrs import define, evolve, field

from rebalancer_adapters.ib.address import GatewayAddress
from rebalancer_adapters.ib.session import (
    ReadingSession,
    TradingSession,
    reading_session,
    trading_session,
)
from rebalancer_adapters.journal.account_lock import locked
from rebalancer_adapters.journal.sqlite_journal import open_journal
from rebalancer_adapters.settings.settings import Settings
from rebalancer_cli.broker_clock import BrokerClock
from rebalancer_cli.drafting import Drawer, Planner
from rebalancer_cli.failpoints import reach
from rebalancer_cli.leave import Stopped
from rebalancer_cli.preview import console_text
from rebalancer_cli.reading.accounts import Reader, failure
from rebalancer_cli.reading.market import MarketReader, UnknownTargets
from rebalancer_cli.records import Records
from rebalancer_cli.recovery.guarded import (
    Cleared,
    armed_for_live,
    declared_dead,
    declined_trades,
    journal_path,
    refused_all,
    settle_past,
    settled_report,
    unlocked,
    without_strangers,
)
from rebalancer_cli.recovery.missing_reports import AmendedReports, write_missing
from rebalancer_cli.saved.replaying import Replayer
from rebalancer_cli.screen.interrupts import Interrupts
from rebalancer_cli.stages import Draft, Inputs, Reading, Run
from rebalancer_cli.trading.declared import Declared
from rebalancer_cli.trading.departures import Departures, Halt
from rebalancer_cli.trading.placing import Placing
from rebalancer_cli.workflow import Trading, drafts, preview_all
from rebalancer_core.messages import explain, explain_journal
from rebalancer_core.ports import BrokerPort, JournalPort
from rebalancer_core.reconcile.journal_model import JournalFault
from rebalancer_core.reconcile.saved_plan import SavedPlan
from rebalancer_core.reporting.summary import AccountReport, AccountStatus
from rebalancer_core.values.faults import BrokerFault, LinkLost
from rebalancer_core.values.instruments import AccountId

LOG = logging.getLogger(__name__)
_CONNECTIONS_AT_MOST = 4


@define(kw_only=True)
class Walk:
    """One run against the gateway. `finished` grows by a report for each account that is done.

    `may_trade` false: no order desk is ever made; then `previewed` is what was shown. `saved` is
    the plan file to be sent in place of plans made now.
    """

    run: Run
    clock: BrokerClock
    records: Records
    may_trade: bool
    saved: SavedPlan | None = None
    interrupts: Interrupts = field(factory=Interrupts)
    halt: Halt = field(init=False)
    finished: list[AccountReport] = field(factory=list)
    previewed: list[Draft] = field(factory=list)

    @halt.default
    def _halt(self) -> Halt:
        return Halt(tell=self.run.terminal.note)

    async def all_accounts(self) -> UnknownTargets | None:
        """As far as this run may go; the targets that are unknown, where there are any."""
        return await (self._trade() if self.may_trade else self._preview())

    async def _preview(self) -> UnknownTargets | None:
        """Every account as far as its preview, over a session that cannot send an order."""
        async with reading_session(self._address()) as session:
            if not isinstance(session, ReadingSession):
                self._failed(session)
                return None
            LOG.info("connected to %s, to read", self._place())
            if not await self._hear_clock(session):
                return None
            reading = await self._read(self.run.inputs, session)
            if isinstance(reading, Reading):
                drawn = drafts(self.run, Planner(run=self.run), reading)
                self.finished.extend(preview_all(self.records, drawn))
                self.previewed.extend(entry for entry in drawn if isinstance(entry, Draft))
            _log_notices(session)
        return reading if isinstance(reading, UnknownTargets) else None

    async def _trade(self) -> UnknownTargets | None:
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
        """A lost connection is opened again for the accounts that follow the one that traded."""
        for connection in range(1, _CONNECTIONS_AT_MOST + 1):
            before = len(self.finished)
            ended = await self._trade_connected(inputs, journal)
            inputs = self._unfinished(inputs)
            if not isinstance(ended, LinkLost):
                return ended
            if not inputs.accounts or self.interrupts.requested:
                return None
            if len(self.finished) == before or connection == _CONNECTIONS_AT_MOST:
                self._failed(ended)
                return None
            ids = ", ".join(account.settings.account_id for account in inputs.accounts)
            self.run.terminal.note(f"{explain(ended)}; connecting again for {ids}")
        return None

    async def _trade_connected(
        self, inputs: Inputs, journal: JournalPort
    ) -> UnknownTargets | LinkLost | None:
        """Over one connection, as far as it lasts; what an earlier one left is settled first."""
        async with trading_session(self._address()) as session:
            if not isinstance(session, TradingSession):
                self._failed(session)
                return None
            LOG.info("connected to %s, to trade", self._place())
            reach("F04")
            # Before the past is settled: which day it is decides what evidence can prove.
            if not await self._hear_clock(session):
                return None
            cleared = await self._settled(inputs, session, journal)
            if not cleared.inputs.accounts:
                return None
            reading = await self._read(cleared.inputs, session)
            if isinstance(reading, Reading):
                run = evolve(
                    self.run,
                    inputs=cleared.inputs,
                    declined=declined_trades(cleared.inputs, journal, self.clock.now()),
                )
                known = without_strangers(reading, journal)
                trading = self._trading(run, session, journal)
                await trading.rebalance(known)
                self._report_again(frozenset(trading.declared.amended), journal)
            _log_notices(session)
            lost = session.lost
        return reading if isinstance(reading, UnknownTargets) else lost

    def _report_again(self, amended: AmendedReports, journal: JournalPort) -> None:
        """Reports of earlier runs that say less than was heard in this one."""
        if amended:
            for line in write_missing(journal, self.run.reports, amended=amended):
                self.run.terminal.note(line)

    async def _settled(
        self, inputs: Inputs, session: TradingSession, journal: JournalPort
    ) -> Cleared:
        """The accounts that may go on, once what earlier runs and connections left is settled."""
        unknown = {r.account_id for r in self.finished if r.status is AccountStatus.UNKNOWN}
        wanted = {account.settings.account_id for account in inputs.accounts}
        cleared = await settle_past(
            _only(self.run.inputs, wanted | unknown),
            session=session,
            journal=journal,
            reports=self.run.reports,
            terminal=self.run.terminal,
            now=self.clock.now,
        )
        still = {report.account_id for report in cleared.stopped}
        self.finished[:] = [
            settled_report(report, journal, self.run.run_id)
            if report.account_id in unknown - still
            else report
            for report in self.finished
        ]
        done = {report.account_id for report in self.finished}
        self.finished.extend(each for each in cleared.stopped if each.account_id not in done)
        return evolve(cleared, inputs=_only(cleared.inputs, wanted))

    def _unfinished(self, inputs: Inputs) -> Inputs:
        done = {report.account_id for report in self.finished}
        return _only(inputs, {a.settings.account_id for a in inputs.accounts} - done)

    def _trading(self, run: Run, session: TradingSession, journal: JournalPort) -> Trading:
        reader, desk = self._reader(session.broker), session.order_desk()
        declared = Declared(
            desk=desk,
            journal=journal,
            now=self.clock.now,
            halt=self.halt,
            orders=declared_dead(run.inputs, journal, self.clock.now()),
        )
        return Trading(
            run=run,
            drawer=self._drawer(run, journal),
            records=self.records,
            reader=reader,
            desk=desk,
            placing=Placing(
                run=run,
                records=self.records,
                reader=reader,
                desk=desk,
                journal=journal,
                interrupts=self.interrupts,
                departures=Departures(),
                declared=declared,
            ),
            interrupts=self.interrupts,
            declared=declared,
            lost=lambda: session.lost is not None,
            finished=self.finished,
        )

    def _drawer(self, run: Run, journal: JournalPort) -> Drawer:
        if self.saved is None:
            return Planner(run=run)
        return Replayer(run=run, saved=self.saved, journal=journal)

    def _reader(self, broker: BrokerPort) -> Reader:
        settings = self.run.inputs.settings
        return Reader(
            broker=broker,
            market=MarketReader(
                broker=broker,
                pricing=settings.pricing,
                safety=settings.safety,
                for_trading=self.may_trade,
            ),
            pause_seconds=settings.pacing_sec,
            parallel=settings.parallel,
        )

    async def _hear_clock(self, session: ReadingSession) -> bool:
        """Whether the broker told its time; else every account has its report."""
        fault = await self.clock.ask(session.broker)
        if fault is not None:
            self._failed(fault)
        return fault is None

    async def _read(
        self, inputs: Inputs, session: ReadingSession
    ) -> Reading | UnknownTargets | None:
        """The reading, or None when it failed: then every account has its report."""
        ids = ", ".join(account.settings.account_id for account in inputs.accounts)
        self.run.terminal.note(f"Reading {ids} and the prices they need")
        reading = await self._reader(session.broker).read(inputs.accounts)
        if isinstance(reading, Stopped):
            self._failed(reading.error)
            return None
        if session.closed_gate:
            self.run.terminal.note(f"gateway: {console_text(session.closed_gate)}")
            LOG.warning("gateway: %s", session.closed_gate)
        reach("F05")
        return reading

    def _address(self) -> GatewayAddress:
        self.run.terminal.note(f"Connecting to {self._place()}")
        return address_of(self.run.inputs.settings)

    def _failed(self, fault: BrokerFault) -> None:
        """The fault is the report of every account that has none yet."""
        done = {report.account_id for report in self.finished}
        for account in self.run.inputs.accounts:
            if account.settings.account_id not in done:
                self.finished.append(failure(account.settings.account_id, fault))

    def _refused(self, why: str) -> None:
        self.finished.extend(refused_all(self.run.inputs, why))

    def _place(self) -> str:
        gateway = self.run.inputs.settings.gateway
        return f"{gateway.host}:{gateway.port} as client {gateway.client_id}"


def _only(inputs: Inputs, ids: set[AccountId]) -> Inputs:
    kept = tuple(account for account in inputs.accounts if account.settings.account_id in ids)
    return evolve(inputs, accounts=kept)


def address_of(settings: Settings) -> GatewayAddress:
    """Where these settings say the gateway is."""
    gateway = settings.gateway
    return GatewayAddress(host=gateway.host, port=gateway.port, client_id=gateway.client_id)


def _log_notices(session: ReadingSession) -> None:
    for notice in session.notices():
        LOG.info("gateway: %s", notice)
