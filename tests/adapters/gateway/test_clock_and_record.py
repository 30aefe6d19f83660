"""Time stands still when a test wants it, and every frame is written down."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from rebalancer_adapters.gateway import Gateway, ManualClock, OffsetClock, load_market
from tests.adapters.gateway.clients import (
    MARKETS,
    connect,
    disconnect,
    filled,
    market_order,
    run,
    small_market,
)

_NOON = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)


def test_sleepers_wake_in_the_order_of_their_times() -> None:
    async def scene() -> None:
        clock = ManualClock(_NOON)
        woken: list[tuple[str, datetime]] = []

        async def sleep(name: str, seconds: str) -> None:
            await clock.sleep(Decimal(seconds))
            woken.append((name, clock.now()))

        tasks = [asyncio.create_task(sleep(*each)) for each in (("b", "2"), ("a", "1"), ("c", "9"))]
        await clock.advance(3)
        assert woken == [
            ("a", _NOON + timedelta(seconds=1)),
            ("b", _NOON + timedelta(seconds=2)),
        ]
        assert clock.now() == _NOON + timedelta(seconds=3)
        await clock.advance(6)
        await asyncio.gather(*tasks)
        assert len(woken) == 3

    run(scene())


def test_an_offset_clock_starts_where_it_is_told_and_runs_on() -> None:
    async def scene() -> None:
        clock = OffsetClock(_NOON)
        await clock.sleep(Decimal("0.01"))
        assert timedelta() < clock.now() - _NOON < timedelta(minutes=1)

    run(scene())


def test_a_market_file_can_choose_the_time() -> None:
    gateway = Gateway(load_market(MARKETS / "weekend.toml"))
    saturday = datetime(2026, 11, 21, 17, 0, tzinfo=UTC)
    assert timedelta() <= gateway.clock.now() - saturday < timedelta(minutes=1)


def test_the_record_keeps_frames_of_both_directions_by_message(tmp_path: Path) -> None:
    async def scene() -> None:
        path = tmp_path / "record.jsonl"
        gateway = Gateway(small_market(), record_path=path)
        async with gateway.running():
            ib = await connect(gateway, 7)
            await filled(ib, market_order(orderRef="run1"))
            await disconnect(ib)
        (order,) = gateway.record.received(3)
        assert (order.client_id, order.message_id) == (7, 3)
        assert "run1" in order.fields
        assert len(gateway.record.sent(15)) == 1
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        assert len(lines) == len(gateway.record.received()) + len(gateway.record.sent())
        sent = [line for line in lines if (line["direction"], line["message_id"]) == ("sent", 59)]
        assert tuple(sent[0]["fields"]) == gateway.record.sent(59)[0].fields

    run(scene())
