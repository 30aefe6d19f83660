"""One session that may trade: what is open is settled, then every account is rebalanced."""

from __future__ import annotations

from attrs import evolve, frozen

from rebalancer_core.application.draft import FreshPlan, PlanSource
from rebalancer_core.application.execute_account import ExecuteAccounts
from rebalancer_core.application.owed_reports import write_missing
from rebalancer_core.application.preconditions import (
    Cleared,
    declared_dead,
    declined_trades,
    investments,
    only,
    settle_past,
    settled_report,
    without_strangers,
)
from rebalancer_core.application.read import reader_of
from rebalancer_core.application.rebalance import RebalanceAccounts
from rebalancer_core.application.run_output import RunOutput
from rebalancer_core.application.run_reports import RunReports
from rebalancer_core.application.saved_plan import SavedPlanSource
from rebalancer_core.application.trading_connection import TradingConnection, watched_orders
from rebalancer_core.application.types import Inputs, Reading, Run
from rebalancer_core.follow.connection import Connection
from rebalancer_core.follow.reasons import WhyRunHalted
from rebalancer_core.ports import JournalPort, TradingSession
from rebalancer_core.reconcile.saved_plan import SavedPlan


@frozen(kw_only=True)
class RunTrading:
    """Trades the accounts of a run over one session, as far as that lasts.

    `halted` says why an earlier session of the run was halted; None where it was not.
    """

    run: Run
    session: TradingSession
    journal: JournalPort
    output: RunOutput
    reports: RunReports
    saved: SavedPlan | None
    halted: WhyRunHalted | None

    async def settled(self, inputs: Inputs) -> Cleared:
        """The accounts that may go on, once what earlier runs and connections left is settled."""
        unknown, finished = self.reports.unknown, self.reports.finished
        wanted = {account.settings.account_id for account in inputs.accounts}
        cleared = await settle_past(
            self.run, only(self.run.inputs, wanted | unknown), self.session, self.journal
        )
        still = {report.account_id for report in cleared.stopped}
        finished[:] = [
            settled_report(report, self.journal, self.run.run_id)
            if report.account_id in unknown - still
            else report
            for report in finished
        ]
        self.reports.add(cleared.stopped)
        return evolve(cleared, inputs=only(cleared.inputs, wanted))

    async def rebalance(self, inputs: Inputs, reading: Reading) -> Connection:
        """Every account; comes back with what the connection has shown in the end."""
        now = self.run.world.clock.now()
        declined = declined_trades(inputs, self.journal, now)
        invested = investments(inputs, self.journal, now)
        run = evolve(self.run, inputs=inputs, declined=declined, invested=invested)
        rebalancing = self._accounts(run)
        await rebalancing.rebalance(without_strangers(reading, self.journal))
        shown = rebalancing.connection.shown
        if shown.amended:  # Reports of earlier runs say less than was heard in this one.
            reports = self.run.world.reports
            for line in write_missing(self.journal, reports, amended=shown.amended):
                self.run.world.people.note(line)
        return shown

    def _accounts(self, run: Run) -> RebalanceAccounts:
        reader, desk = reader_of(self.run, self.session.broker), self.session.order_desk()
        dead = declared_dead(run.inputs, self.journal, run.world.clock.now())
        connection = TradingConnection(
            desk=desk,
            journal=self.journal,
            clock=run.world.clock,
            log=run.world.log,
            tell=run.world.people.note,
            doing=run.world.people.doing,
            shown=Connection(watched=watched_orders(dead), halted=self.halted),
        )
        return RebalanceAccounts(
            run=run,
            plans=self._plans(run),
            output=self.output,
            reader=reader,
            desk=desk,
            executing=ExecuteAccounts(
                run=run,
                output=self.output,
                reader=reader,
                journal=self.journal,
                connection=connection,
            ),
            connection=connection,
            lost=lambda: self.session.lost is not None,
            finished=self.reports.finished,
        )

    def _plans(self, run: Run) -> PlanSource:
        if self.saved is None:
            return FreshPlan(run=run)
        return SavedPlanSource(run=run, saved=self.saved, journal=self.journal)
