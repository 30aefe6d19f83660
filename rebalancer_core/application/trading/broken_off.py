"""A bug while orders may be out: the record is made of what is known, and nothing more is sent."""

from __future__ import annotations

from attrs import frozen

from rebalancer_core.application.trading.execution import execute
from rebalancer_core.application.trading.fitting import Fitting
from rebalancer_core.application.trading.pursuit import Pursuit
from rebalancer_core.orders.record import ExecutionRecord
from rebalancer_core.orders.tickets import OrderTicket
from rebalancer_core.ports import LogPort


@frozen(kw_only=True)
class Executed:
    """The record of one account; `bug` is a sentence where a bug ended its execution."""

    record: ExecutionRecord
    bug: str = ""


async def executed(
    pursuit: Pursuit, tickets: tuple[OrderTicket, ...], fitting: Fitting, log: LogPort
) -> Executed:
    """Send `tickets` and follow them to the end; the record comes back whatever is raised.

    A cancelled task and Ctrl+C go through: they are no bugs.
    """
    try:
        return Executed(record=await execute(pursuit, tickets, fitting))
    except Exception as bug:
        # Whatever it is, orders may be out, and then the report is owed.
        log.exception("%s: execution ended by a bug", pursuit.approved.plan.account_id)
        why = f"stopped by a bug of this program: {type(bug).__name__}: {bug}"
    pursuit.halted = why
    pursuit.skip(tickets, why)
    return Executed(record=_known(pursuit, tickets, why), bug=why)


def _known(pursuit: Pursuit, tickets: tuple[OrderTicket, ...], why: str) -> ExecutionRecord:
    return ExecutionRecord(
        account_id=pursuit.approved.plan.account_id,
        plan=pursuit.approved.plan,
        outcomes=tuple(each for ticket in tickets for each in pursuit.outcomes_of(ticket)),
        notes=(why, *(note for note in pursuit.trouble if note != why)),
    )
