"""Which runs are read as a whole: those of which somebody may still say something."""

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve

from rebalancer_core.application.execute import grouped
from rebalancer_core.follow.commands import Command, Listen, Pause, Record
from rebalancer_core.orders.events import OwnActed, OwnAction
from rebalancer_core.orders.order_state import intended
from rebalancer_core.orders.record import OrderStatus
from rebalancer_core.reconcile.run_summary import (
    AccountSummary,
    RunSummary,
    current_runs,
    open_runs,
)
from tests.support.plan_factory import ACCOUNT, plan_of, tickets_of

NOW = datetime(2026, 1, 30, 15, tzinfo=UTC)
SETTLED = AccountSummary(
    account_id=ACCOUNT, outcomes=((OrderStatus.FILLED, 2),), open_orders=0, is_reported=True
)
RUN = RunSummary(
    run_id="9f2c31aa",
    started_at=NOW - timedelta(days=20),
    last_at=NOW - timedelta(days=20),
    highest_order_id=8,
    has_declared=False,
    accounts=(SETTLED,),
)


def silent_for(days: int) -> RunSummary:
    return evolve(RUN, last_at=NOW - timedelta(days=days))


@pytest.mark.parametrize(
    ("run", "is_current"),
    [
        (silent_for(20), False),
        (silent_for(4), False),
        (silent_for(3), True),
        (silent_for(-400), True),
        (evolve(silent_for(4), has_declared=True), True),
        (evolve(silent_for(11), has_declared=True), True),
        (evolve(silent_for(12), has_declared=True), False),
        (evolve(RUN, accounts=(SETTLED, evolve(SETTLED, open_orders=1))), True),
    ],
)
def test_a_run_is_read_while_the_broker_or_a_person_may_change_it(
    run: RunSummary, *, is_current: bool
) -> None:
    assert current_runs((run,), NOW) == ((run.run_id,) if is_current else ())
    assert open_runs((run,)) == ((run.run_id,) if run.has_open_orders else ())


@pytest.mark.parametrize(
    ("account", "is_owed"),
    [
        (SETTLED, False),
        (evolve(SETTLED, is_reported=False), True),
        (evolve(SETTLED, is_reported=False, open_orders=1), False),
        (evolve(SETTLED, is_reported=False, outcomes=()), False),
    ],
)
def test_a_report_is_owed_once_every_order_has_its_last_word(
    account: AccountSummary, *, is_owed: bool
) -> None:
    assert account.is_report_owed == is_owed


def test_what_was_heard_together_is_written_together_and_before_what_follows() -> None:
    ticket = tickets_of(plan_of())[0]
    state = intended(ticket)
    event = OwnActed(order_ref=ticket.order_ref, act=OwnAction.HANDED)
    record = Record(event=event, before=state, now=state)
    commands: tuple[Command, ...] = (record, record, Listen(seconds=0), Pause(seconds=1), record)
    assert tuple(grouped(commands)) == (
        ((record, record), commands[2]),
        ((), commands[3]),
        ((record,), None),
    )
