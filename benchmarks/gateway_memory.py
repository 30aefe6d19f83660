"""How much memory the simulated gateway's record takes for the frames of so many orders."""

from __future__ import annotations

import tracemalloc
from datetime import UTC, datetime

from rebalancer_adapters.gateway.record import Frame, Record

# As a traded run of 100 accounts had it: 40 frames an order, both ways, of 30 fields.
_FRAMES_AN_ORDER, _FIELDS = 40, 30
_BYTES_A_MIB = 1024**2
_AT = datetime(2026, 1, 2, 15, tzinfo=UTC)


def mebibytes_of_record(orders: int) -> float:
    """What is held in memory once all these frames were recorded."""
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    record = Record()
    for number in range(orders * _FRAMES_AN_ORDER):
        fields = tuple(f"{number}.{field}" for field in range(_FIELDS))
        record.add_sent(Frame(at=_AT, client_id=1, message_id=number % 100, fields=fields))
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return (held - before) / _BYTES_A_MIB
