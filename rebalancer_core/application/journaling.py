"""The broker's answers into the journal: only what adds to an order's story, each fact once."""

from __future__ import annotations

from datetime import datetime

from attrs import evolve, frozen

from rebalancer_core.application.owed_reports import AmendedReports
from rebalancer_core.messages import explain_change, explain_journal, of_order
from rebalancer_core.orders.events import BrokerFact, LinkDown, LinkUp, OrderEvent
from rebalancer_core.orders.order_state import Phase
from rebalancer_core.orders.state_machine import apply
from rebalancer_core.ports import JournalPort
from rebalancer_core.reconcile.journal_model import JournaledEvent, JournaledOrder, JournalFault
from rebalancer_core.reconcile.late_corrections import late_news, outcome_change
from rebalancer_core.values.instruments import AccountId
from rebalancer_core.values.results import Failed, unwrap_or_failed


@frozen(kw_only=True)
class Amended:
    """What finished orders came to once late news were in; `reopened` are not finished any more.

    `reports` now say something else than is known; `faults` are sentences about news that could
    not be written down. `received` were declared not received, and live or have filled.
    """

    lines: tuple[str, ...] = ()
    reopened: tuple[JournaledOrder, ...] = ()
    reports: AmendedReports = frozenset()
    faults: tuple[str, ...] = ()
    received: tuple[JournaledOrder, ...] = ()


def take_in(
    journal: JournalPort,
    order: JournaledOrder,
    facts: tuple[BrokerFact | OrderEvent, ...],
    at: datetime,
) -> JournalFault | None:
    """Journal those facts that add to this order's story; repeats and other orders' are dropped.

    All in one commit: a verdict stands in the journal with its evidence, or not at all.
    """
    state = order.state
    news: list[JournaledEvent] = []
    for fact in facts:
        if isinstance(fact, LinkDown | LinkUp):
            continue
        now = apply(state, fact)
        if now != state:
            news.append(JournaledEvent(at=at, event=fact))
            state = now
    if not news:
        return None
    noted = unwrap_or_failed(journal.note_all(tuple(news)))
    return noted.error if isinstance(noted, Failed) else None


def amend(
    journal: JournalPort,
    finished: tuple[JournaledOrder, ...],
    facts: tuple[BrokerFact, ...],
    at: datetime,
) -> Amended:
    """Journal what the broker's executions still change of orders that had their last word."""
    lines: list[str] = []
    reopened: list[JournaledOrder] = []
    reports: set[tuple[str, AccountId]] = set()
    faults: list[str] = []
    received: list[JournaledOrder] = []
    for order in finished:
        news = late_news(order, facts)
        fault = take_in(journal, order, news, at)
        if fault is not None:
            faults.append(of_order(order, explain_journal(fault)))
            continue
        heard = tuple(JournaledEvent(at=at, event=event) for event in news)
        later = evolve(order, events=(*order.events, *heard))
        change = outcome_change(order.state, later.state)
        if change is not None:
            lines.append(of_order(order, explain_change(change)))
            reports.add((order.intent.run_id, order.intent.ticket.account_id))
        if not later.is_finished:
            reopened.append(later)
        if order.state.phase is Phase.NOT_RECEIVED and later.state.has_effect:
            received.append(later)
    return Amended(
        lines=tuple(lines),
        reopened=tuple(reopened),
        reports=frozenset(reports),
        faults=tuple(faults),
        received=tuple(received),
    )
