"""Entries to be: what is written down, as text, and what must be unique or found again."""

from __future__ import annotations

from rebalancer_adapters.journal.codec import to_text
from rebalancer_adapters.journal.entries import Draft, Kind
from rebalancer_core.orders.tickets import leg_of
from rebalancer_core.reconcile.journal_model import Approval, Intent, JournaledEvent, RunStarted
from rebalancer_core.values.instruments import AccountId


def draft_of_run(run: RunStarted) -> Draft:
    """The first entry of a run."""
    return Draft(run=run.run_id, kind=Kind.RUN, body=to_text(run))


def draft_of_approval(approval: Approval) -> Draft:
    """The approved plan of one account."""
    return Draft(
        run=approval.run_id,
        kind=Kind.APPROVAL,
        account=approval.account_id,
        body=to_text(approval),
    )


def draft_of_intent(intent: Intent) -> Draft:
    """An order that is about to leave."""
    ticket = intent.ticket
    return Draft(
        run=intent.run_id,
        kind=Kind.INTENT,
        account=ticket.account_id,
        order_ref=ticket.order_ref,
        con_id=ticket.con_id,
        side=str(ticket.side.value),
        leg=leg_of(ticket.order_ref),
        body=to_text(intent),
    )


def draft_of_event(run_id: str, heard: JournaledEvent) -> Draft:
    """What was heard of an order of this run."""
    return Draft(run=run_id, kind=Kind.EVENT, order_ref=heard.event.order_ref, body=to_text(heard))


def draft_of_report(run_id: str, account_id: AccountId) -> Draft:
    """That the report of an account was written."""
    return Draft(run=run_id, kind=Kind.REPORTED, account=account_id, body="{}")
