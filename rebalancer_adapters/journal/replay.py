"""Entries back into runs: what was written, in its order, below the one it belongs to."""

from __future__ import annotations

from attrs import evolve

from rebalancer_adapters.journal.codec import UnreadableError, from_text
from rebalancer_adapters.journal.entries import Entry, Kind
from rebalancer_core.reconcile.journal_model import (
    Approval,
    Intent,
    JournaledAccount,
    JournaledEvent,
    JournaledOrder,
    JournaledRun,
    RunStarted,
)


def runs_of(entries: tuple[Entry, ...]) -> tuple[JournaledRun, ...]:
    """The runs that verified entries tell of, oldest first; UnreadableError names the row."""
    runs: dict[str, RunStarted] = {}
    accounts: dict[tuple[str, str | None], JournaledAccount] = {}
    orders: dict[str | None, JournaledOrder] = {}
    events: dict[str | None, list[JournaledEvent]] = {}
    for entry in entries:
        draft = entry.draft
        place = (draft.run, draft.account)
        try:
            match draft.kind:
                case Kind.RUN:
                    runs[draft.run] = from_text(draft.body, RunStarted)
                case Kind.APPROVAL:
                    approval = from_text(draft.body, Approval)
                    accounts[place] = JournaledAccount(approval=approval, orders=())
                case Kind.INTENT:
                    orders[draft.order_ref] = JournaledOrder(intent=from_text(draft.body, Intent))
                    events[draft.order_ref] = []
                case Kind.EVENT:
                    events[draft.order_ref].append(from_text(draft.body, JournaledEvent))
                case Kind.REPORTED:
                    accounts[place] = evolve(accounts[place], is_reported=True)
        except UnreadableError as trouble:
            raise UnreadableError(f"run {draft.run}, row {entry.id}: {trouble}") from trouble
    told = tuple(evolve(order, events=tuple(events[ref])) for ref, order in orders.items())
    return tuple(
        JournaledRun(
            started=started,
            accounts=tuple(
                evolve(account, orders=_orders_of(account, told))
                for (run, _), account in accounts.items()
                if run == started.run_id
            ),
        )
        for started in runs.values()
    )


def _orders_of(
    account: JournaledAccount, orders: tuple[JournaledOrder, ...]
) -> tuple[JournaledOrder, ...]:
    approval = account.approval
    return tuple(
        order
        for order in orders
        if order.intent.run_id == approval.run_id
        and order.intent.ticket.account_id == approval.account_id
    )
