"""What must be in hand before anything may be sent: locks, journal, session, a settled past."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from attrs import evolve, frozen

from rebalancer_adapters.ib.session import TradingSession
from rebalancer_adapters.settings.settings import Settings
from rebalancer_cli.failpoints import VARIABLE
from rebalancer_cli.recovery.missing_reports import AmendedReports, write_missing
from rebalancer_cli.recovery.recovering import PAUSE_VARIABLE, Recovered, Recovery
from rebalancer_cli.screen.terminal import Terminal
from rebalancer_cli.stages import AccountInputs, Inputs, Reading
from rebalancer_core.messages import explain_journal
from rebalancer_core.orders.events import OrderRef
from rebalancer_core.orders.tickets import OWN_PREFIX
from rebalancer_core.ports import JournalPort, ReportPort
from rebalancer_core.reconcile.journal_model import JournaledOrder, JournalFault, RunStarted
from rebalancer_core.reconcile.journal_record import recorded
from rebalancer_core.reconcile.past_orders import declined_on, trades_of, trading_day, watched
from rebalancer_core.reporting.summary import AccountReport, AccountStatus, status_of
from rebalancer_core.values.account import AccountSnapshot
from rebalancer_core.values.instruments import AccountId, ConId
from rebalancer_core.values.plan import Side
from rebalancer_core.values.policy import OnOpenOrders, TradingMode

LOG = logging.getLogger(__name__)
DISTRIBUTION = "ibkr-etf-rebalancer"


@frozen(kw_only=True)
class Cleared:
    """The accounts that may go on, and the reports of those that may not."""

    inputs: Inputs
    stopped: tuple[AccountReport, ...] = ()


def journal_path(settings: Settings) -> Path:
    """Where the journal of these settings lies."""
    return settings.io.state_dir / "journal.sqlite"


def refused_all(inputs: Inputs, why: str) -> tuple[AccountReport, ...]:
    """Every account refused for one reason."""
    return tuple(_refused(account.settings.account_id, why) for account in inputs.accounts)


def armed_for_live(inputs: Inputs) -> str:
    """Why a run with a test's variable set must not trade; empty when there is none."""
    found = [name for name in (VARIABLE, PAUSE_VARIABLE) if os.environ.get(name)]
    if found and inputs.settings.safety.mode is TradingMode.LIVE:
        return f"refused: {found[0]} is set, which is for tests on paper only"
    return ""


def unlocked(inputs: Inputs, refused: dict[AccountId, str]) -> Cleared:
    """The accounts whose lock is ours; the others are traded by another process."""
    return Cleared(
        inputs=_without(inputs, set(refused)),
        stopped=tuple(_refused(account_id, why) for account_id, why in refused.items()),
    )


async def settle_past(
    inputs: Inputs,
    *,
    session: TradingSession,
    journal: JournalPort,
    reports: ReportPort,
    terminal: Terminal,
    now: Callable[[], datetime],
) -> Cleared:
    """Recover what an earlier run left open; an account with an unknown order stays locked.

    Reports that a crash kept from being written are written now.
    """
    runs = journal.runs()
    if isinstance(runs, JournalFault):
        return Cleared(inputs=_without_all(inputs), stopped=refused_all(inputs, _told(runs)))
    cancel_own = inputs.settings.safety.on_open_orders is OnOpenOrders.CANCEL_OWN
    recovery = Recovery(
        broker=session.broker,
        desk=session.order_desk(),
        journal=journal,
        client_id=inputs.settings.gateway.client_id,
        now=now,
        cancel_working=cancel_own,
    )
    stopped: list[AccountReport] = []
    alarms: list[str] = []
    settled: AmendedReports = frozenset()
    amended: AmendedReports = frozenset()
    for account in inputs.accounts:
        recovered = await recovery.recover(account.settings.account_id, runs)
        tell_recovered(recovered, terminal)
        settled |= recovered.settled
        amended |= recovered.amended
        alarms += [f"{recovered.account_id}: {alarm}" for alarm in recovered.alarms]
        if recovered.open_orders:
            stopped.append(
                AccountReport(
                    account_id=recovered.account_id,
                    status=AccountStatus.UNKNOWN,
                    error="; ".join(recovered.open_orders),
                )
            )
    for line in write_missing(journal, reports, settled, amended):
        terminal.note(line)
        LOG.info("%s", line)
    left = _without(inputs, {report.account_id for report in stopped})
    if alarms:
        stopped.extend(
            refused_all(left, f"refused: {'; '.join(alarms)}; check the account at IBKR")
        )
        left = _without_all(inputs)
    return Cleared(inputs=left, stopped=tuple(stopped))


def settled_report(report: AccountReport, journal: JournalPort, run_id: str) -> AccountReport:
    """The report of an account whose orders were unknown, once recovery has settled them all."""
    runs = journal.runs()
    if isinstance(runs, JournalFault):
        return report
    for account in (a for run in runs if run.started.run_id == run_id for a in run.accounts):
        if account.approval.account_id == report.account_id:
            record = recorded(account)
            why = "the connection was lost; the outcome was recovered over a new one"
            return evolve(report, record=record, status=status_of(record), error=why)
    return report


def tell_recovered(recovered: Recovered, terminal: Terminal) -> None:
    """Say and log what recovery found."""
    unasked = (recovered.unasked,) if recovered.unasked else ()
    for line in (*recovered.alarms, *recovered.lines, *recovered.open_orders, *unasked):
        terminal.note(f"{recovered.account_id}: {line}")
        LOG.warning("%s: recovered: %s", recovered.account_id, line)


def declared_dead(
    inputs: Inputs, journal: JournalPort, now: datetime
) -> tuple[JournaledOrder, ...]:
    """The orders of these accounts that a person declared not received in the last days."""
    runs = journal.runs()
    if isinstance(runs, JournalFault):
        return ()
    return tuple(
        order
        for account in inputs.accounts
        for order in watched(runs, account.settings.account_id, now)
    )


def declined_trades(
    inputs: Inputs, journal: JournalPort, now: datetime
) -> Mapping[AccountId, frozenset[tuple[ConId, Side]]]:
    """Contracts and sides, by account, that a dialog of the gateway declined this trading day."""
    runs = journal.runs()
    if isinstance(runs, JournalFault):
        return {}
    return {
        account.settings.account_id: trades_of(
            declined_on(trading_day(now), runs, account.settings.account_id)
        )
        for account in inputs.accounts
    }


def without_strangers(reading: Reading, journal: JournalPort) -> Reading:
    """The reading; an account with an order of ours that the journal lacks is refused in it."""
    runs = journal.runs()
    if isinstance(runs, JournalFault):
        why = _told(runs)
        return evolve(reading, accounts=tuple(_stopped(e, why) for e in reading.accounts))
    known = {
        order.order_ref for run in runs for account in run.accounts for order in account.orders
    }
    return evolve(
        reading,
        accounts=tuple(
            entry if isinstance(entry, AccountReport) else _if_known(entry, known)
            for entry in reading.accounts
        ),
    )


def _stopped(entry: AccountSnapshot | AccountReport, why: str) -> AccountReport:
    return entry if isinstance(entry, AccountReport) else _refused(entry.account_id, why)


def _if_known(snapshot: AccountSnapshot, known: set[OrderRef]) -> AccountSnapshot | AccountReport:
    odd = tuple(
        order.order_ref
        for order in snapshot.open_orders
        if order.order_ref.startswith(OWN_PREFIX) and order.order_ref not in known
    )
    if not odd:
        return snapshot
    why = (
        f"refused: open orders of this program that this journal does not know: {', '.join(odd)}"
        " -> another machine trades this account, or the journal was removed"
    )
    return _refused(snapshot.account_id, why)


def run_started(settings: Settings, run_id: str, started_at: datetime) -> RunStarted:
    """The journal's first entry of a run."""
    return RunStarted(
        run_id=run_id,
        started_at=started_at,
        app_version=version(DISTRIBUTION),
        settings_sha256=settings.sha256,
        client_id=settings.gateway.client_id,
        host=settings.gateway.host,
        port=settings.gateway.port,
    )


def _without(inputs: Inputs, ids: set[AccountId]) -> Inputs:
    left: tuple[AccountInputs, ...] = tuple(
        account for account in inputs.accounts if account.settings.account_id not in ids
    )
    return evolve(inputs, accounts=left)


def _without_all(inputs: Inputs) -> Inputs:
    return evolve(inputs, accounts=())


def _refused(account_id: AccountId, why: str) -> AccountReport:
    return AccountReport(account_id=account_id, status=AccountStatus.REFUSED, error=why)


def _told(fault: JournalFault) -> str:
    return f"refused: {explain_journal(fault)}"
