"""What the broker says while something else is done is heard before the last word is written."""

import asyncio

from attrs import evolve

from rebalancer_core.follow.state import Stage
from rebalancer_core.orders.events import Executed
from rebalancer_core.orders.order_state import Phase
from rebalancer_core.values.money import ONE
from tests.cli.test_following import follow_orders

_WHILE_THE_ACCOUNT_IS_READ = 5.0


def test_a_correction_told_while_the_account_was_read_is_not_missed() -> None:
    ticket = follow_orders({}).outcomes["AAA"].ticket
    correction = Executed(
        order_ref=ticket.order_ref,
        account_id=ticket.account_id,
        execution_id=f"{ticket.order_ref}.02",
        con_id=ticket.con_id,
        side=ticket.side,
        shares=ONE,
        price=ticket.price,
    )
    followed = follow_orders({}, {_WHILE_THE_ACCOUNT_IS_READ: correction})
    assert followed.outcomes["AAA"].filled == ticket.quantity

    followed.desk.seconds += _WHILE_THE_ACCOUNT_IS_READ
    executor = followed.executor
    executor.state = evolve(executor.state, stage=Stage.LAST_EVIDENCE, since=None)
    asyncio.run(executor.follow())
    assert executor.state.orders[ticket.order_ref].phase is Phase.UNKNOWN
