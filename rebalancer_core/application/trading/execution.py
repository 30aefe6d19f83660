"""From an approved plan to its record: sells, then the account read again, then fitted buys."""

from __future__ import annotations

from functools import partial

from rebalancer_core.application.trading.fitting import Fitting
from rebalancer_core.application.trading.pursuit import Pursuit
from rebalancer_core.orders.record import ExecutionRecord
from rebalancer_core.orders.tickets import OrderTicket
from rebalancer_core.values.plan import Side


async def execute(
    pursuit: Pursuit, tickets: tuple[OrderTicket, ...], fitting: Fitting
) -> ExecutionRecord:
    """Send `tickets`, follow them to the end, and tell what became of each.

    Comes back whatever happens once the first order is out: trouble is in the record.
    """
    sells = tuple(t for t in tickets if t.side is Side.SELL)
    await pursuit.follow(sells)
    fitted = await fitting.fit(pursuit, tuple(t for t in tickets if t.side is Side.BUY))
    pursuit.refit = partial(fitting.refit, pursuit)
    await pursuit.follow(fitted.buys)
    await pursuit.await_late_fills()
    await pursuit.ask_for_evidence()
    await pursuit.await_commissions()
    sent = {t.order_ref: t for t in (*sells, *fitted.buys)}
    return ExecutionRecord(
        account_id=pursuit.approved.plan.account_id,
        plan=pursuit.approved.plan,
        outcomes=tuple(
            outcome
            for ticket in tickets
            for outcome in pursuit.outcomes_of(sent.get(ticket.order_ref, ticket))
        ),
        notes=(*fitted.notes, *pursuit.trouble),
    )
