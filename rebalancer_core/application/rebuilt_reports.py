"""The records of a run again, from the journal, with what the broker tells of it by now."""

from __future__ import annotations

from functools import partial

from attrs import frozen

from rebalancer_core.application.journaling import Amended
from rebalancer_core.application.owed_reports import write_one
from rebalancer_core.application.reconcile import Reconciliation
from rebalancer_core.application.recovery_session import reconnected
from rebalancer_core.application.types import World
from rebalancer_core.messages.accounts import of_account
from rebalancer_core.messages.run import not_refreshed
from rebalancer_core.orders.record import ExecutionRecord
from rebalancer_core.ports import JournalPort, ReportPort, SessionPort
from rebalancer_core.reconcile.journal_model import JournaledRun
from rebalancer_core.reporting.journal_record import recorded
from rebalancer_core.reporting.journal_view import journaled_facts, journaled_report
from rebalancer_core.values.faults import ReportFault
from rebalancer_core.values.results import Failed, unwrap_or_failed


@frozen(kw_only=True)
class RebuiltReport:
    """One account's record, and sentences about its report; none where none could be written."""

    record: ExecutionRecord
    written: tuple[str, ...] = ()


@frozen(kw_only=True)
class Rebuilt:
    """The reports of a run, written anew; `page` is a path, or why there is no page."""

    accounts: tuple[RebuiltReport, ...]
    page: str | ReportFault


async def refresh_run(
    world: World, sessions: SessionPort, journal: JournalPort, run: JournaledRun, *, client_id: int
) -> tuple[str, ...]:
    """Take in executions and commissions that the broker still tells; sentences about that.

    Trouble is only told: the records can be made without.
    """
    answer = await reconnected(
        world, sessions, journal, partial(_refreshed, run=run), client_id=client_id
    )
    return (not_refreshed(answer.error),) if isinstance(answer, Failed) else answer


def rebuild_run(journal: JournalPort, reports: ReportPort, run: JournaledRun) -> Rebuilt:
    """Write the post-trade reports and the page of a run beside those that there are."""
    writable = unwrap_or_failed(reports.check_writable())
    if isinstance(writable, Failed):
        records = (RebuiltReport(record=recorded(account)) for account in run.accounts)
        return Rebuilt(accounts=tuple(records), page=writable.error)
    accounts = tuple(
        RebuiltReport(record=recorded(each), written=write_one(journal, reports, run, each))
        for each in run.accounts
    )
    written = unwrap_or_failed(
        reports.write_page(journaled_facts(run), tuple(map(journaled_report, run.accounts)))
    )
    return Rebuilt(
        accounts=accounts, page=written.error if isinstance(written, Failed) else written
    )


async def _refreshed(reconciliation: Reconciliation, run: JournaledRun) -> tuple[str, ...]:
    lines: list[str] = []
    for account in run.accounts:
        account_id = account.approval.account_id
        amended = await reconciliation.refresh(account_id, account.orders)
        if not isinstance(amended, Amended):
            return (*lines, not_refreshed(amended))
        lines.extend(of_account(account_id, line) for line in (*amended.lines, *amended.faults))
    return tuple(lines)
