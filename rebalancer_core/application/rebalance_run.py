"""One run against the gateway: locks, journal, then one session after another while they last."""

from __future__ import annotations

from attrs import define, field

from rebalancer_core.application.draft import FreshPlan
from rebalancer_core.application.preconditions import armed_for_live, unlocked
from rebalancer_core.application.previews import drafts, preview_asked
from rebalancer_core.application.run_output import RunOutput
from rebalancer_core.application.run_reports import RunReports
from rebalancer_core.application.run_session import RunSession
from rebalancer_core.application.run_trading import RunTrading
from rebalancer_core.application.types import Draft, Inputs, Reading, Run, UnknownTargets
from rebalancer_core.follow.reasons import WhyRunHalted
from rebalancer_core.messages.refusals import armed_for_tests, refused_by_journal
from rebalancer_core.messages.run import connecting_again, connecting_to
from rebalancer_core.ports import (
    JournalPort,
    ReadingSession,
    SessionPort,
    TradingSession,
    WhatIfPort,
)
from rebalancer_core.reconcile.saved_plan import SavedPlan
from rebalancer_core.reporting.summary import AccountReport
from rebalancer_core.values.faults import LinkLost
from rebalancer_core.values.results import Failed, unwrap_or_failed
from rebalancer_core.values.work import Work

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
    halted: WhyRunHalted | None = None
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
        self._tell_place(self.sessions.reading_place)
        async with self.sessions.reading() as opened:
            session = unwrap_or_failed(opened)
            if isinstance(session, Failed):
                self.reports.failed(session.error)
                return None
            self.run.world.log.info("connected to %s, to read", self.sessions.reading_place)
            over = self._over(session)
            try:
                if not await over.hear_clock():
                    return None
                reading = await over.read(self.run.inputs)
                if isinstance(reading, Reading):
                    await self._show(reading, session.what_ifs())
            finally:
                over.log_notices()
        return reading if isinstance(reading, UnknownTargets) else None

    async def _show(self, reading: Reading, desk: WhatIfPort) -> None:
        """Every account in turn: what the broker says of its orders, and its preview."""
        plans = FreshPlan(run=self.run)
        for entry in drafts(self.run, plans, reading):
            report, draft = await preview_asked(self.output, plans, desk, entry)
            self.reports.add((report,))
            if draft is not None:
                self.previewed.append(draft)

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
            self.run.world.log.warning("%s", connecting_again(ended, ids))
            self.run.world.people.note(connecting_again(ended, ids))
        return None

    async def _trade_connected(
        self, inputs: Inputs, journal: JournalPort
    ) -> UnknownTargets | LinkLost | None:
        """Over one connection, as far as it lasts; what an earlier one left is settled first."""
        self._tell_place(self.sessions.place)
        async with self.sessions.trading() as opened:
            session = unwrap_or_failed(opened)
            if isinstance(session, Failed):
                self.reports.failed(session.error)
                return None
            self.run.world.log.info("connected to %s, to trade", self.sessions.place)
            self.run.world.reach("F04")
            over = self._over(session)
            try:
                # Before the past is settled: which day it is decides what evidence can prove.
                if not await over.hear_clock():
                    return None
                trading = self._trading_over(session, journal)
                cleared = await trading.settled(inputs)
                if not cleared.inputs.accounts:
                    return None
                reading = await over.read(cleared.inputs)
                if isinstance(reading, Reading):
                    shown = await trading.rebalance(cleared.inputs, reading)
                    self.halted = shown.halted
            finally:
                over.log_notices()
            lost = session.lost
        return reading if isinstance(reading, UnknownTargets) else lost

    def _over(self, session: ReadingSession) -> RunSession:
        return RunSession(run=self.run, session=session, reports=self.reports)

    def _trading_over(self, session: TradingSession, journal: JournalPort) -> RunTrading:
        return RunTrading(
            run=self.run,
            session=session,
            journal=journal,
            output=self.output,
            reports=self.reports,
            saved=self.saved,
            halted=self.halted,
        )

    def _tell_place(self, place: str) -> None:
        self.run.world.log.info("%s", connecting_to(place))
        self.run.world.people.doing(connecting_to(place))
        self.run.world.people.stage(Work.CONNECTING, 0, 1)
