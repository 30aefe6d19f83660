"""One run against the gateway: locks, journal, session, the past settled, then every account."""

from __future__ import annotations

from attrs import define, evolve, field

from rebalancer_core.application.draft import FreshPlan, PlanSource
from rebalancer_core.application.execute_account import ExecuteAccounts
from rebalancer_core.application.owed_reports import write_missing
from rebalancer_core.application.preconditions import (
    Cleared,
    armed_for_live,
    declared_dead,
    declined_trades,
    only,
    settle_past,
    settled_report,
    unlocked,
    without_strangers,
)
from rebalancer_core.application.previews import drafts, preview_all
from rebalancer_core.application.read import reader_of
from rebalancer_core.application.rebalance import RebalanceAccounts
from rebalancer_core.application.run_output import RunOutput
from rebalancer_core.application.run_reports import RunReports
from rebalancer_core.application.saved_plan import SavedPlanSource
from rebalancer_core.application.session_clock import hear_clock
from rebalancer_core.application.trading_connection import TradingConnection, watched_orders
from rebalancer_core.application.types import Draft, Inputs, Reading, Run, UnknownTargets
from rebalancer_core.follow.connection import Connection
from rebalancer_core.messages.refusals import armed_for_tests, refused_by_journal
from rebalancer_core.messages.run import connecting_again, connecting_to, from_gateway, reading
from rebalancer_core.ports import (
    JournalPort,
    ReadingSession,
    SessionPort,
    TradingSession,
)
from rebalancer_core.reconcile.saved_plan import SavedPlan
from rebalancer_core.reporting.summary import AccountReport
from rebalancer_core.values.faults import LinkLost
from rebalancer_core.values.results import Failed, unwrap_or_failed

_CONNECTIONS_AT_MOST = 4


@define(kw_only=True)
class RebalanceRun:
    """One run against the gateway. `reports` grow by one for each account that is done.

    Where the run may not trade no order desk is ever made; then `previewed` is what was shown.
    `saved` is the plan file to be sent in place of plans made now.
    """

    run: Run
    sessions: SessionPort
    output: RunOutput
    saved: SavedPlan | None = None
    halted: str = ""
    reports: RunReports = field(init=False)
    previewed: list[Draft] = field(factory=list)

    @reports.default
    def _no_reports_yet(self) -> RunReports:
        return RunReports(run=self.run)

    def complete(self) -> tuple[AccountReport, ...]:
        """One report an account, in the order of the file."""
        return self.reports.complete(self.output.bugs)

    async def all_accounts(self) -> UnknownTargets | None:
        """As far as this run may go; the targets that are unknown, where there are any."""
        return await (self._trade() if self.run.may_trade else self._preview())

    async def _preview(self) -> UnknownTargets | None:
        """Every account as far as its preview, over a session that cannot send an order."""
        self._tell_place()
        async with self.sessions.reading() as opened:
            session = unwrap_or_failed(opened)
            if isinstance(session, Failed):
                self.reports.failed(session.error)
                return None
            self.run.world.log.info("connected to %s, to read", self.sessions.place)
            if not await self._hear_clock(session):
                return None
            reading = await self._read(self.run.inputs, session)
            if isinstance(reading, Reading):
                entries = drafts(self.run, FreshPlan(run=self.run), reading)
                self.reports.add(preview_all(self.output, entries))
                self.previewed.extend(entry for entry in entries if isinstance(entry, Draft))
            self._log_notices(session)
        return reading if isinstance(reading, UnknownTargets) else None

    async def _trade(self) -> UnknownTargets | None:
        """Locks, then the journal, then the session: nothing is sent without all three."""
        inputs, reach = self.run.inputs, self.run.world.reach
        armed = armed_for_live(self.run)
        if armed is not None:
            self.reports.refused(armed_for_tests(armed))
            return None
        ids = tuple(account.settings.account_id for account in inputs.accounts)
        with self.sessions.locked(ids) as locks:
            reach("F02")
            cleared = unlocked(inputs, {each.account_id: each.why for each in locks.refused})
            self.reports.add(cleared.stopped)
            if not cleared.inputs.accounts:
                return None
            with self.sessions.journal() as opened:
                reach("F03")
                journal = unwrap_or_failed(opened)
                if isinstance(journal, Failed):
                    self.reports.refused(refused_by_journal(journal.error))
                    return None
                return await self._trade_with(cleared.inputs, journal)

    async def _trade_with(self, inputs: Inputs, journal: JournalPort) -> UnknownTargets | None:
        """A lost connection is opened again for the accounts that follow the one that traded."""
        for connection in range(1, _CONNECTIONS_AT_MOST + 1):
            before = len(self.reports.finished)
            ended = await self._trade_connected(inputs, journal)
            inputs = self.reports.unfinished(inputs)
            if not isinstance(ended, LinkLost):
                return ended
            if not inputs.accounts or self.run.world.stop.requested:
                return None
            if len(self.reports.finished) == before or connection == _CONNECTIONS_AT_MOST:
                self.reports.failed(ended)
                return None
            ids = tuple(account.settings.account_id for account in inputs.accounts)
            self.run.world.people.note(connecting_again(ended, ids))
        return None

    async def _trade_connected(
        self, inputs: Inputs, journal: JournalPort
    ) -> UnknownTargets | LinkLost | None:
        """Over one connection, as far as it lasts; what an earlier one left is settled first."""
        self._tell_place()
        async with self.sessions.trading() as opened:
            session = unwrap_or_failed(opened)
            if isinstance(session, Failed):
                self.reports.failed(session.error)
                return None
            self.run.world.log.info("connected to %s, to trade", self.sessions.place)
            self.run.world.reach("F04")
            # Before the past is settled: which day it is decides what evidence can prove.
            if not await self._hear_clock(session):
                return None
            cleared = await self._settled(inputs, session, journal)
            if not cleared.inputs.accounts:
                return None
            reading = await self._read(cleared.inputs, session)
            if isinstance(reading, Reading):
                await self._rebalance(cleared.inputs, reading, session, journal)
            self._log_notices(session)
            lost = session.lost
        return reading if isinstance(reading, UnknownTargets) else lost

    async def _rebalance(
        self, inputs: Inputs, reading: Reading, session: TradingSession, journal: JournalPort
    ) -> None:
        now = self.run.world.clock.now()
        run = evolve(self.run, inputs=inputs, declined=declined_trades(inputs, journal, now))
        rebalancing = self._accounts(run, session, journal)
        await rebalancing.rebalance(without_strangers(reading, journal))
        shown = rebalancing.connection.shown
        self.halted = shown.halted
        if shown.amended:  # Reports of earlier runs say less than was heard in this one.
            for line in write_missing(journal, self.run.world.reports, amended=shown.amended):
                self.run.world.people.note(line)

    async def _settled(
        self, inputs: Inputs, session: TradingSession, journal: JournalPort
    ) -> Cleared:
        """The accounts that may go on, once what earlier runs and connections left is settled."""
        unknown, finished = self.reports.unknown, self.reports.finished
        wanted = {account.settings.account_id for account in inputs.accounts}
        cleared = await settle_past(
            self.run, only(self.run.inputs, wanted | unknown), session, journal
        )
        still = {report.account_id for report in cleared.stopped}
        finished[:] = [
            settled_report(report, journal, self.run.run_id)
            if report.account_id in unknown - still
            else report
            for report in finished
        ]
        self.reports.add(cleared.stopped)
        return evolve(cleared, inputs=only(cleared.inputs, wanted))

    def _accounts(
        self, run: Run, session: TradingSession, journal: JournalPort
    ) -> RebalanceAccounts:
        reader, desk = reader_of(self.run, session.broker), session.order_desk()
        dead = declared_dead(run.inputs, journal, run.world.clock.now())
        connection = TradingConnection(
            desk=desk,
            journal=journal,
            clock=run.world.clock,
            log=run.world.log,
            tell=run.world.people.note,
            shown=Connection(watched=watched_orders(dead), halted=self.halted),
        )
        return RebalanceAccounts(
            run=run,
            plans=self._plans(run, journal),
            output=self.output,
            reader=reader,
            desk=desk,
            executing=ExecuteAccounts(
                run=run,
                output=self.output,
                reader=reader,
                journal=journal,
                connection=connection,
            ),
            connection=connection,
            lost=lambda: session.lost is not None,
            finished=self.reports.finished,
        )

    def _plans(self, run: Run, journal: JournalPort) -> PlanSource:
        if self.saved is None:
            return FreshPlan(run=run)
        return SavedPlanSource(run=run, saved=self.saved, journal=journal)

    async def _hear_clock(self, session: ReadingSession) -> bool:
        """Whether the broker told its time; else every account has its report."""
        fault = await hear_clock(self.run.world.clock, session.broker)
        if fault is not None:
            self.reports.failed(fault)
        return fault is None

    async def _read(
        self, inputs: Inputs, session: ReadingSession
    ) -> Reading | UnknownTargets | None:
        """Accounts and prices; None when there is none, and every account has its report."""
        ids = tuple(account.settings.account_id for account in inputs.accounts)
        self.run.world.people.note(reading(ids))
        found = await reader_of(self.run, session.broker).read(inputs.accounts)
        if isinstance(found, Failed):
            self.reports.failed(found.error)
            return None
        if session.closed_gate:
            self.run.world.people.note(from_gateway(session.closed_gate))
            self.run.world.log.warning("gateway: %s", session.closed_gate)
        self.run.world.reach("F05")
        return found

    def _tell_place(self) -> None:
        self.run.world.people.note(connecting_to(self.sessions.place))

    def _log_notices(self, session: ReadingSession) -> None:
        for notice in session.notices():
            self.run.world.log.info("gateway: %s", notice)
