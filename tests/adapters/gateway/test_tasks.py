"""Work beside the sessions: a bug inside of it comes out when the gateway stops."""

import asyncio

import pytest

from rebalancer_adapters.gateway.exchange.tasks import Tasks
from tests.adapters.gateway.clients import run


def test_a_bug_inside_of_a_task_is_raised_at_the_end() -> None:
    async def buggy() -> None:
        raise ZeroDivisionError

    async def scene() -> None:
        tasks = Tasks()
        tasks.run(buggy())
        await asyncio.sleep(0)
        with pytest.raises(ZeroDivisionError):
            await tasks.stop()

    run(scene())


def test_unfinished_work_ends_with_the_gateway() -> None:
    async def scene() -> None:
        tasks = Tasks()
        waiting = tasks.start(asyncio.sleep(3600))
        await tasks.stop()
        assert waiting.cancelled()

    run(scene())
