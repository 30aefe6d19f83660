"""A broker, a journal and a whole outside in memory: the fake to test and to play with.

It fulfils the same ports under the same contract tests as the adapter of the real broker: honest
books, honest fills, nothing invented. It opens no socket and writes no file (docs/fake-broker.md).

>>> from datetime import datetime, timezone
>>> world = MemoryWorld(accounts=(), listings=(), observations=())
>>> books = MemoryBooks(world, now=lambda: datetime(2026, 1, 2, 17, tzinfo=timezone.utc))
>>> broker, desk, journal = MemoryBroker(books), MemoryOrderDesk(books), MemoryJournal()
>>> import asyncio
>>> str(asyncio.run(broker.server_time()).unwrap())
'2026-01-02 17:00:00+00:00'
"""

from rebalancer_adapters.memory.books import MemoryBooks, MemoryWorld, Rejection
from rebalancer_adapters.memory.from_values import memory_inputs, memory_world
from rebalancer_adapters.memory.memory_broker import MemoryBroker
from rebalancer_adapters.memory.memory_clock import MemoryClock
from rebalancer_adapters.memory.memory_desk import MemoryOrderDesk
from rebalancer_adapters.memory.memory_journal import MemoryJournal
from rebalancer_adapters.memory.memory_outside import MemoryLog, MemoryOutside, MemoryStop
from rebalancer_adapters.memory.memory_reports import MemoryReports
from rebalancer_adapters.memory.memory_sessions import MemorySessions
from rebalancer_adapters.memory.scripted_person import Question, ScriptedPerson

__all__ = [
    "MemoryBooks",
    "MemoryBroker",
    "MemoryClock",
    "MemoryJournal",
    "MemoryLog",
    "MemoryOrderDesk",
    "MemoryOutside",
    "MemoryReports",
    "MemorySessions",
    "MemoryStop",
    "MemoryWorld",
    "Question",
    "Rejection",
    "ScriptedPerson",
    "memory_inputs",
    "memory_world",
]
