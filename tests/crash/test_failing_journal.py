"""A journal that fails at its n-th write: what is not written down is not sent, and it is told."""

import asyncio
import logging
from datetime import datetime
from functools import partial

import pytest

from rebalancer_adapters.memory.memory_journal import MemoryJournal
from rebalancer_core.application.trading.declared import Declared
from rebalancer_core.application.trading.departures import Departures, Halt
from rebalancer_core.application.trading.pursuit import Pursuit
from rebalancer_core.application.trading.sending import Rules
from rebalancer_core.application.trading.tracker import Tracker
from rebalancer_core.orders.events import OrderEvent
from rebalancer_core.orders.tickets import Consent, approve
from rebalancer_core.reconcile.journal_model import Intent, JournalFault
from rebalancer_core.values.policy import ExecutionPolicy, SafetyPolicy
from tests.cli.scripted_desk import ScriptedDesk
from tests.support.clocks import passed
from tests.support.plan_factory import AS_OF, Line, funds_as_planned, plan_of, tickets_of

LOG = logging.getLogger(__name__)

SYMBOLS = ("AAA", "BBB", "CCC")
FULL = JournalFault(path="memory", detail="disk full")


class FailingJournal(MemoryJournal):
    """Its disk is full from the n-th intent or event on."""

    def __init__(self, sound_writes: int) -> None:
        super().__init__()
        self._left = sound_writes

    def intend(self, intent: Intent) -> JournalFault | None:
        self._count()
        return super().intend(intent)

    def note(self, event: OrderEvent, at: datetime) -> JournalFault | None:
        self._count()
        return super().note(event, at)

    def _count(self) -> None:
        self._left -= 1
        if self._left < 0:
            self.fault = FULL


@pytest.mark.parametrize("sound_writes", range(12))
@pytest.mark.parametrize("batch", [True, False])
def test_what_is_not_written_down_is_not_sent(sound_writes: int, batch: bool) -> None:  # noqa: FBT001 - a parameter of the table
    plan = plan_of(tuple(Line(each, "0", "100", "1", "10") for each in SYMBOLS), cash="50000")
    desk, journal = ScriptedDesk({}), FailingJournal(sound_writes)
    pursuit = Pursuit(
        approved=approve(plan, Consent.YES, AS_OF),
        desk=desk,
        tracker=Tracker(
            journal=journal,
            now=lambda: AS_OF,
            watch=lambda _before, _now: None,
            reach=passed,
        ),
        rules=Rules(
            run_id="9f2c31aa",
            client_id=42,
            first_order_id=1,
            safety=SafetyPolicy(),
            execution=ExecutionPolicy(batch_orders=batch),
            clock=desk.now,
            give_way=partial(asyncio.sleep, 0),
            reach=passed,
        ),
        funds=funds_as_planned(plan),
        stop_requested=lambda: False,
        departures=Departures(),
        declared=Declared(
            desk=desk,
            journal=journal,
            now=lambda: AS_OF,
            halt=Halt(tell=lambda _line: None, log=LOG),
            orders=(),
        ),
    )
    asyncio.run(pursuit.follow(tickets_of(plan)))
    written = [intent.ticket for intent in journal.intents]
    assert desk.submitted == written[: len(desk.submitted)]
    handed = {entry.event.order_ref for entry in journal.events}
    assert {ticket.order_ref for ticket in desk.submitted} <= handed
    assert "disk full" in pursuit.tracker.trouble
