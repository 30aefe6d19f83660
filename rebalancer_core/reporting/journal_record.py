"""The record of one account's orders as the journal can prove it."""

from __future__ import annotations

from rebalancer_core.messages.reports import NO_CASH_LEFT, RUN_ENDED_BEFORE
from rebalancer_core.orders.events import OrderRef
from rebalancer_core.orders.record import ExecutionRecord, OrderOutcome, skipped
from rebalancer_core.orders.skip_cause import SkipCause
from rebalancer_core.orders.tickets import OrderTicket
from rebalancer_core.reconcile.journal_model import JournaledAccount, JournaledOrder
from rebalancer_core.reporting.outcomes import fallen_back, outcome_of
from rebalancer_core.safety.free_cash import is_out_of_cash


def recorded(account: JournaledAccount) -> ExecutionRecord:
    """The record of one account as the journal can prove it, whether or not its run ended well.

    It does not hold why an order was not sent; that the cash had run out can be told from the rest.
    """
    of: dict[OrderRef, JournaledOrder] = {order.order_ref: order for order in account.orders}
    followers: dict[OrderRef, OrderRef] = {
        order.intent.replaces: order.order_ref
        for order in account.orders
        if order.intent.replaces is not None
    }
    states = tuple(order.state for order in account.orders)
    outcomes: list[OrderOutcome] = []
    for ticket in account.approval.tickets:
        if ticket.order_ref not in of:
            no_cash = is_out_of_cash(ticket, account.approval.plan, states)
            outcomes.append(_out_of_cash(ticket) if no_cash else _never_reached(ticket))
            continue
        ref: OrderRef | None = ticket.order_ref
        while ref is not None:
            done = outcome_of(of[ref].state)
            outcomes.append(fallen_back(done, followers.get(ref)))
            ref = followers.get(ref)
    return ExecutionRecord(
        account_id=account.approval.account_id,
        plan=account.approval.plan,
        outcomes=tuple(outcomes),
    )


def _out_of_cash(ticket: OrderTicket) -> OrderOutcome:
    return skipped(ticket, NO_CASH_LEFT, SkipCause.CASH)


def _never_reached(ticket: OrderTicket) -> OrderOutcome:
    return skipped(ticket, RUN_ENDED_BEFORE)
