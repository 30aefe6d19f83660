"""Reports that a crash kept from being written are made from the journal, which forgets nothing."""

from __future__ import annotations

from collections.abc import Iterator

from rebalancer_core.messages import explain_fault, explain_journal
from rebalancer_core.messages.run import report_written
from rebalancer_core.ports import JournalPort, ReportPort
from rebalancer_core.reconcile.journal_model import JournaledAccount, JournaledRun
from rebalancer_core.reporting.journal_record import recorded
from rebalancer_core.reporting.post_trade import post_trade_table
from rebalancer_core.values.instruments import AccountId
from rebalancer_core.values.results import Failed, unwrap_or_failed

AmendedReports = frozenset[tuple[str, AccountId]]


def write_missing(
    journal: JournalPort,
    reports: ReportPort,
    settled: AmendedReports = frozenset(),
    amended: AmendedReports = frozenset(),
) -> tuple[str, ...]:
    """Write each owed post-trade report whose orders are all settled; what was done, as lines.

    A report written before its run was settled (`settled`) is owed again; one of a run and
    account that the broker's executions have `amended` is owed at once, settled or not.
    """
    summaries = unwrap_or_failed(journal.summaries())
    if isinstance(summaries, Failed):
        return (explain_journal(summaries.error),)
    named = {run_id for run_id, _ in settled | amended}
    owing = tuple(
        run.run_id
        for run in summaries
        if run.run_id in named or any(account.is_report_owed for account in run.accounts)
    )
    runs = unwrap_or_failed(journal.runs_named(owing))
    if isinstance(runs, Failed):
        return (explain_journal(runs.error),)
    return tuple(
        line
        for run, account in _owed(runs, settled, amended)
        for line in write_one(journal, reports, run, account)
    )


def write_one(
    journal: JournalPort, reports: ReportPort, run: JournaledRun, account: JournaledAccount
) -> tuple[str, ...]:
    """Write one account's post-trade report from the journal, and note that it is written."""
    account_id, run_id = account.approval.account_id, run.started.run_id
    table = post_trade_table(recorded(account), None, run.started.started_at)
    path = unwrap_or_failed(reports.write_post_trade(account_id, table))
    if isinstance(path, Failed):
        return (explain_fault(path.error),)
    noted = unwrap_or_failed(journal.reported(run_id, account_id))
    told = (explain_journal(noted.error),) if isinstance(noted, Failed) else ()
    return (report_written(account_id, run_id, path), *told)


def _owed(
    runs: tuple[JournaledRun, ...], settled: AmendedReports, amended: AmendedReports
) -> Iterator[tuple[JournaledRun, JournaledAccount]]:
    for run in runs:
        for account in run.accounts:
            report = (run.started.run_id, account.approval.account_id)
            is_outdated = not account.is_reported or report in settled
            is_settled = account.orders and all(order.is_finished for order in account.orders)
            if report in amended or (is_settled and is_outdated):
                yield run, account
