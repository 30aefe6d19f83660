"""What must be in hand before anything may be sent: locks, journal, session, a settled past."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from attrs import evolve, frozen

from rebalancer_core.application.past_runs import past_runs
from rebalancer_core.application.reconciled import Reconciled, write_owed
from rebalancer_core.application.recovery_session import reconciliation_of
from rebalancer_core.application.types import AccountInputs, Inputs, Reading, Run, World
from rebalancer_core.messages.accounts import of_account
from rebalancer_core.messages.refusals import (
    RECOVERED,
    foreign_orders,
    refused_by_journal,
    revived_orders,
)
from rebalancer_core.messages.run import corrections_unchecked
from rebalancer_core.orders.events import OrderRef
from rebalancer_core.orders.tickets import OWN_PREFIX
from rebalancer_core.ports import JournalPort, TradingSession
from rebalancer_core.reconcile.journal_model import JournaledOrder, JournalFault, RunStarted
from rebalancer_core.reconcile.past_flows import invested_on
from rebalancer_core.reconcile.past_orders import declined_on, trades_of, trading_day, watched
from rebalancer_core.reporting.journal_record import recorded
from rebalancer_core.reporting.summary import (
    AccountReport,
    AccountStatus,
    error_of,
    notes_of,
    status_of,
)
from rebalancer_core.values.account import AccountSnapshot
from rebalancer_core.values.flow import EarlierInvestment
from rebalancer_core.values.instruments import AccountId, ConId
from rebalancer_core.values.plan import Side
from rebalancer_core.values.policy import OnOpenOrders, TradingMode
from rebalancer_core.values.results import Failed, unwrap_or_failed


@frozen(kw_only=True)
class Cleared:
    """The accounts that may go on, and the reports of those that may not."""

    inputs: Inputs
    stopped: tuple[AccountReport, ...] = ()


def refused_all(inputs: Inputs, why: str) -> tuple[AccountReport, ...]:
    """Every account refused for one reason."""
    return tuple(_refused(account.settings.account_id, why) for account in inputs.accounts)


def armed_for_live(run: Run) -> str | None:
    """The variable for tests that is set, and must not be where live accounts are traded."""
    hooks = run.world.test_hooks
    return hooks[0] if hooks and run.inputs.settings.safety.mode is TradingMode.LIVE else None


def unlocked(inputs: Inputs, refused: dict[AccountId, str]) -> Cleared:
    """The accounts whose lock is ours; the others are traded by another process."""
    return Cleared(
        inputs=_without(inputs, set(refused)),
        stopped=tuple(_refused(account_id, why) for account_id, why in refused.items()),
    )


async def settle_past(
    run: Run, inputs: Inputs, session: TradingSession, journal: JournalPort
) -> Cleared:
    """Settle what an earlier run left open; an account with an unknown order stays locked.

    Reports that a crash kept from being written are written now.
    """
    cancel_own = inputs.settings.safety.on_open_orders is OnOpenOrders.CANCEL_OWN
    world = run.world
    reconciliation = reconciliation_of(
        world,
        session,
        journal,
        client_id=inputs.settings.gateway.client_id,
        cancel_working=cancel_own,
    )
    ids = tuple(account.settings.account_id for account in inputs.accounts)
    found = await reconciliation.reconcile_all(ids, lambda each: _tell_reconciled(world, each))
    if isinstance(found, JournalFault):
        return Cleared(
            inputs=_without_all(inputs), stopped=refused_all(inputs, refused_by_journal(found))
        )
    for line in write_owed(journal, world.reports, found):
        world.people.note(line)
        world.log.info("%s", line)
    unknown = tuple(each for each in found if each.open_orders)
    left = _without(inputs, {each.account_id for each in unknown})
    stopped = tuple(
        AccountReport(
            account_id=each.account_id,
            status=AccountStatus.UNKNOWN,
            error="; ".join(each.open_orders),
        )
        for each in unknown
    )
    alarms = tuple(of_account(each.account_id, alarm) for each in found for alarm in each.alarms)
    if not alarms:
        return Cleared(inputs=left, stopped=stopped)
    alarmed = refused_all(left, revived_orders(alarms))
    return Cleared(inputs=_without_all(inputs), stopped=(*stopped, *alarmed))


def settled_report(report: AccountReport, journal: JournalPort, run_id: str) -> AccountReport:
    """The report of an account whose orders were unknown, once recovery has settled them all."""
    runs = unwrap_or_failed(journal.runs_named((run_id,)))
    if isinstance(runs, Failed):
        return report
    for account in (a for run in runs for a in run.accounts):
        if account.approval.account_id == report.account_id:
            record = recorded(account)
            record = evolve(record, faults=(RECOVERED, *record.faults))
            status = status_of(record)
            error, notes = error_of(record, status), notes_of(record, status)
            return evolve(report, record=record, status=status, error=error, notes=notes)
    return report


def _tell_reconciled(world: World, found: Reconciled) -> None:
    """Say and log what was found of one account."""
    lines = [*found.alarms, *found.lines, *found.open_orders]
    if found.unasked is not None:
        lines.append(corrections_unchecked(found.unasked))
    for line in lines:
        world.people.note(of_account(found.account_id, line))
        world.log.warning("%s: recovered: %s", found.account_id, line)


def declared_dead(
    inputs: Inputs, journal: JournalPort, now: datetime
) -> tuple[JournaledOrder, ...]:
    """The orders of these accounts that a person declared not received in the last days."""
    runs = past_runs(journal, now)
    if isinstance(runs, Failed):
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
    runs = past_runs(journal, now)
    if isinstance(runs, Failed):
        return {}
    return {
        account.settings.account_id: trades_of(
            declined_on(trading_day(now), runs, account.settings.account_id)
        )
        for account in inputs.accounts
    }


def investments(
    inputs: Inputs, journal: JournalPort, now: datetime
) -> Mapping[AccountId, EarlierInvestment]:
    """What was invested of each account this trading day already (R 4.11.3)."""
    runs = past_runs(journal, now)
    if isinstance(runs, Failed):
        return {}
    ids = (account.settings.account_id for account in inputs.accounts)
    found = ((each, invested_on(trading_day(now), runs, each)) for each in ids)
    return {account_id: first for account_id, first in found if first is not None}


def without_strangers(reading: Reading, journal: JournalPort) -> Reading:
    """The reading; an account with an order of ours that the journal lacks is refused in it."""
    refs = frozenset(
        OrderRef(order.order_ref)
        for entry in reading.accounts
        if isinstance(entry, AccountSnapshot)
        for order in entry.open_orders
        if order.order_ref.startswith(OWN_PREFIX)
    )
    known = unwrap_or_failed(journal.known(refs))
    if isinstance(known, Failed):
        why = refused_by_journal(known.error)
        return evolve(reading, accounts=tuple(_stopped(e, why) for e in reading.accounts))
    return evolve(
        reading,
        accounts=tuple(
            entry if isinstance(entry, AccountReport) else _if_known(entry, known)
            for entry in reading.accounts
        ),
    )


def _stopped(entry: AccountSnapshot | AccountReport, why: str) -> AccountReport:
    return entry if isinstance(entry, AccountReport) else _refused(entry.account_id, why)


def _if_known(
    snapshot: AccountSnapshot, known: frozenset[OrderRef]
) -> AccountSnapshot | AccountReport:
    odd = tuple(
        order.order_ref
        for order in snapshot.open_orders
        if order.order_ref.startswith(OWN_PREFIX) and order.order_ref not in known
    )
    if not odd:
        return snapshot
    return _refused(snapshot.account_id, foreign_orders(odd))


def run_started(run: Run) -> RunStarted:
    """The journal's first entry of a run."""
    settings = run.inputs.settings
    return RunStarted(
        run_id=run.run_id,
        started_at=run.started_at,
        app_version=run.world.program,
        settings_sha256=settings.sha256,
        client_id=settings.gateway.client_id,
        host=settings.gateway.host,
        port=settings.gateway.port,
    )


def only(inputs: Inputs, ids: set[AccountId]) -> Inputs:
    """The inputs of these accounts alone."""
    kept = tuple(account for account in inputs.accounts if account.settings.account_id in ids)
    return evolve(inputs, accounts=kept)


def _without(inputs: Inputs, ids: set[AccountId]) -> Inputs:
    left: tuple[AccountInputs, ...] = tuple(
        account for account in inputs.accounts if account.settings.account_id not in ids
    )
    return evolve(inputs, accounts=left)


def _without_all(inputs: Inputs) -> Inputs:
    return evolve(inputs, accounts=())


def _refused(account_id: AccountId, why: str) -> AccountReport:
    return AccountReport(account_id=account_id, status=AccountStatus.REFUSED, error=why)
