"""A journal that fails at its n-th write: what is not written down is not sent, and it is told."""

import pytest
from returns.result import Result

from rebalancer_adapters.memory.memory_journal import MemoryJournal
from rebalancer_core.reconcile.journal_model import Intent, JournaledEvent, JournalFault
from rebalancer_core.values.policy import ExecutionPolicy
from tests.cli.scripted_desk import ScriptedDesk
from tests.cli.test_following import follow_orders
from tests.support.plan_factory import Line, plan_of

SYMBOLS = ("AAA", "BBB", "CCC")
FULL = JournalFault(path="memory", detail="disk full")


class FailingJournal(MemoryJournal):
    """Its disk is full from the n-th intent or turn of events on."""

    def __init__(self, sound_writes: int) -> None:
        super().__init__()
        self._left = sound_writes

    def intend(self, intent: Intent) -> Result[None, JournalFault]:
        self._count()
        return super().intend(intent)

    def note_all(self, events: tuple[JournaledEvent, ...]) -> Result[None, JournalFault]:
        self._count()
        return super().note_all(events)

    def _count(self) -> None:
        self._left -= 1
        if self._left < 0:
            self.fault = FULL


@pytest.mark.parametrize("sound_writes", range(8))
@pytest.mark.parametrize("batch", [True, False])
def test_what_is_not_written_down_is_not_sent(sound_writes: int, batch: bool) -> None:  # noqa: FBT001 - a parameter of the table
    plan = plan_of(tuple(Line(each, "0", "100", "1", "10") for each in SYMBOLS), cash="50000")
    desk, journal = ScriptedDesk({}), FailingJournal(sound_writes)
    execution = ExecutionPolicy(batch_orders=batch)
    followed = follow_orders({}, desk=desk, plan=plan, journal=journal, execution=execution)
    written = [intent.ticket for intent in journal.intents]
    assert desk.submitted == written[: len(desk.submitted)]
    handed = {entry.event.order_ref for entry in journal.events}
    assert {ticket.order_ref for ticket in desk.submitted} <= handed
    assert "disk full" in followed.executor.state.journal_fault
