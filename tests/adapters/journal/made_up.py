"""A run as the journal is told of it: one account, one plan, its orders and what became of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from attrs import evolve
from returns.pipeline import is_successful

from rebalancer_adapters.journal.sqlite_journal import SqliteJournal, open_journal
from rebalancer_core.orders.events import (
    Commissioned,
    ErrorReported,
    Executed,
    OrderEvent,
    OrderSeen,
    OwnActed,
    OwnAction,
    Resolution,
    Resolved,
    StatusReported,
)
from rebalancer_core.orders.tickets import ConsentKind, OrderTicket
from rebalancer_core.reconcile.journal_model import (
    Approval,
    Intent,
    JournaledRun,
    RunStarted,
)
from rebalancer_core.values.instruments import AccountId
from tests.support.plan_factory import ACCOUNT, plan_of, tickets_of

AT = datetime(2026, 1, 2, 15, 4, 5, 250_000, tzinfo=UTC)
RUN = RunStarted(
    run_id="9f2c31aa",
    started_at=AT,
    app_version="0.1.0",
    settings_sha256="ab" * 32,
    client_id=42,
    host="127.0.0.1",
    port=4002,
)
PLAN = plan_of()
SALE, PURCHASE = tickets_of(PLAN)
APPROVAL = Approval(
    run_id=RUN.run_id,
    account_id=ACCOUNT,
    approved_at=AT,
    consent=ConsentKind.YES.value,
    plan=PLAN,
    tickets=(SALE, PURCHASE),
)


def run_named(run_id: str) -> RunStarted:
    return evolve(RUN, run_id=run_id)


def approval_in(run_id: str, account_id: AccountId = ACCOUNT) -> Approval:
    return evolve(APPROVAL, run_id=run_id, account_id=account_id)


def intent_for(ticket: OrderTicket, run_id: str = RUN.run_id, order_id: int = 7) -> Intent:
    return Intent(
        run_id=run_id,
        ticket=ticket,
        order_id=order_id,
        client_id=42,
        position_before=Decimal(100),
        intended_at=AT,
    )


def story_of(ticket: OrderTicket) -> tuple[OrderEvent, ...]:
    """What is heard of an order that is filled in two parts, with a word of each kind."""
    ref = ticket.order_ref
    return (
        OwnActed(order_ref=ref, act=OwnAction.HANDED),
        OrderSeen(
            order_ref=ref,
            account_id=ticket.account_id,
            perm_id=1_234_567_890,
            status="PreSubmitted",
            quantity=ticket.quantity,
        ),
        ErrorReported(order_ref=ref, code=399, text='Order Message:\n"é\x00\u2028" =cmd|'),
        *(_part(ticket, number, ticket.quantity / 2) for number in (1, 2)),
        Commissioned(
            order_ref=ref, execution_id="0001.01.01", commission=Decimal("1.00"), currency="USD"
        ),
        StatusReported(
            order_ref=ref,
            status="Filled",
            filled=ticket.quantity,
            remaining=Decimal(0),
            average_price=Decimal("250.005"),
            perm_id=1_234_567_890,
        ),
        Resolved(
            order_ref=ref, verdict=Resolution.FILLED, filled=ticket.quantity, reason="all there"
        ),
    )


def tell(journal: SqliteJournal) -> None:
    """Write the whole run: two orders, the first one filled, and the report."""
    done = [
        journal.start(RUN),
        journal.approve(APPROVAL),
        journal.intend(intent_for(SALE)),
        *(journal.note(e, AT + timedelta(seconds=n)) for n, e in enumerate(story_of(SALE))),
        journal.intend(intent_for(PURCHASE, order_id=8)),
        journal.note(OwnActed(order_ref=PURCHASE.order_ref, act=OwnAction.HANDED), AT),
        journal.reported(RUN.run_id, ACCOUNT),
    ]
    assert all(map(is_successful, done))


def runs_in(journal: SqliteJournal) -> tuple[JournaledRun, ...]:
    """What the journal tells; a test that is told of a fault fails here."""
    return journal.runs().unwrap()


@contextmanager
def opened(path: Path, busy_ms: int = 50) -> Iterator[SqliteJournal]:
    """The journal while the block runs; a test that cannot open it fails here."""
    with closing(open_journal(path, busy_ms).unwrap()) as journal:
        yield journal


def _part(ticket: OrderTicket, number: int, shares: Decimal) -> Executed:
    return Executed(
        order_ref=ticket.order_ref,
        account_id=ticket.account_id,
        execution_id=f"0001.0{number}.01",
        con_id=ticket.con_id,
        side=ticket.side,
        shares=shares,
        price=Decimal("250.005"),
        at=AT,
    )
