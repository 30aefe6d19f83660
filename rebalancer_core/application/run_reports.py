"""How the accounts of a run have ended so far: one report each, whatever came between."""

from __future__ import annotations

from attrs import define, field

from rebalancer_core.application.preconditions import only, refused_all
from rebalancer_core.application.types import Inputs, Run
from rebalancer_core.application.unfit_accounts import with_unfit
from rebalancer_core.messages import explain
from rebalancer_core.messages.refusals import NOT_REACHED, not_traded
from rebalancer_core.reporting.failures import failure
from rebalancer_core.reporting.summary import AccountReport, AccountStatus
from rebalancer_core.values.faults import BrokerFault
from rebalancer_core.values.instruments import AccountId


@define(kw_only=True)
class RunReports:
    """Mutable: `finished` grows by a report for each account that is done."""

    run: Run
    finished: list[AccountReport] = field(factory=list)

    @property
    def unknown(self) -> set[AccountId]:
        """The accounts that have an order whose outcome is unknown."""
        return {r.account_id for r in self.finished if r.status is AccountStatus.UNKNOWN}

    def add(self, reports: tuple[AccountReport, ...]) -> None:
        """Reports of accounts that are done; one that has its report keeps it."""
        done = self._done()
        self.finished.extend(each for each in reports if each.account_id not in done)

    def failed(self, fault: BrokerFault) -> None:
        """The fault is the report of every account that has none yet."""
        self.run.world.log.error("%s", explain(fault))
        ids = (account.settings.account_id for account in self.run.inputs.accounts)
        self.add(tuple(failure(account_id, fault) for account_id in ids))

    def refused(self, why: str) -> None:
        """Every account that has no report yet is refused for this reason."""
        self.run.world.log.error("%s", why)
        self.add(refused_all(self.run.inputs, why))

    def unfinished(self, inputs: Inputs) -> Inputs:
        """The inputs of the accounts that have no report yet."""
        return only(inputs, {a.settings.account_id for a in inputs.accounts} - self._done())

    def complete(self, bugs: list[str]) -> tuple[AccountReport, ...]:
        """One report an account, in the order of the file; those not reached say why."""
        of = {report.account_id: report for report in self.finished}
        ids = (account.settings.account_id for account in self.run.inputs.accounts)
        return with_unfit(
            self.run.inputs, tuple(of.get(each) or _not_reached(each, bugs) for each in ids)
        )

    def _done(self) -> set[AccountId]:
        return {report.account_id for report in self.finished}


def _not_reached(account_id: AccountId, bugs: list[str]) -> AccountReport:
    if bugs:
        why = not_traded(tuple(bugs))
        return AccountReport(account_id=account_id, status=AccountStatus.FAILED, error=why)
    return AccountReport(account_id=account_id, status=AccountStatus.INTERRUPTED, error=NOT_REACHED)
