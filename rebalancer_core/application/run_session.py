"""What a run hears and reads over one session, whether it may trade or not."""

from __future__ import annotations

from attrs import frozen

from rebalancer_core.application.read import reader_of
from rebalancer_core.application.run_reports import RunReports
from rebalancer_core.application.session_clock import hear_clock
from rebalancer_core.application.types import Inputs, Reading, Run, UnknownTargets
from rebalancer_core.messages.run import from_gateway, reading
from rebalancer_core.ports import ReadingSession
from rebalancer_core.values.results import Failed


@frozen(kw_only=True)
class RunSession:
    """One session of a run; where it cannot go on every account gets its report."""

    run: Run
    session: ReadingSession
    reports: RunReports

    async def hear_clock(self) -> bool:
        """Whether the broker told its time; else every account has its report."""
        fault = await hear_clock(self.run.world.clock, self.session.broker)
        if fault is not None:
            self.reports.failed(fault)
        return fault is None

    async def read(self, inputs: Inputs) -> Reading | UnknownTargets | None:
        """Accounts and prices; None when there is none, and every account has its report."""
        world = self.run.world
        ids = tuple(account.settings.account_id for account in inputs.accounts)
        world.people.doing(reading(ids))
        found = await reader_of(self.run, self.session.broker).read(inputs.accounts)
        if isinstance(found, Failed):
            self.reports.failed(found.error)
            return None
        gate = self.session.closed_gate
        if gate:
            world.people.note(from_gateway(gate))
            world.log.warning("gateway: %s", gate)
        world.reach("F05")
        if isinstance(found, UnknownTargets) and self._others(found):
            self.reports.add(found.failed)
            return None
        return found

    def _others(self, unknown: UnknownTargets) -> bool:
        """Whether only accounts with a file of their own failed, and the run has others."""
        failed = {report.account_id for report in unknown.failed}
        every = {account.settings.account_id for account in self.run.inputs.accounts}
        return bool(failed) and bool(every - failed)

    def log_notices(self) -> None:
        """What the gateway said to nobody in particular."""
        for notice in self.session.notices():
            self.run.world.log.info("gateway: %s", notice)
