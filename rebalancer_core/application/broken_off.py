"""A bug while orders may be out: the record is made of what is known, and nothing more is sent."""

from __future__ import annotations

from rebalancer_core.application.execute import Executor
from rebalancer_core.follow.outcomes import broken_off
from rebalancer_core.ports import LogPort
from rebalancer_core.values.faults import Bug


async def followed_whatever_comes(executor: Executor, log: LogPort) -> Bug | None:
    """Follow the orders to their end; comes back with the bug where one ended that.

    A cancelled task and Ctrl+C go through: they are no bugs.
    """
    try:
        await executor.follow()
    except Exception as error:
        # Whatever it is, orders may be out, and then the report is owed.
        log.exception("%s: execution ended by a bug", executor.state.terms.account_id)
        bug = Bug(kind=type(error).__name__, said=str(error))
    else:
        return None
    executor.state = broken_off(executor.state, bug)
    return bug
