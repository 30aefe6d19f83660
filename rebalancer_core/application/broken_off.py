"""A bug while orders may be out: the record is made of what is known, and nothing more is sent."""

from __future__ import annotations

from rebalancer_core.application.execute import Executor
from rebalancer_core.follow.outcomes import broken_off
from rebalancer_core.messages.run import stopped_by_bug
from rebalancer_core.ports import LogPort


async def followed_whatever_comes(executor: Executor, log: LogPort) -> str:
    """Follow the orders to their end; a sentence where a bug ended that, else an empty string.

    A cancelled task and Ctrl+C go through: they are no bugs.
    """
    try:
        await executor.follow()
    except Exception as bug:
        # Whatever it is, orders may be out, and then the report is owed.
        log.exception("%s: execution ended by a bug", executor.state.terms.account_id)
        why = stopped_by_bug(bug)
    else:
        return ""
    executor.state = broken_off(executor.state, why)
    return why
