"""What recovery found of one account, and the reports that are owed once it is known."""

from __future__ import annotations

from attrs import frozen

from rebalancer_core.application.owed_reports import AmendedReports, write_missing
from rebalancer_core.messages import explain, of_order
from rebalancer_core.ports import JournalPort, ReportPort
from rebalancer_core.reconcile.journal_model import JournaledOrder
from rebalancer_core.values.faults import AccountFault, BrokerFault
from rebalancer_core.values.instruments import AccountId


@frozen(kw_only=True)
class Reconciled:
    """What recovery found of one account, as sentences; `open_orders` could not be settled.

    `settled` are the reports that say less than is known now, `amended` the reports
    that say something else. `unasked` is why finished orders could not be asked about. `alarms`
    are about orders that a person declared not received and that the broker has: nothing else may
    be sent before somebody has looked.
    """

    account_id: AccountId
    lines: tuple[str, ...] = ()
    open_orders: tuple[str, ...] = ()
    settled: AmendedReports = frozenset()
    amended: AmendedReports = frozenset()
    unasked: BrokerFault | None = None
    alarms: tuple[str, ...] = ()


def all_open(
    account_id: AccountId, orders: tuple[JournaledOrder, ...], fault: BrokerFault | AccountFault
) -> Reconciled:
    """Nothing could be settled, for this one reason."""
    return Reconciled(
        account_id=account_id,
        open_orders=tuple(of_order(order, explain(fault)) for order in orders),
    )


def write_owed(
    journal: JournalPort, reports: ReportPort, found: tuple[Reconciled, ...]
) -> tuple[str, ...]:
    """Write every report that is owed once these accounts are reconciled; a line for each."""
    return write_missing(
        journal,
        reports,
        settled=frozenset(report for each in found for report in each.settled),
        amended=frozenset(report for each in found for report in each.amended),
    )
